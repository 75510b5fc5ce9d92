"""A line of a deficit: how bad, when it was seen, how it was answered, what was found, and did strength come back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.registry.vocabulary import Deficit, Ended, Reoperation
from tests.ageing import let_time_pass
from tests.alerts.conftest import Patient
from tests.cast import ago
from tests.pathway.examples import again, explore, image
from tests.pathway.full_case import SEEN_TO_THEATRE, THEATRE, play
from tests.registry.recording import line_of


def close(patient: Patient, outcome: str = "other", alert: Alert | None = None) -> Alert:
    alert = alert or patient.alerts[-1]
    return steps.close(alert, by=patient.cast.sam, revision=alert.revision, outcome=outcome, text="as it was")


def test_a_whole_case_is_one_line(patient: Patient) -> None:
    """Operated until a day before the last good check, which is an hour before it was seen; see `full_case`."""
    play(patient)
    line = line_of(patient.stay)
    assert (line.deficit, line.ended, line.reoperation) == (Deficit.SEVERE, Ended.EXPLORED, Reoperation.DEFICIT)
    assert line.finding == "epidural_haematoma"
    assert line.onset_days == pytest.approx(25 / 24, abs=0.01)
    assert line.reoperation_days == pytest.approx((25 * 60 + SEEN_TO_THEATRE + THEATRE) / 1440, abs=0.01)
    assert line.good_to_decompression_hours == pytest.approx((60 + SEEN_TO_THEATRE + THEATRE) / 60, abs=0.02)
    assert line.minutes_to_alert == pytest.approx(0, abs=1.5)
    assert line.minutes_to_acknowledged == pytest.approx(4, abs=1.5)
    assert line.minutes_to_imaging == pytest.approx(70, abs=1.5)
    assert line.minutes_to_theatre == pytest.approx(SEEN_TO_THEATRE, abs=1.5)
    assert (line.grade_at_deficit, line.grade_day3, line.grade_day7, line.relief) == (1, 4, 5, True)
    assert line.checks_done == 12


def test_a_drop_of_two_grades_is_below_severe(patient: Patient) -> None:
    patient.checked(30, L4_left=3)
    line = line_of(patient.stay)
    assert (line.deficit, line.ended, line.reoperation) == (Deficit.BELOW, Ended.OPEN, Reoperation.NONE)
    assert (line.minutes_to_acknowledged, line.minutes_to_imaging, line.grade_at_deficit) == (None, None, None)


@pytest.mark.parametrize("grade", [2, 1, 0])
def test_a_fall_to_0_or_1_or_by_three_grades_is_severe(patient: Patient, grade: int) -> None:
    patient.checked(30, L4_left=grade)
    assert line_of(patient.stay).deficit == Deficit.SEVERE


def test_a_red_flag_alone_is_critical_and_below_severe(patient: Patient) -> None:
    patient.checked(30, flag="bladder_bowel")
    assert line_of(patient.stay).deficit == Deficit.BELOW


def test_a_drop_of_one_grade_is_no_deficit(patient: Patient) -> None:
    patient.checked(30, L4_right=4)
    assert patient.alert.level == "watch"
    line = line_of(patient.stay)
    assert (line.deficit, line.onset_days, line.ended) == (Deficit.NONE, None, "")


def test_onset_is_taken_as_day_1_where_it_was_sooner(patient: Patient) -> None:
    patient.checked(60, L4_left=1)
    assert line_of(patient.stay).onset_days == 1


def test_an_entry_error_is_no_deficit(patient: Patient) -> None:
    patient.checked(30, L4_left=1)
    close(patient, "entry_error")
    assert line_of(patient.stay).deficit == Deficit.NONE


@pytest.mark.parametrize("outcome", ["non_neurogenic", "transferred_out", "other"])
def test_it_ended_otherwise(patient: Patient, outcome: str) -> None:
    patient.checked(30, L4_left=1)
    close(patient, outcome)
    assert line_of(patient.stay).ended == Ended.OTHER


def test_what_rose_was_told_when_it_rose(patient: Patient) -> None:
    """Acknowledged as a concern an hour ago; that it is critical now nobody has acknowledged yet."""
    patient.checked(0, L4_left=3)
    steps.acknowledge(patient.alert, by=patient.cast.alice, revision=patient.alert.revision)
    let_time_pass(timedelta(minutes=60))
    patient.checked(0, L4_left=1)
    line = line_of(patient.stay)
    assert line.minutes_to_alert == pytest.approx(0, abs=1.5)
    assert line.minutes_to_acknowledged is None
    let_time_pass(timedelta(minutes=5))
    steps.acknowledge(patient.alert, by=patient.cast.alice, revision=patient.alert.revision)
    assert line_of(patient.stay).minutes_to_acknowledged == pytest.approx(5, abs=1.5)


def test_a_check_typed_late_made_a_late_alert(patient: Patient) -> None:
    patient.checked(90, L4_left=1)
    assert line_of(patient.stay).minutes_to_alert == pytest.approx(90, abs=1.5)


# --- Operated again --------------------------------------------------------------------------------------------------


def test_without_findings_nobody_recorded_why(patient: Patient) -> None:
    patient.checked(200, L4_left=1)
    again(patient.cast, patient.stay, ended_at=ago(minutes=60))
    line = line_of(patient.stay)
    assert (line.reoperation, line.finding, line.grade_at_deficit) == (Reoperation.UNKNOWN, "", 1)
    assert line.good_to_decompression_hours == pytest.approx(4)  # from the check of five hours ago


def test_an_infection_is_no_decompression(patient: Patient) -> None:
    patient.checked(200, L4_left=1)
    operation = again(patient.cast, patient.stay, ended_at=ago(minutes=60))
    explore(patient.cast, operation, indication="infection", finding="")
    line = line_of(patient.stay)
    assert (line.deficit, line.reoperation, line.finding) == (Deficit.SEVERE, Reoperation.INFECTION, "")
    assert (line.good_to_decompression_hours, line.grade_at_deficit, line.minutes_to_theatre) == (None, None, None)


def test_it_was_operated_again_without_any_deficit(patient: Patient) -> None:
    operation = again(patient.cast, patient.stay, ended_at=ago(minutes=60))
    explore(patient.cast, operation, indication="exudation", finding="")
    line = line_of(patient.stay)
    assert (line.deficit, line.reoperation) == (Deficit.NONE, Reoperation.EXUDATION)
    assert line.reoperation_days == pytest.approx(23 / 24, abs=0.01)


def test_the_operation_for_the_severe_deficit_counts_not_the_first_of_all(patient: Patient) -> None:
    cast, stay = patient.cast, patient.stay
    washed_out = again(cast, stay, ended_at=ago(minutes=220))
    explore(cast, washed_out, indication="infection", finding="")
    patient.checked(210)
    patient.checked(200, L4_left=1)
    explored = again(cast, stay, ended_at=ago(minutes=60))
    explore(cast, explored, finding="root_oedema")
    line = line_of(stay)
    assert (line.reoperation, line.finding) == (Reoperation.DEFICIT, "root_oedema")
    assert line.reoperation_days == pytest.approx(23 / 24, abs=0.01)


def test_a_line_tells_of_the_deficit_that_was_operated(patient: Patient) -> None:
    """A first severe one went by and was closed; the second one, in the other leg, was explored."""
    cast, stay = patient.cast, patient.stay
    patient.checked(280, L4_left=1)
    patient.checked(250)
    patient.checked(210)
    close(patient)
    patient.checked(200, S1_right=0)
    assert len(patient.alerts) == 2
    operation = again(cast, stay, ended_at=ago(minutes=60))
    explore(cast, operation)
    patient.assess()
    close(patient, "explored")
    line = line_of(stay)
    assert (line.ended, line.reoperation) == (Ended.EXPLORED, Reoperation.DEFICIT)
    assert line.minutes_to_theatre == pytest.approx(80)


def test_who_was_operated_for_a_lesser_deficit_is_no_case_though_a_severe_one_went_before(patient: Patient) -> None:
    """The severe one got better by itself and was closed; the drop of two grades in the other leg was explored."""
    cast, stay = patient.cast, patient.stay
    patient.checked(280, L4_left=1)
    patient.checked(250)
    patient.checked(210)
    close(patient)
    patient.checked(200, S1_right=3)
    explore(cast, again(cast, stay, ended_at=ago(minutes=60)))
    patient.assess()
    line = line_of(stay)
    assert (line.deficit, line.reoperation) == (Deficit.BELOW, Reoperation.DEFICIT)


def test_day_3_is_unknown_while_a_muscle_of_the_deficit_was_not_graded(patient: Patient) -> None:
    cast, stay = patient.cast, patient.stay
    patient.checked(200, L4_left=1, L5_left=0)
    operation = again(cast, stay, ended_at=ago(minutes=60))
    explore(cast, operation)
    line = line_of(stay)
    assert (line.grade_at_deficit, line.grade_day3, line.grade_day7, line.relief) == (0, None, None, None)
    let_time_pass(timedelta(days=3))
    patient.checked(0, L4_left=0, L5_left=3)
    line = line_of(stay)
    assert (line.grade_day3, line.grade_day7, line.relief) == (0, None, False)


def test_imaging_is_measured_from_the_examination(patient: Patient) -> None:
    patient.checked(200, L4_left=1)
    requested = image(patient.cast, patient.stay, at=ago(minutes=190))
    image(patient.cast, patient.stay, "done", at=ago(minutes=150), study=requested.study)
    assert line_of(patient.stay).minutes_to_imaging == pytest.approx(50)
