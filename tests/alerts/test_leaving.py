"""A patient does not leave from under a critical alert that nobody has decided on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from tests.alerts.conftest import Patient
from tests.alerts.stages import STAGES, Colleagues
from wards import actions
from wards.models import Stay


def leave(patient: Patient, departure: str = "home") -> Stay:
    return actions.discharge(patient.stay, by=patient.cast.carol, at=None, departure=departure)


def stays(patient: Patient) -> bool:
    return Stay.objects.get(pk=patient.stay.pk).is_open


@pytest.mark.parametrize("state", ["opened", "acknowledged", "accepted", "lapsed", "paused", "confirmed"])
def test_with_an_undecided_critical_alert_nobody_is_discharged(patient: Patient, state: str) -> None:
    STAGES[state](patient, Colleagues.of(patient))
    with pytest.raises(ValidationError, match="open and undecided"):
        leave(patient)
    assert stays(patient)


@pytest.mark.parametrize(
    ("departure", "hint"),
    [("died", "closes it first: died"), ("other_hospital", "transferred out"), ("home", "A surgeon decides")],
)
def test_it_says_what_to_do_first(patient: Patient, departure: str, hint: str) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(ValidationError, match=hint):
        leave(patient, departure)


@pytest.mark.parametrize("outcome", ["died", "transferred_out", "non_neurogenic"])
def test_once_it_is_closed_the_patient_leaves(patient: Patient, outcome: str) -> None:
    patient.checked(2, L4_left=1)
    steps.close(patient.alert, by=patient.cast.sam, revision=patient.alert.revision, outcome=outcome)
    leave(patient, "died" if outcome == "died" else "other_hospital")
    assert not stays(patient)


def test_once_it_is_decided_the_patient_leaves(patient: Patient) -> None:
    STAGES["decided"](patient, Colleagues.of(patient))
    leave(patient)
    assert not stays(patient)
    assert patient.alert.closed_at is None


def test_a_check_not_yet_assessed_is_assessed_first(patient: Patient) -> None:
    patient.check(2, L4_left=1)
    with pytest.raises(ValidationError, match="open and undecided"):
        leave(patient)
    assert stays(patient)
    assert patient.watch.assess_at is not None, "the discharge took nothing with it: the sweep still finds it due"
    patient.assess()
    assert patient.alert.level == "critical"


def test_a_decision_on_less_than_is_recorded_is_none(patient: Patient) -> None:
    patient.checked(5, L4_left=3)
    alert = patient.alert
    steps.decide(
        alert,
        by=patient.cast.sam,
        revision=alert.revision,
        decision="observe",
        reason="mild",
        look_again=timedelta(hours=1),
    )
    patient.check(2, L4_left=1)
    with pytest.raises(ValidationError, match="open and undecided"):
        leave(patient)


def test_a_harmless_check_not_yet_assessed_lets_the_patient_leave(patient: Patient) -> None:
    patient.check(2)
    leave(patient)
    assert not stays(patient)


def test_a_concern_holds_nobody(patient: Patient) -> None:
    patient.checked(2, L4_left=3)
    leave(patient)
    assert not stays(patient)


def test_what_was_critical_and_is_better_still_wants_a_decision(patient: Patient) -> None:
    patient.checked(20, L4_left=1)
    patient.checked(2)
    with pytest.raises(ValidationError, match="open and undecided"):
        leave(patient)


def test_an_overdue_check_holds_nobody(patient: Patient) -> None:
    assert Alert.objects.filter(stay=patient.stay, kind=Alert.Kind.OVERDUE, closed_at=None).exists()
    leave(patient)
    assert not stays(patient)


def test_the_same_discharge_sent_again_is_answered_as_before(patient: Patient) -> None:
    """Also where a correction made afterwards has found something critical in that stay."""
    check = patient.checked(20)
    left = leave(patient)
    patient.correct(check, L4_left=1)
    patient.assess()
    assert patient.alert.level == "critical"
    again = actions.discharge(patient.stay, by=patient.cast.carol, at=left.discharged_at, departure="home")
    assert again.discharged_at == left.discharged_at


def test_another_stays_alert_holds_nobody(patient: Patient) -> None:
    check = patient.checked(20)
    patient.checked(10)
    leave(patient)
    patient.correct(check, L4_left=1)
    patient.assess()
    back = actions.admit(
        by=patient.cast.alice,
        at=None,
        bed=patient.cast.beds[0],
        patient=patient.stay.patient,
        episode=patient.stay.episode,
        responsible_surgeon=None,
        key=patient.stay.public_id,
    )
    actions.discharge(back, by=patient.cast.carol, at=None, departure="home")
    assert not Stay.objects.get(pk=back.pk).is_open
