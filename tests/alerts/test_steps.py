"""Who may take which step in which state of an alert: the whole table. Then what every step has in common."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from tests.alerts.conftest import Patient
from tests.alerts.stages import STAGES, Colleagues, lapse
from wards.access import Forbidden
from wards.models import Staff

Step = Callable[[Alert, Staff, Colleagues], object]

ANYTIME = frozenset(STAGES) - {"closed"}
CLINICAL = ("alice", "carol", "sam")
EVERYBODY = (*CLINICAL, "adam", "sue")  # adam administers the ward; sue is a surgeon of another one

STEPS: dict[str, Step] = {
    "acknowledge": lambda alert, by, _: steps.acknowledge(alert, by=by, revision=alert.revision),
    "accept": lambda alert, by, _: steps.accept(alert, by=by, revision=alert.revision),
    "decide": lambda alert, by, _: steps.decide(
        alert, by=by, revision=alert.revision, decision="observe", reason="better since"
    ),
    "milestone": lambda alert, by, _: steps.record_milestone(
        alert, by=by, revision=alert.revision, kind="surgeon_told", at=None
    ),
    "confirm_pause": lambda alert, by, _: steps.confirm_pause(alert, by=by, revision=alert.revision),
    "offer to a nurse": lambda alert, by, others: offers.offer(alert, by=by, revision=alert.revision, to=others.nia),
    "offer to a surgeon": lambda alert, by, others: offers.offer(alert, by=by, revision=alert.revision, to=others.uma),
    "close": lambda alert, by, _: steps.close(alert, by=by, revision=alert.revision, outcome="entry_error"),
}

RIGHT: dict[str, tuple[str, ...]] = {
    "acknowledge": CLINICAL,
    "accept": ("sam",),
    "decide": ("sam",),
    "milestone": CLINICAL,
    "confirm_pause": CLINICAL,
    "offer to a nurse": CLINICAL,
    "offer to a surgeon": CLINICAL,
    "close": ("sam",),
}

TIME: dict[str, frozenset[str]] = {
    "acknowledge": ANYTIME - {"acknowledged"},
    "accept": ANYTIME - {"accepted", "decided"},
    "decide": ANYTIME,
    "milestone": ANYTIME,
    "confirm_pause": frozenset({"paused"}),
    "offer to a nurse": ANYTIME - {"acknowledged"},  # Ben is on it: it is his to offer
    "offer to a surgeon": ANYTIME - {"accepted", "decided"},  # Tom has it
    "close": ANYTIME,
}


def expected(step: str, state: str, who: str) -> str:
    if who not in RIGHT[step]:
        return "forbidden"
    if step == "offer to a nurse" and who == "sam":
        return "refused"  # a nurse cannot take up what a surgeon has
    return "done" if state in TIME[step] else "refused"


def outcome(step: Step, alert: Alert, by: Staff, others: Colleagues) -> str:
    """What comes of it; then all is as before."""
    try:
        with transaction.atomic():
            step(alert, by, others)
            transaction.set_rollback(True)
    except Forbidden:
        return "forbidden"
    except ValidationError:
        return "refused"
    return "done"


@pytest.mark.parametrize("state", STAGES)
def test_every_step_in_every_state_by_everybody(patient: Patient, state: str) -> None:
    others = Colleagues.of(patient)
    STAGES[state](patient, others)
    found = {
        (name, who): outcome(step, patient.alert, getattr(patient.cast, who), others)
        for name, step in STEPS.items()
        for who in EVERYBODY
    }
    assert len(found) == 40
    assert found == {(name, who): expected(name, state, who) for name, who in found}


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
    STAGES["paused"](patient, others)
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
    assert nudged == [("climb", after.pk)]


@pytest.mark.parametrize("name", STEPS)
def test_a_step_on_an_old_page_is_refused_and_says_what_changed(patient: Patient, name: str) -> None:
    others = Colleagues.of(patient)
    STAGES["paused"](patient, others)
    old = patient.alert
    steps.record_milestone(old, by=others.nia, revision=old.revision, kind="treatment_started", at=None)
    with pytest.raises(ValidationError, match="milestone by Nia Nash"):
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
