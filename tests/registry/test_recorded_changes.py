"""A line after its record was changed: corrected, retracted, typed late, mended. It is as if it had always been so."""

from __future__ import annotations

from uuid import uuid4

import pytest

from monitoring.mending import actions
from monitoring.mending.models import Mending
from monitoring.pathway.actions.theatre import correct_exploration, retract_exploration
from monitoring.pathway.facts import ExplorationFacts
from monitoring.registry.models import Line
from monitoring.registry.vocabulary import Deficit, Reoperation
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, new_patient, operate, operation_facts
from tests.pathway.examples import again, explore
from tests.registry.recording import line_of, make_due
from wards.actions import correct_operation, discharge, retract_operation
from wards.models import Patient as Record
from wards.models import Staff


def test_a_correction_that_leaves_no_deficit_leaves_none_on_the_line(patient: Patient) -> None:
    check = patient.checked(30, L4_left=1)
    assert line_of(patient.stay).deficit == Deficit.SEVERE
    patient.correct(check)
    patient.assess()
    assert patient.alert.superseded
    line = line_of(patient.stay)
    assert (line.deficit, line.onset_days, line.ended, line.minutes_to_alert) == (Deficit.NONE, None, "", None)


def test_a_correction_to_a_lesser_drop_is_below_severe(patient: Patient) -> None:
    check = patient.checked(30, L4_left=1)
    patient.correct(check, L4_left=3)
    patient.assess()
    assert patient.alert.level == "critical"
    assert line_of(patient.stay).deficit == Deficit.BELOW


def test_a_correction_from_0_to_1_is_as_severe(patient: Patient) -> None:
    check = patient.checked(30, L4_left=0)
    patient.correct(check, L4_left=1)
    patient.assess()
    assert patient.alert.superseded
    assert line_of(patient.stay).deficit == Deficit.SEVERE


def test_of_two_findings_the_one_that_is_taken_back_counts_no_longer(patient: Patient) -> None:
    """A red flag stands and keeps the alert critical; the fall in strength was mistyped."""
    check = patient.checked(30, flag="bladder_bowel", L4_left=1)
    patient.correct(check, flag="bladder_bowel")
    patient.assess()
    assert "level" not in patient.alert.superseded
    assert line_of(patient.stay).deficit == Deficit.BELOW


def test_a_retracted_check_takes_its_deficit_along(patient: Patient) -> None:
    check = patient.checked(30, L4_left=1)
    line_of(patient.stay)
    patient.retract(check)
    patient.assess()
    assert line_of(patient.stay).deficit == Deficit.NONE


def test_a_check_entered_late_moves_the_last_good_one(patient: Patient) -> None:
    cast, stay = patient.cast, patient.stay
    patient.checked(200, L4_left=1)
    explore(cast, again(cast, stay, ended_at=ago(minutes=60)))
    assert line_of(stay).good_to_decompression_hours == pytest.approx(4)
    patient.checked(260)
    line = line_of(stay)
    assert line.checks_done == 3
    assert line.good_to_decompression_hours == pytest.approx(200 / 60)


def test_other_findings_are_another_cause(patient: Patient) -> None:
    cast, stay = patient.cast, patient.stay
    patient.checked(200, L4_left=1)
    found = explore(cast, again(cast, stay, ended_at=ago(minutes=60)))
    assert line_of(stay).finding == "epidural_haematoma"
    facts = ExplorationFacts(indication="deficit", finding="fixation.malposition")
    newer = correct_exploration(found, by=cast.sam, facts=facts, reason="by the CT", key=uuid4())
    assert line_of(stay).finding == "fixation.malposition"
    retract_exploration(newer, by=cast.sam, reason="another patient")
    line = line_of(stay)
    assert (line.reoperation, line.finding) == (Reoperation.UNKNOWN, "")


def test_a_corrected_operation_is_the_line(cast: Cast) -> None:
    stay = admit_patient(cast)
    operation = operate(cast, stay, ended_at=ago(hours=30))
    before = line_of(stay)
    facts = operation_facts(ended_at=ago(hours=30), procedure="PLIF", level_upper="L2")
    correct_operation(operation, by=cast.alice, facts=facts, reason="misread", key=uuid4())
    line = line_of(stay)
    assert (line.pk, line.procedure, line.segments) == (before.pk, "PLIF", 3)
    assert line.made_at > before.made_at


