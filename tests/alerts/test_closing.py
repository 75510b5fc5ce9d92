"""Acknowledging and closing: by people, with an outcome, on what they have really seen (protocol §10)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts.models import Alert
from monitoring.alerts.steps import acknowledge, close
from monitoring.audit.models import AuditEntry
from tests.alerts.conftest import Patient, clock_at
from tests.cast import ago
from wards.access import Forbidden


def close_as(patient: Patient, outcome: str = "non_neurogenic", *, text: str = "") -> Alert:
    alert = patient.alerts[-1]
    return close(alert, by=patient.cast.sam, revision=alert.revision, outcome=outcome, text=text)


def test_a_nurse_acknowledges_and_it_is_audited(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    acknowledge(patient.alert, by=patient.cast.alice, revision=patient.alert.revision)
    assert patient.alert.acknowledged_by == patient.cast.alice
    assert patient.alert.closed_at is None
    assert AuditEntry.objects.filter(action="alert.acknowledged", actor=patient.cast.alice).count() == 1


def test_the_second_to_acknowledge_is_told_who_was_first(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    acknowledge(patient.alert, by=patient.cast.alice, revision=patient.alert.revision)
    with pytest.raises(ValidationError, match="Alice Ames"):
        acknowledge(patient.alert, by=patient.cast.carol, revision=patient.alert.revision)


def test_a_page_made_before_the_alert_rose_cannot_acknowledge_it(patient: Patient) -> None:
    patient.checked(3, L4_left=3)
    seen = patient.alert.revision
    patient.checked(2, L4_left=1)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        acknowledge(patient.alert, by=patient.cast.alice, revision=seen)
    assert patient.alert.acknowledged_at is None


def test_another_wards_nurse_may_not_acknowledge(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(Forbidden):
        acknowledge(patient.alert, by=patient.cast.nora, revision=patient.alert.revision)


@pytest.mark.parametrize("who", ["alice", "carol", "adam", "sue"])
def test_only_a_surgeon_of_the_ward_closes_what_was_critical(patient: Patient, who: str) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(Forbidden):
        close(patient.alert, by=getattr(patient.cast, who), revision=patient.alert.revision, outcome="non_neurogenic")
    assert patient.alert.closed_at is None


def test_a_nurse_closes_what_never_was_critical(patient: Patient) -> None:
    patient.checked(2, L4_left=3)
    close(patient.alert, by=patient.cast.alice, revision=patient.alert.revision, outcome="non_neurogenic")
    assert patient.alert.outcome == Alert.Outcome.NON_NEUROGENIC


def test_other_wants_a_text(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(ValidationError) as refused:
        close_as(patient, "other", text="  ")
    assert "text" in refused.value.message_dict
    close_as(patient, "other", text="seen by neurology")
    assert patient.alert.outcome_text == "seen by neurology"


@pytest.mark.parametrize("outcome", ["", "resolved", "looked", "nonsense"])
def test_a_person_gives_a_persons_outcome(patient: Patient, outcome: str) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(ValidationError):
        close_as(patient, outcome)


def test_nobody_closes_what_they_have_not_seen(patient: Patient) -> None:
    """A check was recorded and not yet assessed: closing assesses it first, and then the page is stale."""
    patient.checked(3, L4_left=3)
    seen = patient.alert
    patient.check(2, L4_left=1)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        close(seen, by=patient.cast.sam, revision=seen.revision, outcome="non_neurogenic")


def test_a_closed_alert_cannot_be_closed_again(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    close_as(patient)
    with pytest.raises(ValidationError, match="Sam Stone has closed"):
        close_as(patient)


def test_an_overdue_check_is_not_closed_by_hand(patient: Patient) -> None:
    overdue = Alert.objects.get(stay=patient.stay, kind=Alert.Kind.OVERDUE)
    with pytest.raises(ValidationError, match="by the check"):
        close(overdue, by=patient.cast.sam, revision=overdue.revision, outcome="other", text="x")


def test_the_look_it_was_waiting_for_closes_the_overdue_alert(patient: Patient) -> None:
    overdue = Alert.objects.filter(stay=patient.stay, kind=Alert.Kind.OVERDUE, closed_at__isnull=True)
    assert overdue.exists()
    patient.checked(1)
    assert not overdue.exists()
    assert Alert.objects.filter(stay=patient.stay, outcome=Alert.Outcome.LOOKED).exists()


def test_what_was_known_at_closing_does_not_alert_again(patient: Patient) -> None:
    patient.checked(20, L4_left=3)
    close_as(patient, "non_neurogenic")
    patient.checked(1, L4_left=3)
    patient.clock_comes()
    assert len(patient.alerts) == 1


def test_worse_than_what_was_known_opens_a_new_alert(patient: Patient) -> None:
    patient.checked(20, L4_left=3)
    close_as(patient, "non_neurogenic")
    patient.checked(1, L4_left=2)
    first, second = patient.alerts
    assert first.closed_at is not None
    assert (second.level, second.closed_at) == ("critical", None)


def test_correcting_an_old_check_that_a_closed_alert_had_told_of_does_not_alert_again(patient: Patient) -> None:
    old = patient.checked(60, L4_left=1)
    patient.checked(50)
    patient.checked(15)
    close_as(patient, "non_neurogenic")
    patient.correct(old, L4_left=1)
    patient.assess()
    assert len(patient.alerts) == 1


def test_a_late_entry_from_before_the_closing_that_shows_more_opens_a_new_alert(patient: Patient) -> None:
    patient.checked(60, L4_left=1)
    patient.checked(50)
    patient.checked(15)
    close_as(patient, "non_neurogenic")
    patient.checked(30, L4_left=0)
    assert (patient.alerts[-1].closed_at, patient.alerts[-1].level_now) == (None, "stable")


def test_with_the_clock_set_back_a_minute_what_was_known_at_closing_does_not_alert_again(patient: Patient) -> None:
    patient.checked(20, L4_left=3)
    close_as(patient, "non_neurogenic")
    patient.check(19, L4_left=3)
    with clock_at(ago(minutes=1)):
        patient.assess()
    assert len(patient.alerts) == 1


def test_between_two_closings_each_knows_what_its_own_alert_told(patient: Patient) -> None:
    patient.checked(90, L4_left=3)
    with clock_at(ago(minutes=80)):
        close_as(patient, "non_neurogenic")
    patient.checked(70)
    patient.checked(60, S1_right=3)
    close_as(patient, "non_neurogenic")
    patient.checked(65, S1_right=3)
    assert len(patient.alerts) == 2
    patient.checked(64, L4_left=3)
    assert patient.alerts[-1].closed_at is None


def test_a_new_alert_does_not_inherit_what_the_closed_one_told(patient: Patient) -> None:
    patient.checked(60, L4_left=1)
    patient.checked(50)
    patient.checked(15)
    close_as(patient, "non_neurogenic")
    patient.checked(1, S1_right=4)
    second = patient.alerts[-1]
    assert (second.level, list(second.muscles)) == ("watch", ["S1 right"])
