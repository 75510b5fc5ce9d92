"""From a recorded check to an alert (protocol §10): nothing passes unseen, nothing is told twice."""

from __future__ import annotations

import pytest

from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, operate


def test_a_normal_check_opens_no_alert(patient: Patient) -> None:
    patient.checked(1)
    assert not patient.alerts
    assert patient.watch.level == "stable"


def test_a_fall_from_5_to_1_opens_a_critical_alert(patient: Patient) -> None:
    patient.checked(1, L4_left=1)
    alert = patient.alert
    assert (alert.level, alert.actions, alert.because) == ("critical", ["image_and_explore"], ["fall"])
    assert alert.muscles == {"L4 left": {"reference": 5, "assumed": False, "latest": 1, "drop": 4}}
    assert patient.watch.level == "critical"
    assert patient.told == ["opened"]


def test_paralysis_is_a_finding_and_not_a_missing_grade(patient: Patient) -> None:
    patient.checked(1, S1_right=0)
    assert patient.alert.muscles["S1 right"]["latest"] == 0


def test_assessing_again_changes_nothing(patient: Patient) -> None:
    patient.checked(1, L4_left=1)
    before = (patient.alert.revision, patient.told)
    patient.assess()
    patient.clock_comes()
    assert (patient.alert.revision, patient.told) == before


