"""What is recorded here is a milestone of the open alert: no limit goes on waiting for what was done."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from monitoring.alerts import steps
from monitoring.alerts.milestones import reached
from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.audit.models import AuditEntry
from monitoring.due.models import Watch
from monitoring.pathway.actions import imaging, theatre
from tests.alerts.conftest import Patient, watched_patient
from tests.alerts.stages import lapse
from tests.cast import ago
from tests.pathway.examples import again, change_stage, explore, image, plan
from wards.models import Operation


@pytest.fixture
def fallen(patient: Patient) -> Patient:
    """With an open alert that began three hours ago."""
    patient.checked(180, L4_left=1)
    return patient


def reached_so_far(patient: Patient) -> dict[str, datetime]:
    return {done.kind: done.at for done in patient.alert.milestones.all()}


def test_imaging_requested_and_done_are_milestones_of_the_open_alert(fallen: Patient) -> None:
    requested = image(fallen.cast, fallen.stay, at=ago(hours=2))
    done = image(fallen.cast, fallen.stay, "done", at=ago(hours=1), study=requested.study)
    image(fallen.cast, fallen.stay, "reported", study=requested.study)
    assert reached_so_far(fallen) == {"imaging_requested": requested.at, "imaging_done": done.at}
    [first, _second] = fallen.alert.milestones.all()
    assert (first.note, first.recorded_by) == ("MRI", fallen.cast.alice)


def test_what_is_stored_of_a_milestone_is_in_nobodys_language(fallen: Patient) -> None:
    with translation.override("zh-hans"):
        image(fallen.cast, fallen.stay, at=ago(hours=2), modality="XRAY")
    assert fallen.alert.milestones.get().note == "XRAY"


def test_a_theatre_plan_is_the_milestone_theatre_booked_when_it_is_made(fallen: Patient) -> None:
    planned = plan(fallen.cast, fallen.stay, ago(hours=-2))
    assert reached_so_far(fallen) == {"theatre_booked": planned.recorded_at}


def test_findings_of_a_deficit_tell_when_the_exploration_began(fallen: Patient) -> None:
    operation = again(fallen.cast, fallen.stay, ended_at=ago(hours=1))
    explore(fallen.cast, operation)
    assert reached_so_far(fallen) == {"exploration_begun": operation.started_at}


def test_a_re_operation_for_another_reason_is_no_exploration_of_the_deficit(fallen: Patient) -> None:
    explore(fallen.cast, again(fallen.cast, fallen.stay, ended_at=ago(hours=1)), indication="infection", finding="")
    assert not reached_so_far(fallen)


def test_the_milestone_is_on_the_timeline_and_in_the_audit_log_and_whom_to_call_is_looked_at(
    fallen: Patient,
) -> None:
    before = fallen.alert
    Alert.objects.update(next_step_at=None)
    image(fallen.cast, fallen.stay, at=ago(hours=2))
    after, event = fallen.alert, fallen.alert.events.latest("pk")
    assert (event.kind, event.by) == ("milestone", fallen.cast.alice)
    assert event.data == {"kind": "imaging_requested", "at": ago(hours=2).isoformat(), "note": "MRI"}
    assert after.revision == before.revision + 1
    assert after.next_step_at is not None
    line = AuditEntry.objects.get(action="alert.milestone")
    assert (line.actor, line.patient_id, line.data) == (fallen.cast.alice, fallen.stay.patient_id, event.data)


def test_the_first_of_a_kind_counts(fallen: Patient) -> None:
    image(fallen.cast, fallen.stay, at=ago(hours=1))
    image(fallen.cast, fallen.stay, at=ago(hours=2))
    assert reached_so_far(fallen) == {"imaging_requested": ago(hours=1)}
    assert fallen.told.count("milestone") == 1


def test_sent_twice_it_is_reached_once(fallen: Patient) -> None:
    requested = image(fallen.cast, fallen.stay, at=ago(hours=2))
    image(fallen.cast, fallen.stay, at=requested.at, study=requested.study, key=requested.idempotency_key)
    assert fallen.told.count("milestone") == 1


def test_what_was_done_before_the_alert_began_was_not_done_about_it(fallen: Patient) -> None:
    began = fallen.alert.began_at.replace(second=0, microsecond=0)
    image(fallen.cast, fallen.stay, at=began - timedelta(minutes=1))
    assert not reached_so_far(fallen)
    image(fallen.cast, fallen.stay, at=began)
    assert reached_so_far(fallen) == {"imaging_requested": began}


def test_times_are_typed_in_minutes_so_the_minute_in_which_it_began_counts(fallen: Patient) -> None:
    began = ago(hours=3)
    Alert.objects.update(began_at=began + timedelta(seconds=40))
    image(fallen.cast, fallen.stay, at=began)
    assert set(reached_so_far(fallen)) == {"imaging_requested"}


def test_no_milestone_without_an_open_alert(patient: Patient) -> None:
    requested = image(patient.cast, patient.stay, at=ago(hours=2))
    assert requested.is_standing
    assert not Milestone.objects.exists()


def test_no_milestone_of_a_closed_alert(fallen: Patient) -> None:
    alert = fallen.alert
    steps.close(alert, by=fallen.cast.sam, revision=alert.revision, outcome="non_neurogenic")
    image(fallen.cast, fallen.stay, at=ago(hours=2))
    assert not Milestone.objects.exists()


def test_an_overdue_check_is_not_waited_for_by_imaging(patient: Patient) -> None:
    overdue = Alert.objects.get(stay=patient.stay, closed_at=None)
    assert overdue.kind == "overdue"
    image(patient.cast, patient.stay)
    assert not Milestone.objects.exists()


def test_another_patients_alert_is_left_alone(fallen: Patient) -> None:
    other = watched_patient(fallen.cast, bed=fallen.cast.beds[1])
    image(other.cast, other.stay, at=ago(hours=2))
    assert not Milestone.objects.exists()


@pytest.mark.parametrize("limit", ["imaging_requested", "imaging_done"])
def test_a_limit_that_had_passed_is_made_good_by_what_it_waited_for(fallen: Patient, limit: str) -> None:
    accept_and_lapse(fallen, limit)
    done = image(fallen.cast, fallen.stay, "done", at=ago(minutes=1))
    assert fallen.alert.lapsed_at is None
    assert fallen.alert.accepted_by == fallen.cast.sam
    assert reached_so_far(fallen) == {"imaging_done": done.at}


def test_a_limit_that_had_passed_is_not_made_good_by_less(fallen: Patient) -> None:
    accept_and_lapse(fallen, "imaging_done")
    image(fallen.cast, fallen.stay, at=ago(minutes=1))
    assert fallen.alert.lapsed_at is not None
    plan(fallen.cast, fallen.stay)
    assert fallen.alert.lapsed_at is None


def accept_and_lapse(patient: Patient, limit: str) -> None:
    alert = patient.alert
    steps.accept(alert, by=patient.cast.sam, revision=alert.revision)
    lapse(alert, limit)
    assert not patient.alert.has_surgeon


def test_a_corrected_or_retracted_entry_leaves_the_milestone_as_it_was_believed(fallen: Patient) -> None:
    requested = image(fallen.cast, fallen.stay, at=ago(hours=2))
    planned = plan(fallen.cast, fallen.stay)
    before = reached_so_far(fallen)
    imaging.retract_imaging(
        change_stage(fallen.cast, requested, at=ago(hours=1)), by=fallen.cast.alice, reason="another patient's"
    )
    theatre.cancel_plan(planned, by=fallen.cast.sam, reason="better")
    assert reached_so_far(fallen) == before
    assert set(before) == {"imaging_requested", "theatre_booked"}


def test_reached_answers_what_it_wrote_or_nothing(fallen: Patient) -> None:
    kind, cast = Milestone.Kind.TREATMENT_STARTED, fallen.cast
    done = reached(fallen.stay, kind, at=ago(hours=1), by=cast.alice, note="mannitol")
    assert done == fallen.alert.milestones.get()
    assert reached(fallen.stay, kind, at=ago(hours=1), by=cast.alice) is None


def test_nothing_that_follows_an_alert_changes_the_assessment(fallen: Patient) -> None:
    """Level, findings, runs and due times are those of the checks; a re-operation is another matter (protocol §2)."""
    fallen.assess()
    before, alert = fallen.watch, fallen.alert
    requested = image(fallen.cast, fallen.stay, at=ago(hours=2))
    image(fallen.cast, fallen.stay, "done", at=ago(hours=1), study=requested.study)
    plan(fallen.cast, fallen.stay)
    assert fallen.watch.changed_since is None
    fallen.assess()
    assert settled(fallen.watch) == settled(before)
    assert (fallen.alert.level, fallen.alert.muscles, fallen.alert.actions) == (
        alert.level,
        alert.muscles,
        alert.actions,
    )
    assert AlertEvent.Kind.ROSE not in fallen.told


def settled(watch: Watch) -> tuple[object, ...]:
    return watch.assessment, watch.check_due_at, watch.changes, watch.changed_since


def test_findings_of_a_re_operation_change_no_assessment_either(fallen: Patient) -> None:
    operation: Operation = again(fallen.cast, fallen.stay, ended_at=ago(hours=1))
    fallen.assess()
    before = fallen.watch
    explore(fallen.cast, operation)
    fallen.assess()
    assert settled(fallen.watch) == settled(before)
