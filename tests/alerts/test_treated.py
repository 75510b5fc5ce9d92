"""Treatment that is recorded as started is a milestone of the open alert; nobody writes it down twice."""

from __future__ import annotations

from uuid import uuid4

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import Milestone
from monitoring.checks import actions as checks
from monitoring.checks.models import Treatment
from tests.alerts.conftest import Patient
from tests.cast import ago
from wards.models import Staff

STARTED = Milestone.Kind.TREATMENT_STARTED


def treat(
    patient: Patient, minutes_ago: float, kind: str = "rest", action: str = "started", *, by: Staff | None = None
) -> Treatment:
    at, by = ago(minutes=minutes_ago), by or patient.cast.alice
    return checks.record_treatment(patient.stay, by=by, at=at, kind=kind, action=action, dose="", key=uuid4())


def milestones(patient: Patient) -> list[Milestone]:
    return list(patient.alert.milestones.filter(kind=STARTED))


def test_it_has_the_treatments_time_and_whoever_recorded_that(patient: Patient) -> None:
    patient.checked(20, L4_left=2)
    treatment = treat(patient, 10, by=patient.cast.carol)
    patient.assess()
    [done] = milestones(patient)
    assert (done.at, done.recorded_by) == (treatment.happened_at, patient.cast.carol)
    event = patient.alert.events.get(kind="milestone")
    assert (event.by, event.notifies) == (patient.cast.carol, False)
    assert event.data == {"kind": "treatment_started", "at": treatment.happened_at.isoformat(), "note": ""}


def test_it_is_noted_once(patient: Patient) -> None:
    patient.checked(20, L4_left=2)
    treat(patient, 10)
    patient.assess()
    treat(patient, 5, "mannitol")
    patient.assess()
    patient.clock_comes()
    assert [done.at for done in milestones(patient)] == [ago(minutes=10)]


def test_one_that_was_written_down_by_hand_stays(patient: Patient) -> None:
    patient.checked(20, L4_left=2)
    alert = patient.alert
    steps.record_milestone(alert, by=patient.cast.carol, revision=alert.revision, kind=STARTED, at=ago(minutes=12))
    treat(patient, 10)
    patient.assess()
    assert [done.at for done in milestones(patient)] == [ago(minutes=12)]


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_the_first_that_was_recorded_counts_however_it_is_assessed(patient: Patient, together: bool) -> None:
    patient.checked(20, L4_left=2)
    for minutes in (5, 10):
        treat(patient, minutes)
        if not together:
            patient.assess()
    patient.assess()
    assert [done.at for done in milestones(patient)] == [ago(minutes=5)]


def test_treatment_from_before_the_alert_is_no_milestone_of_it(patient: Patient) -> None:
    treat(patient, 30)
    patient.checked(20, L4_left=2)
    assert milestones(patient) == []


def test_stopping_is_none_and_a_closed_alert_gets_none(patient: Patient) -> None:
    treat(patient, 30)
    patient.checked(20, L4_left=2)
    treat(patient, 15, action="stopped")
    patient.assess()
    assert milestones(patient) == []
    alert = patient.alert
    steps.close(alert, by=patient.cast.sam, revision=alert.revision, outcome="entry_error")
    treat(patient, 10)
    patient.assess()
    assert milestones(patient) == []


def test_a_retracted_treatment_leaves_its_milestone(patient: Patient) -> None:
    patient.checked(20, L4_left=2)
    treatment = treat(patient, 10)
    patient.assess()
    checks.retract_treatment(treatment, by=patient.cast.alice, reason="not given")
    patient.assess()
    assert len(milestones(patient)) == 1


def test_treatment_recorded_before_the_fall_was_typed_counts_from_its_own_time(patient: Patient) -> None:
    treat(patient, 10)
    patient.checked(20, L4_left=2)
    assert [done.at for done in milestones(patient)] == [ago(minutes=10)]
