"""An alert is closed by what stands on the record: explored, ameliorated, reference accepted (protocol §10)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.checks import actions as checks
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Treatment
from monitoring.protocol import Muscle
from tests.alerts.conftest import Patient, findings
from tests.cast import ago, operate
from wards import actions as wards
from wards.models import Operation


def close(patient: Patient, outcome: str) -> Alert:
    alert = patient.alerts[-1]
    return steps.close(alert, by=patient.cast.sam, revision=alert.revision, outcome=outcome)


def refused(patient: Patient, outcome: str) -> str:
    """Why it may not be closed so: beside the outcome."""
    before = patient.told
    with pytest.raises(ValidationError) as refusal:
        close(patient, outcome)
    assert patient.told == before
    [(field, [why])] = refusal.value.message_dict.items()
    assert field == "outcome"
    return str(why)


def treat(patient: Patient, minutes_ago: float, action: str = "started") -> Treatment:
    at, kind = ago(minutes=minutes_ago), "mannitol"
    return checks.record_treatment(
        patient.stay, by=patient.cast.alice, at=at, kind=kind, action=action, dose="", key=uuid4()
    )


def check_without(patient: Patient, minutes_ago: float, left_out: str, **weaker: int) -> None:
    """A check that leaves out a muscle or a red flag."""
    whole = findings(flag=None, **weaker)
    found = CheckFindings(
        muscles={muscle: grade for muscle, grade in whole.muscles.items() if muscle != left_out},
        flags={flag: said for flag, said in whole.flags.items() if flag != left_out},
    )
    checks.record_check(patient.stay, by=patient.cast.alice, at=ago(minutes=minutes_ago), findings=found, key=uuid4())
    patient.assess()


def reoperate(patient: Patient, minutes_ago: float) -> Operation:
    """Of half an hour."""
    started, ended = ago(minutes=minutes_ago + 30), ago(minutes=minutes_ago)
    return operate(patient.cast, patient.stay, started_at=started, ended_at=ended, kind="secondary", procedure="other")


# --- Explored ---------------------------------------------------------------------------------------------------------


def test_explored_needs_a_reoperation_that_ended_since_it_began(patient: Patient) -> None:
    patient.checked(290, L4_left=1)
    assert "Record the re-operation first" in refused(patient, "explored")
    reoperate(patient, 200)
    patient.assess()
    assert close(patient, "explored").outcome == "explored"


def test_a_reoperation_from_before_is_none(patient: Patient) -> None:
    reoperate(patient, 500)
    patient.checked(20, L4_left=1)
    assert "Record the re-operation first" in refused(patient, "explored")


def test_a_reoperation_that_was_retracted_is_none(patient: Patient) -> None:
    patient.checked(290, L4_left=1)
    operation = reoperate(patient, 200)
    wards.retract_operation(operation, by=patient.cast.sam, reason="another patient's")
    patient.assess()
    assert "Record the re-operation first" in refused(patient, "explored")


# --- Reference accepted -----------------------------------------------------------------------------------------------


def accept(patient: Patient, minutes_ago: float, **muscles: int) -> None:
    checks.accept_reference(
        patient.stay,
        by=patient.cast.sam,
        at=ago(minutes=minutes_ago),
        muscles={Muscle(name.replace("_", " ")): grade for name, grade in muscles.items()},
        flags=[],
        reason="known from before",
        key=uuid4(),
    )
    patient.assess()


def test_reference_accepted_needs_one_of_what_the_alert_names(patient: Patient) -> None:
    patient.checked(20, L4_left=2)
    assert "Accept the reference first" in refused(patient, "reference_accepted")
    accept(patient, 10, L5_left=4)
    assert "Accept the reference first" in refused(patient, "reference_accepted")
    accept(patient, 9, L4_left=2)
    assert close(patient, "reference_accepted").outcome == "reference_accepted"


def test_one_accepted_before_it_began_is_none(patient: Patient) -> None:
    accept(patient, 100, L4_left=4)
    patient.checked(20, L4_left=1)
    assert "Accept the reference first" in refused(patient, "reference_accepted")


# --- Ameliorated ------------------------------------------------------------------------------------------------------


def test_ameliorated_needs_treatment_and_a_check_that_shows_it(patient: Patient) -> None:
    patient.checked(60, L4_left=2)
    patient.checked(50, L4_left=4)
    assert "Record the treatment first" in refused(patient, "ameliorated")
    treat(patient, 40)
    patient.assess()
    assert "Check again first" in refused(patient, "ameliorated")
    shown = [patient.checked(30, L4_left=3), patient.checked(10, L4_left=4)]
    alert = close(patient, "ameliorated")
    data = alert.events.get(kind="closed").data
    assert data["shown_by"] == [str(check.public_id) for check in shown]
    assert data["shown_at"] == [check.examined_at.isoformat() for check in shown]


def test_treatment_that_was_running_when_it_began_counts(patient: Patient) -> None:
    treat(patient, 100)
    patient.checked(60, L4_left=2)
    shown = patient.checked(10, L4_left=4)
    assert close(patient, "ameliorated").events.get(kind="closed").data["shown_by"] == [str(shown.public_id)]


def test_treatment_that_was_stopped_before_it_began_does_not(patient: Patient) -> None:
    treat(patient, 100)
    treat(patient, 80, "stopped")
    patient.checked(60, L4_left=2)
    patient.checked(10)
    assert "Record the treatment first" in refused(patient, "ameliorated")


@pytest.mark.parametrize("later", [{"L4_left": 2}, {"L4_left": 0}, {"L4_left": 4, "flag": "bladder_bowel"}])
def test_a_check_that_shows_the_contrary_ends_what_was_shown(patient: Patient, later: dict[str, int]) -> None:
    patient.checked(60, L4_left=2, flag="bladder_bowel")
    treat(patient, 50)
    patient.checked(40, L4_left=4)
    patient.checked(30, **later)  # type: ignore[arg-type]
    assert "Check again first" in refused(patient, "ameliorated")
    patient.checked(10, L4_left=4)
    assert close(patient, "ameliorated").outcome == "ameliorated"


def test_every_muscle_that_fell_must_be_graded_and_every_flag_absent(patient: Patient) -> None:
    patient.checked(60, L4_left=2, S1_right=3, flag="bladder_bowel")
    treat(patient, 50)
    for minutes, left_out in ((40, "S1 right"), (30, "bladder_bowel")):
        check_without(patient, minutes, left_out, L4_left=4, S1_right=4)
    assert "Check again first" in refused(patient, "ameliorated")


def test_grade_0_must_get_better_too_and_grade_1_is_better(patient: Patient) -> None:
    patient.checked(60, L4_left=0)
    treat(patient, 50)
    patient.checked(40, L4_left=0)
    assert "Check again first" in refused(patient, "ameliorated")
    patient.checked(30, L4_left=1)
    assert close(patient, "ameliorated").outcome == "ameliorated"


def test_what_a_correction_took_away_is_not_asked_for(patient: Patient) -> None:
    check = patient.checked(60, L4_left=2, S1_right=3)
    patient.correct(check, L4_left=2)
    patient.assess()
    treat(patient, 50)
    check_without(patient, 30, "S1 right", L4_left=4)
    assert close(patient, "ameliorated").outcome == "ameliorated"


def test_a_retracted_check_shows_nothing(patient: Patient) -> None:
    patient.checked(60, L4_left=2)
    treat(patient, 50)
    check = patient.checked(30, L4_left=4)
    patient.retract(check)
    patient.assess()
    assert "Check again first" in refused(patient, "ameliorated")


@pytest.mark.parametrize("outcome", ["non_neurogenic", "entry_error", "transferred_out", "died"])
def test_any_other_outcome_is_a_persons_word(patient: Patient, outcome: str) -> None:
    patient.checked(20, L4_left=1)
    assert close(patient, outcome).outcome == outcome
