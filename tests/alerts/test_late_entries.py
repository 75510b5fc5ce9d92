"""What is typed late makes the alerts that it would have made in time, or tells why not (protocol §10)."""

from __future__ import annotations

import pytest

from monitoring.alerts.models import Alert
from monitoring.alerts.steps import close
from tests.alerts.conftest import Patient, clock_at
from tests.cast import ago

one_by_one = pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])


def close_at(patient: Patient, minutes_ago: float, outcome: str) -> None:
    with clock_at(ago(minutes=minutes_ago)):
        close(patient.alerts[-1], by=patient.cast.sam, revision=patient.alerts[-1].revision, outcome=outcome)


@one_by_one
def test_a_second_stable_look_typed_late_closes_the_alert_before_what_follows(patient: Patient, together: bool) -> None:
    with clock_at(ago(minutes=9)):
        patient.checked(10, L4_left=3)
    with clock_at(ago(minutes=5)):
        patient.checked(8)
    record = patient.check if together else patient.checked
    record(6)
    record(1, S1_right=1)
    patient.assess()
    first, second = patient.alerts
    assert (first.outcome, first.level_now, list(first.muscles)) == (Alert.Outcome.RESOLVED, "stable", ["L4 left"])
    assert (second.level, second.closed_at, list(second.muscles)) == ("critical", None, ["S1 right"])


@one_by_one
def test_what_a_person_closed_stays_known_when_an_earlier_alert_is_typed_later(
    patient: Patient, together: bool
) -> None:
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_left=3)
    close_at(patient, 15, "non_neurogenic")
    record = patient.check if together else patient.checked
    record(60, S1_right=3)
    record(58)
    record(56)
    patient.assess()
    known, earlier = patient.alerts
    assert list(known.muscles) == ["L4 left"]
    assert (earlier.outcome, list(earlier.muscles)) == (Alert.Outcome.RESOLVED, ["S1 right"])


@one_by_one
def test_two_stable_looks_typed_late_come_between_two_alerts(patient: Patient, together: bool) -> None:
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_left=3)
    record = patient.check if together else patient.checked
    record(19)
    record(18)
    record(17, L4_left=3)
    patient.assess()
    first, second = patient.alerts
    assert (first.outcome, first.level_now) == (Alert.Outcome.RESOLVED, "stable")
    assert (second.closed_at, second.level_now) == (None, "concern")


def test_an_alert_that_has_told_of_more_since_is_not_closed_by_stable_looks_typed_late(patient: Patient) -> None:
    patient.checked(20, L4_left=3)
    patient.checked(10, S1_right=3)
    patient.check(18)
    patient.checked(16)
    assert (patient.alert.closed_at, patient.alert.level_now) == (None, "concern")


def test_a_recovery_typed_after_the_closing_that_it_preceded_lets_the_next_fall_count(patient: Patient) -> None:
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_left=3)
    close_at(patient, 15, "non_neurogenic")
    patient.checked(17)
    patient.checked(1, L4_left=3)
    assert (len(patient.alerts), patient.alerts[-1].closed_at) == (2, None)


def test_a_grade_closed_as_entry_error_and_then_corrected_alerts_when_it_comes_true(patient: Patient) -> None:
    with clock_at(ago(minutes=15)):
        wrong = patient.checked(20, L4_left=3)
    close_at(patient, 15, "entry_error")
    patient.correct(wrong, L4_left=5)
    patient.assess()
    patient.checked(1, L4_left=3)
    assert (len(patient.alerts), patient.alerts[-1].closed_at) == (2, None)


def test_a_better_look_from_before_the_one_known_at_closing_changes_nothing(patient: Patient) -> None:
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_left=3)
    close_at(patient, 15, "non_neurogenic")
    patient.checked(25)
    patient.checked(1, L4_left=3)
    assert len(patient.alerts) == 1


def test_what_was_examined_before_a_closing_and_typed_after_it_alerts_only_where_it_is_worse(patient: Patient) -> None:
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_left=3)
    close_at(patient, 15, "non_neurogenic")
    patient.checked(18, L4_left=3)
    assert len(patient.alerts) == 1
    patient.checked(17, L4_left=2)
    assert (patient.alerts[-1].level, patient.alerts[-1].closed_at) == ("critical", None)
