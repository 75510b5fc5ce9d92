"""A correction that undoes the reason of an alert marks it superseded in whatever state it is; nothing is erased."""

from __future__ import annotations

from typing import Any

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.checks.models import Check
from tests.alerts.conftest import Patient, clock_at
from tests.alerts.stages import Colleagues
from tests.alerts.table import bring_about
from tests.cast import admit_patient, ago
from wards.actions import discharge

STATES = (
    "open",
    "acknowledged",
    "accepted",
    "accepted and acknowledged",
    "lapsed",
    "explore",
    "observe",
    "closed",
    "re-opened",
)
ALL = [f"{level} {state}" for level in ("critical", "concern") for state in STATES]
ALL.append("concern closed by the software")

EVIDENCE = ("level", "actions", "because", "rules", "muscles", "flags", "began_at", "seen_at", "opened_at")
SAID = ("acknowledged_by_id", "accepted_by_id", "decided_by_id", "decision", "look_again_at", "lapsed_at")
ENDED = ("closed_at", "closed_by_id", "outcome", "outcome_text", "marks", "reopened_at")


def columns(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in (*EVIDENCE, *SAID, *ENDED)}


def reason_of(patient: Patient) -> Check:
    """The check that the alert was opened by."""
    return Check.objects.standing().get(stay=patient.stay, l4_left__lt=4)


def test_every_state_is_here() -> None:
    assert len(ALL) == 19


@pytest.mark.parametrize("how", ["corrected", "retracted"])
@pytest.mark.parametrize("state", ALL)
def test_what_undoes_the_reason_marks_it_and_erases_nothing(patient: Patient, state: str, how: str) -> None:
    alert = bring_about(state, patient, Colleagues.of(patient))
    before, told = columns(alert), list(alert.events.values_list("pk", "kind", "by", "notifies", "data"))
    if how == "corrected":
        patient.correct(reason_of(patient))
    else:
        patient.retract(reason_of(patient))
    patient.assess()
    after = Alert.objects.get(pk=alert.pk)
    assert after.superseded["level"] == alert.level
    assert after.superseded["muscles"] == ["L4 left"]
    assert columns(after) == before
    events = list(after.events.values_list("pk", "kind", "by", "notifies", "data"))
    assert events[: len(told)] == told
    marked = after.events.get(kind="superseded")
    assert marked.by is None
    assert marked.notifies is (after.closed_at is None), "nobody is called to what is over"
    why = "mixed up" if how == "corrected" else "wrong patient"
    assert marked.data["changes"] == [{"by": patient.cast.alice.pk, "what": f"check.{how}", "why": why}]
    assert len(patient.alerts) == 1


@pytest.mark.parametrize("state", ["critical closed", "concern closed", "concern closed by the software"])
def test_after_closing_nobody_is_called_and_a_correction_of_the_correction_clears_the_mark(
    patient: Patient, state: str
) -> None:
    alert = bring_about(state, patient, Colleagues.of(patient))
    Alert.objects.filter(pk=alert.pk).update(next_step_at=None)
    grade = 1 if alert.level == "critical" else 3
    better = patient.correct(reason_of(patient))
    patient.assess()
    assert patient.alerts[0].next_step_at is None
    patient.correct(better, L4_left=grade)
    patient.assess()
    again = patient.alerts[0]
    assert (again.superseded, again.closed_at) == ({}, alert.closed_at)
    assert patient.told.count("superseded") == 2
    assert len(patient.alerts) == 1, "it was known at the closing"


def close(patient: Patient, others: Colleagues) -> Alert:
    alert = patient.alerts[-1]
    return steps.close(alert, by=others.tom, revision=alert.revision, outcome="non_neurogenic")


def test_a_correction_of_one_of_two_muscles_marks_that_one(patient: Patient) -> None:
    check = patient.checked(5, L4_left=1, S1_right=3)
    close(patient, Colleagues.of(patient))
    patient.correct(check, L4_left=1)
    patient.assess()
    assert patient.alert.superseded == {"muscles": ["S1 right"]}


def test_what_follows_the_closing_takes_nothing_from_it(patient: Patient) -> None:
    """A better check, a late entry, a correction of a check from after it: what it told stands."""
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_left=1)
        close(patient, Colleagues.of(patient))
    after = patient.checked(10, L4_left=1)
    patient.correct(after)
    patient.check(18, L4_left=1)
    patient.assess()
    assert (patient.alerts[0].superseded, "superseded" in patient.told) == ({}, False)


def test_the_same_fall_told_by_a_later_alert_does_not_support_the_first(patient: Patient) -> None:
    others = Colleagues.of(patient)
    with clock_at(ago(minutes=55)):
        wrong = patient.checked(60, L4_left=1)
        close(patient, others)
    with clock_at(ago(minutes=9)):
        patient.checked(50)
        patient.checked(15)
        patient.checked(10, L4_left=1)
    first, second = patient.alerts
    patient.correct(wrong)
    patient.assess()
    first, second = patient.alerts
    assert (first.superseded.get("muscles"), second.superseded) == (["L4 left"], {})


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_corrections_assessed_together_mark_what_they_would_have_marked_one_by_one(
    patient: Patient, together: bool
) -> None:
    """A fall that is moved before its alert began, with a good check in between, and then another correction."""
    with clock_at(ago(minutes=55)):
        fall = patient.checked(60, L4_left=1)
        close(patient, Colleagues.of(patient))
    patient.correct(fall, L4_left=1, at=ago(minutes=70))
    if not together:
        patient.assess()
    patient.check(65)
    if not together:
        patient.assess()
    later = patient.checked(30) if not together else patient.check(30)
    patient.correct(later)
    patient.assess()
    assert patient.alerts[0].superseded == {}


def test_a_closed_alert_of_an_earlier_stay_is_marked_too(patient: Patient) -> None:
    with clock_at(ago(minutes=18)):
        wrong = patient.checked(20, L4_left=1)
        close(patient, Colleagues.of(patient))
    discharge(patient.stay, by=patient.cast.carol, at=ago(minutes=15), departure="home")
    patient.assess()
    before, episode = patient.stay.patient, patient.stay.episode
    readmitted = Patient(patient.cast, admit_patient(patient.cast, at=ago(minutes=10), patient=before, episode=episode))
    readmitted.assess()
    readmitted.correct(wrong)
    readmitted.assess()
    assert patient.alert.superseded["muscles"] == ["L4 left"]
    assert readmitted.alerts == []
