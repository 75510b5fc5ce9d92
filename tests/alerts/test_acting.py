"""Accepting, deciding and what is done meanwhile: acknowledging is not acting (protocol §10)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, Milestone
from monitoring.due.clock import now
from tests.alerts.conftest import Patient
from tests.alerts.stages import STAGES, Colleagues, lapse
from tests.cast import ago
from wards.models import Staff


@pytest.fixture
def others(patient: Patient) -> Colleagues:
    return Colleagues.of(patient)


def accept(patient: Patient, by: Staff) -> Alert:
    return steps.accept(patient.alert, by=by, revision=patient.alert.revision)


def decide(
    patient: Patient,
    by: Staff,
    decision: str = "explore",
    reason: str = "haematoma on the MRI",
    look_again: datetime | timedelta | None = timedelta(hours=1),
) -> Alert:
    alert = patient.alert
    return steps.decide(alert, by=by, revision=alert.revision, decision=decision, reason=reason, look_again=look_again)


def record(patient: Patient, kind: str, minutes_ago: float | None = None, note: str = "") -> Milestone:
    alert, at = patient.alert, None if minutes_ago is None else ago(minutes=minutes_ago)
    return steps.record_milestone(alert, by=patient.cast.alice, revision=alert.revision, kind=kind, at=at, note=note)


def test_acknowledging_gives_it_no_surgeon_even_by_a_surgeon(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    steps.acknowledge(patient.alert, by=patient.cast.sam, revision=patient.alert.revision)
    assert not patient.alert.has_surgeon


def test_accepting_leaves_the_acknowledgement_as_it_is(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    before = patient.alert
    accept(patient, others.tom)
    after = patient.alert
    assert after.has_surgeon
    assert (after.accepted_by, after.acknowledged_by, after.acknowledged_at) == (
        others.tom,
        others.ben,
        before.acknowledged_at,
    )


def test_a_surgeon_who_never_acknowledged_accepts_without_acknowledging(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    accept(patient, patient.cast.sam)
    assert patient.alert.acknowledged_by is None


def test_the_second_surgeon_is_told_who_has_it(patient: Patient, others: Colleagues) -> None:
    STAGES["accepted"](patient, others)
    with pytest.raises(ValidationError, match="Tom Thorn has accepted"):
        accept(patient, patient.cast.sam)


def test_after_a_lapse_it_has_no_surgeon_until_somebody_accepts_again(patient: Patient, others: Colleagues) -> None:
    STAGES["lapsed"](patient, others)
    before = patient.alert.has_surgeon
    accept(patient, others.tom)
    assert (before, patient.alert.has_surgeon) == (False, True)
    assert patient.told.count("accepted") == 2


def test_an_overdue_check_can_be_accepted_but_not_decided_on(patient: Patient) -> None:
    overdue = Alert.objects.get(stay=patient.stay, kind=Alert.Kind.OVERDUE)
    accepted = steps.accept(overdue, by=patient.cast.sam, revision=overdue.revision)
    with pytest.raises(ValidationError, match="by the check"):
        steps.decide(accepted, by=patient.cast.sam, revision=accepted.revision, decision="explore", reason="x")


def test_deciding_writes_down_what_and_why_and_keeps_who_has_it(patient: Patient, others: Colleagues) -> None:
    STAGES["accepted"](patient, others)
    decide(patient, patient.cast.sam, "observe", " better under rest ")
    alert = patient.alert
    assert (alert.decision, alert.decision_reason) == ("observe", "better under rest")
    assert (alert.decided_by, alert.accepted_by) == (patient.cast.sam, others.tom)
    told = alert.events.get(kind="decided").data
    assert alert.look_again_at is not None
    assert told == {
        "decision": "observe",
        "reason": "better under rest",
        "look_again_at": alert.look_again_at.isoformat(),
    }


@pytest.mark.parametrize(
    ("look_again", "why"),
    [
        (None, "Say when the patient is looked at again"),
        (timedelta(0), "not in the future"),
        (timedelta(minutes=-1), "not in the future"),
        (timedelta(hours=24, minutes=1), "more than 24 hours ahead"),
    ],
)
def test_who_observes_looks_again_within_a_day(patient: Patient, look_again: timedelta | None, why: str) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(ValidationError, match=why) as refused:
        decide(patient, patient.cast.sam, "observe", "mild", look_again)
    assert list(refused.value.message_dict) == ["look_again"]
    assert patient.alert.decided_at is None


def test_when_to_look_again_is_an_instant_or_so_long_from_the_decision(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    decide(patient, patient.cast.sam, "observe", "mild", timedelta(hours=24))
    alert, at = patient.alert, now() + timedelta(minutes=90)
    assert alert.decided_at is not None
    assert alert.look_again_at == alert.decided_at + timedelta(hours=24)
    decide(patient, patient.cast.sam, "observe", "as before", at)
    assert patient.alert.look_again_at == at
    decide(patient, patient.cast.sam, "explore", "worse")
    assert patient.alert.look_again_at is None


def test_the_database_lets_only_who_observes_look_again(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.update(look_again_at=now())


@pytest.mark.parametrize("state", ["opened", "lapsed"])
def test_who_decides_on_what_nobody_has_has_it(patient: Patient, others: Colleagues, state: str) -> None:
    STAGES[state](patient, others)
    decide(patient, patient.cast.sam)
    assert patient.alert.has_surgeon
    assert patient.alert.accepted_by == patient.cast.sam


@pytest.mark.parametrize(
    ("decision", "reason", "field"), [("", "x", "decision"), ("wait", "x", "decision"), ("explore", "  ", "reason")]
)
def test_a_decision_is_one_of_two_and_has_a_reason(patient: Patient, decision: str, reason: str, field: str) -> None:
    patient.checked(2, L4_left=1)
    with pytest.raises(ValidationError) as refused:
        decide(patient, patient.cast.sam, decision, reason)
    assert list(refused.value.message_dict) == [field]
    assert patient.alert.decided_at is None


def test_nobody_decides_on_what_they_have_not_seen(patient: Patient) -> None:
    patient.checked(3, L4_left=3)
    seen = patient.alert
    patient.check(2, L4_left=1)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        steps.decide(seen, by=patient.cast.sam, revision=seen.revision, decision="explore", reason="mild")


def test_a_later_decision_takes_the_place_of_the_first_and_both_stay_on_the_timeline(patient: Patient) -> None:
    patient.checked(2, L4_left=1)
    decide(patient, patient.cast.sam, "observe", "wait for the MRI")
    decide(patient, patient.cast.sam, "explore", "the MRI shows it")
    told = [event.data["decision"] for event in patient.alert.events.filter(kind="decided")]
    assert (patient.alert.decision, told) == ("explore", ["observe", "explore"])


def test_milestones_come_in_any_order_and_each_once(patient: Patient, others: Colleagues) -> None:
    STAGES["decided"](patient, others)
    for kind in reversed(Milestone.Kind.values):
        record(patient, kind)
    assert patient.alert.milestones.count() == 6
    with pytest.raises(ValidationError, match="Alice Ames has recorded this already"):
        record(patient, "imaging_done")


def test_a_milestone_says_what_when_and_by_whom(patient: Patient) -> None:
    patient.checked(20, L4_left=1)
    done = record(patient, "imaging_requested", 10, note=" MRI, radiologist on call ")
    assert (done.at, done.recorded_by, done.note) == (ago(minutes=10), patient.cast.alice, "MRI, radiologist on call")
    event = patient.alert.events.get(kind="milestone")
    assert event.data == {"kind": "imaging_requested", "at": done.at.isoformat(), "note": "MRI, radiologist on call"}


@pytest.mark.parametrize(("minutes_ago", "why"), [(-5, "future"), (25, "before the alert began")])
def test_nothing_was_done_about_it_before_it_began_or_in_the_future(
    patient: Patient, minutes_ago: float, why: str
) -> None:
    patient.checked(20, L4_left=1)
    with pytest.raises(ValidationError, match=why):
        record(patient, "surgeon_told", minutes_ago)


def test_what_was_done_in_the_minute_in_which_it_began_counts(patient: Patient) -> None:
    patient.checked(20, L4_left=1)
    Alert.objects.update(began_at=ago(minutes=20) + timedelta(seconds=42))
    assert record(patient, "surgeon_told", 20).at == ago(minutes=20)


def test_there_is_no_such_milestone(patient: Patient) -> None:
    patient.checked(20, L4_left=1)
    with pytest.raises(ValidationError) as refused:
        record(patient, "coffee")
    assert list(refused.value.message_dict) == ["kind"]


KINDS = Milestone.Kind.values
MADE_GOOD_BY = {
    "imaging_requested": {"imaging_requested", "imaging_done", "theatre_booked", "exploration_begun"},
    "imaging_done": {"imaging_done", "theatre_booked", "exploration_begun"},
    "decision": {"theatre_booked", "exploration_begun"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", MADE_GOOD_BY)
def test_a_lapse_is_made_good_by_what_was_missing_or_what_comes_after_it(
    patient: Patient, others: Colleagues, limit: str, kind: str
) -> None:
    STAGES["accepted"](patient, others)
    lapse(patient.alert, limit)
    record(patient, kind)
    good = kind in MADE_GOOD_BY[limit]
    assert patient.alert.has_surgeon is good
    assert (patient.alert.lapsed_at is None) is good


def test_the_limit_that_lapsed_last_is_what_is_missing(patient: Patient, others: Colleagues) -> None:
    STAGES["lapsed"](patient, others)
    accept(patient, others.uma)
    lapse(patient.alert, "imaging_done")
    record(patient, "imaging_requested")
    before = patient.alert.has_surgeon
    record(patient, "imaging_done")
    assert patient.alert.accepted_by == others.uma
    assert (before, patient.alert.has_surgeon) == (False, True)


def test_a_closed_alert_takes_no_more_milestones(patient: Patient, others: Colleagues) -> None:
    STAGES["closed"](patient, others)
    with pytest.raises(ValidationError, match="Tom Thorn has closed"):
        record(patient, "theatre_booked")


def test_the_pause_is_none_of_the_surgeons_business(patient: Patient, others: Colleagues) -> None:
    """Paging pauses; the alert can be accepted, decided and closed all the same."""
    STAGES["paused"](patient, others)
    accept(patient, patient.cast.sam)
    decide(patient, patient.cast.sam, "observe", "entry error")
    assert patient.alert.is_paused(now())