def test_without_its_operation_a_line_counts_no_longer_and_counts_again_with_one(cast: Cast) -> None:
    stay = admit_patient(cast)
    operation = operate(cast, stay, ended_at=ago(hours=30))
    assert line_of(stay).counts
    retract_operation(operation, by=cast.alice, reason="another patient")
    assert not line_of(stay).counts
    operate(cast, stay, ended_at=ago(hours=20))
    assert line_of(stay).counts
    assert Line.objects.count() == 1


def test_the_patients_age_and_sex_as_they_were_put_right(cast: Cast, patient: Patient) -> None:
    assert line_of(patient.stay).age == 71
    record = patient.stay.patient
    record.sex, record.date_of_birth = Record.Sex.MALE, record.date_of_birth.replace(year=1945)
    record.save(update_fields=["sex", "date_of_birth"])
    line = line_of(patient.stay)
    assert (line.sex, line.age) == ("M", 81)


# --- Mended ----------------------------------------------------------------------------------------------------------

WHY = "Registered twice in the night."


def merge(cast: Cast, one: Patient, twice: Patient, noel: Staff) -> Mending:
    return actions.confirm(
        actions.propose_merge(
            twice.stay.patient,
            one.stay.patient,
            by=cast.adam,
            reason=WHY,
            one_episode=(twice.stay.episode, one.stay.episode),
            keeps=one.stay,
        ),
        by=noel,
    )


def test_one_operation_on_two_records_is_one_line(cast: Cast, noel: Staff, patient: Patient) -> None:
    """The other record has another birthday, and a check that this one has not; its bed is left, and nobody went."""
    twice = Patient(cast, admit_patient(cast, bed=cast.beds[1], patient=new_patient(sex=Record.Sex.OTHER)))
    operate(cast, twice.stay)
    absorbed = twice.stay.episode_id
    twice.check(30)
    make_due()
    assert Line.objects.filter(counts=True).count() == 2
    merge(cast, patient, twice, noel)
    line = line_of(patient.stay)
    assert (line.counts, line.checks_done, line.sex, line.departure) == (True, 2, "F", "")
    assert not Line.objects.get(episode=absorbed).counts


def test_of_two_alerts_that_became_one_the_line_tells_once(cast: Cast, noel: Staff, patient: Patient) -> None:
    twice = Patient(cast, admit_patient(cast, bed=cast.beds[1]))
    operate(cast, twice.stay)
    patient.checked(60, L4_left=1)
    twice.checked(50, L4_left=1)
    merge(cast, patient, twice, noel)
    patient.assess()
    line = line_of(patient.stay)
    assert (line.deficit, line.ended) == (Deficit.SEVERE, "open")
    assert line.minutes_to_alert == pytest.approx(60, abs=1.5)


def test_a_stay_on_the_wrong_record_gives_the_right_patient_the_line(cast: Cast, noel: Staff, patient: Patient) -> None:
    right = admit_patient(cast, bed=cast.beds[5], at=ago(days=9), patient=new_patient(sex=Record.Sex.MALE))
    right = discharge(right, by=cast.alice, at=ago(days=7), departure="home")
    was = line_of(patient.stay)
    assert was.sex == "F"
    actions.confirm(actions.propose_stay_move(patient.stay, right.patient, by=cast.adam, reason=WHY), by=noel)
    line = line_of(patient.stay)
    assert (line.sex, line.counts, line.checks_done) == ("M", True, 1)
    was.refresh_from_db()
    assert (line.pk == was.pk, was.counts) == (False, False)  # of the wrong patient's episode, which has no stay left


def test_a_check_on_the_wrong_record_makes_the_right_line(cast: Cast, noel: Staff, patient: Patient) -> None:
    neighbour = watched_patient(cast, bed=cast.beds[2])
    check = patient.checked(30, L4_left=1)
    assert line_of(patient.stay).deficit == Deficit.SEVERE
    actions.confirm(actions.propose_check_move(check, neighbour.stay, by=cast.adam, reason=WHY), by=noel)
    patient.assess()
    neighbour.assess()
    here, there = line_of(patient.stay), line_of(neighbour.stay)
    assert (here.deficit, here.checks_done) == (Deficit.NONE, 1)
    assert (there.deficit, there.checks_done) == (Deficit.SEVERE, 2)