def test_a_new_muscle_is_a_new_event_that_notifies_and_asks_to_be_acknowledged_anew(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    Alert.objects.update(acknowledged_by=patient.cast.alice, acknowledged_at=patient.alert.opened_at)
    patient.checked(1, L4_left=1, L5_left=3)
    event = patient.alert.events.last()
    assert event is not None
    assert (event.kind, event.notifies, event.data["muscles"]) == ("rose", True, ["L5 left"])
    assert patient.alert.acknowledged_at is None


def test_a_deeper_grade_of_the_same_muscle_is_written_down_without_notifying_again(patient: Patient) -> None:
    patient.checked(3, L4_left=3)
    patient.checked(2, L4_left=3, L5_left=2)
    patient.checked(1, L4_left=2, L5_left=2)
    event = patient.alert.events.last()
    assert event is not None
    assert patient.alert.muscles["L4 left"]["latest"] == 2
    assert event.data["deeper"] == ["L4 left"]


def test_a_better_check_is_recorded_and_closes_nothing(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    patient.checked(1)
    alert = patient.alert
    assert (alert.level, alert.actions, alert.level_now) == ("critical", ["image_and_explore"], "stable")
    assert alert.better_since is not None
    assert alert.closed_at is None
    assert patient.told == ["opened", "fell"]


def test_the_onset_is_kept_when_the_leg_is_better_again(patient: Patient) -> None:
    fall = patient.checked(2, L4_left=1)
    patient.checked(1)
    good = patient.stay.episode.checks.exclude(pk=fall.pk).order_by("-examined_at")[1]
    assert (patient.alert.seen_at, patient.alert.last_good_at) == (fall.examined_at, good.examined_at)


def test_a_return_after_a_fall_notifies_again(patient: Patient) -> None:
    patient.checked(3, L4_left=1)
    patient.checked(2)
    patient.checked(1, L4_left=1)
    event = patient.alert.events.last()
    assert event is not None
    assert (event.kind, event.notifies) == ("rose", True)
    assert patient.alert.better_since is None


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_two_checks_assessed_together_or_one_by_one_make_the_same_alert(cast: Cast, together: bool) -> None:
    patient = watched_patient(cast)
    record = patient.check if together else patient.checked
    record(40, L4_left=1)
    record(3)
    patient.assess()
    alert = patient.alert
    assert (alert.level, alert.because, alert.level_now) == ("critical", ["fall"], "stable")
    assert alert.better_since == patient.stay.episode.checks.latest("examined_at").examined_at


def test_a_check_typed_late_between_two_good_ones_still_alerts(patient: Patient) -> None:
    patient.checked(10)
    patient.checked(40, L4_left=1)
    assert patient.alert.level == "critical"
    assert patient.alert.level_now == "stable"


def test_the_clock_alone_makes_a_reason_and_raises_the_alert(patient: Patient) -> None:
    patient.check(200, L4_left=2)
    patient.assess()
    assert "no_improvement" in patient.alert.because
    assert patient.alert.actions == ["image_and_explore"]


def test_two_stable_looks_in_a_row_close_what_was_never_critical(patient: Patient) -> None:
    patient.checked(4, L4_left=3)
    patient.checked(3)
    assert patient.alert.closed_at is None
    patient.checked(2)
    assert patient.alert.outcome == Alert.Outcome.RESOLVED
    assert patient.alert.closed_by is None


def test_what_rose_and_resolved_before_anybody_assessed_it_is_told_and_closed(patient: Patient) -> None:
    patient.check(4, L4_left=3)
    patient.check(3)
    patient.check(2)
    patient.assess()
    assert (patient.alert.level, patient.alert.outcome) == ("concern", Alert.Outcome.RESOLVED)
    assert patient.told == ["opened", "closed"]


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_a_fall_after_two_stable_looks_is_a_new_alert(patient: Patient, together: bool) -> None:
    record = patient.check if together else patient.checked
    record(5, L4_left=3)
    record(4)
    record(3)
    record(2, S1_right=1)
    patient.assess()
    first, second = patient.alerts
    assert (first.level, first.outcome, list(first.muscles)) == ("concern", Alert.Outcome.RESOLVED, ["L4 left"])
    assert (second.level, second.closed_at, list(second.muscles)) == ("critical", None, ["S1 right"])


def test_two_stable_looks_never_close_what_was_critical(patient: Patient) -> None:
    patient.checked(100, L4_left=1)
    patient.checked(50)
    patient.checked(2)
    assert patient.alert.closed_at is None


def test_untested_alone_opens_no_alert(cast: Cast) -> None:
    stay = admit_patient(cast)
    operate(cast, stay)
    patient = Patient(cast, stay)
    patient.assess()
    assert patient.watch.level == "watch"
    assert not patient.alerts


def test_a_patient_with_no_operation_is_stable_and_said_to_have_none(cast: Cast) -> None:
    patient = Patient(cast, admit_patient(cast))
    patient.checked(5, L4_left=0)
    assert not patient.alerts
    assert patient.watch.assessment is not None
    assert (patient.watch.assessment["has_operation"], patient.watch.assess_at) == (False, None)


def test_an_unknown_baseline_is_never_reassuring(cast: Cast) -> None:
    stay = admit_patient(cast)
    operate(cast, stay)
    patient = Patient(cast, stay)
    patient.checked(5, L4_left=1)
    assert patient.alert.muscles["L4 left"]["assumed"] is True
    assert patient.watch.assessment is not None
    assert patient.watch.assessment["has_baseline"] is False


def test_what_the_system_does_is_audited_as_the_system(patient: Patient) -> None:
    patient.checked(1, L4_left=1)
    entry = AuditEntry.objects.get(action="alert.opened", subject_id=str(patient.alert.pk))
    assert (entry.actor, entry.patient_id) == (None, patient.stay.patient_id)


def test_an_assessment_that_raises_backs_off_and_is_seen(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    patient.check(1, L4_left=1)
    monkeypatch.setattr("monitoring.alerts.actions.read_history", lambda stay, watch: 1 / 0)
    run_one(sweep_named("assess"), patient.stay.pk)
    watch = patient.watch
    assert (watch.failures, watch.last_error) == (1, "ZeroDivisionError")
    assert watch.failing_since is not None
    monkeypatch.undo()
    patient.clock_comes()
    assert (patient.watch.failures, patient.watch.failing_since) == (0, None)
    assert patient.alert.level == "critical"
