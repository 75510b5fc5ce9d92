"""What every step on an alert has in common. Who may take which in which state is in `test_moves`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from tests.alerts.conftest import Patient
from tests.alerts.stages import STAGES, Colleagues, lapse
from wards.models import Staff

Step = Callable[[Alert, Staff, Colleagues], object]

STEPS: dict[str, Step] = {
    "acknowledge": lambda alert, by, _: steps.acknowledge(alert, by=by, revision=alert.revision),
    "accept": lambda alert, by, _: steps.accept(alert, by=by, revision=alert.revision),
    "explore": lambda alert, by, _: steps.decide(
        alert, by=by, revision=alert.revision, decision="explore", reason="worse"
    ),
    "observe": lambda alert, by, _: steps.decide(
        alert, by=by, revision=alert.revision, decision="observe", reason="better", look_again=timedelta(hours=1)
    ),
    "milestone": lambda alert, by, _: steps.record_milestone(
        alert, by=by, revision=alert.revision, kind="surgeon_told", at=None
    ),
    "confirm_pause": lambda alert, by, _: steps.confirm_pause(alert, by=by, revision=alert.revision),
    "offer to a nurse": lambda alert, by, others: offers.offer(alert, by=by, revision=alert.revision, to=others.nia),
    "offer to a surgeon": lambda alert, by, others: offers.offer(alert, by=by, revision=alert.revision, to=others.uma),
    "close": lambda alert, by, _: steps.close(alert, by=by, revision=alert.revision, outcome="entry_error"),
    "reopen": lambda alert, by, _: steps.reopen(alert, by=by, revision=alert.revision, reason="weak again"),
}


def ready_for(name: str, patient: Patient, others: Colleagues) -> None:
    STAGES["closed" if name == "reopen" else "paused"](patient, others)


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What a worker was told of."""
    nudges: list[tuple[str, int]] = []
    monkeypatch.setattr("monitoring.alerts.timeline.nudge", lambda name, row: nudges.append((name, row)))
    return nudges


@pytest.mark.parametrize("name", STEPS)
def test_every_step_is_on_the_timeline_audited_and_has_the_ladder_look_again(
    patient: Patient, name: str, nudged: list[tuple[str, int]]
) -> None:
    others = Colleagues.of(patient)
    ready_for(name, patient, others)
    Alert.objects.update(next_step_at=None)
    before, told = patient.alert, len(patient.told)
    nudged.clear()
    by = patient.cast.alice if name == "offer to a nurse" else patient.cast.sam
    STEPS[name](before, by, others)
    after, event = patient.alert, patient.alert.events.last()
    assert event is not None
    assert (len(patient.told), event.by) == (told + 1, by)
    assert AuditEntry.objects.filter(action=f"alert.{event.kind}", actor=by, subject_id=str(after.pk)).count() == 1
    assert after.revision == before.revision + 1
    assert after.next_step_at is not None
    assert ("climb", after.pk) in nudged


@pytest.mark.parametrize("name", STEPS)
def test_a_step_on_an_old_page_is_refused_and_says_what_changed(patient: Patient, name: str) -> None:
    others = Colleagues.of(patient)
    ready_for(name, patient, others)
    old = patient.alert
    if name == "reopen":
        steps.reopen(old, by=others.tom, revision=old.revision, reason="too early")
    else:
        steps.record_milestone(old, by=others.nia, revision=old.revision, kind="treatment_started", at=None)
    with pytest.raises(
        ValidationError, match="re-opened by Tom Thorn" if name == "reopen" else "milestone by Nia Nash"
    ):
        STEPS[name](old, patient.cast.sam, others)


def test_what_the_software_does_has_the_ladder_look_again_too(patient: Patient, nudged: list[tuple[str, int]]) -> None:
    alerted = patient.checked(10, L4_left=3)
    assert len(set(nudged)) == 2, "one alert opened, and the check that was overdue is done"
    for minutes, grade in ((9, 1), (8, 5), (7, 1)):  # rose, fell, returned
        nudged.clear()
        Alert.objects.update(next_step_at=None)
        patient.checked(minutes, L4_left=grade)
        assert ("climb", patient.alert.pk) in nudged
        assert patient.alert.next_step_at is not None
    nudged.clear()
    patient.correct(alerted, L5_left=3)
    patient.assess()
    assert ("climb", patient.alert.pk) in nudged


def test_what_the_ladder_writes_down_leaves_the_page_fresh(patient: Patient) -> None:
    others = Colleagues.of(patient)
    STAGES["accepted"](patient, others)
    seen = patient.alert
    lapse(seen, "imaging_requested")
    steps.accept(seen, by=patient.cast.sam, revision=seen.revision)
    assert patient.alert.accepted_by == patient.cast.sam
