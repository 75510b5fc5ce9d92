"""One statement asks the database for everything; the watchdog's own patient is no patient."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from monitoring.due.models import Pulse, Watch
from monitoring.escalation.models import Climb, Delivery
from monitoring.proposals.actions import end, propose
from monitoring.proposals.models import Replay
from monitoring.proposals.replaying import back_off, go_on
from monitoring.protocol import Settings
from monitoring.watchdog.cast import NURSE, ensure_cast
from monitoring.watchdog.models import Chore, ProbeRun
from monitoring.watchdog.patient import admit
from monitoring.watchdog.queries import around, look
from monitoring.watchdog.verdict import judge
from tests.alerts.conftest import Patient
from tests.cast import Cast
from wards.models import Staff, Stay


@pytest.fixture
def alert(patient: Patient) -> Alert:
    """An open critical alert of a patient, with nothing about it due."""
    patient.checked(1, flag="bladder_bowel")
    alert = patient.alert
    Alert.objects.update(next_step_at=None)
    Delivery.objects.update(next_attempt_at=None, state="accepted")
    Watch.objects.update(assess_at=None, check_due_at=None)
    return alert


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def send(alert: Alert | None, person: Staff, late: float) -> Delivery:
    """A message that should have gone out so many seconds ago."""
    return Delivery.objects.create(
        alert=alert, purpose="call", person=person, channel="email", next_attempt_at=now() - seconds(late)
    )


def test_an_empty_house_has_heard_from_nobody(db: None) -> None:
    found = look()
    assert (found.heard, found.probes, found.assessments.rows, found.failing) == ({}, (), 0, 0)
    assert found.silence("tick") is None


def test_it_takes_one_statement(alert: Alert) -> None:
    with CaptureQueriesContext(connection) as asked:
        look()
    assert len(asked) == 1


def test_pulses_are_told_by_their_age(db: None) -> None:
    Pulse.objects.create(name="tick", at=now() - seconds(7))
    Pulse.objects.create(name="beat", at=now() + seconds(60))
    found = look()
    assert found.silence("tick") == pytest.approx(7, abs=0.5)
    assert found.heard["beat"] == pytest.approx(-60, abs=0.5)


def test_an_assessment_is_late_after_ten_seconds(alert: Alert) -> None:
    Watch.objects.update(assess_at=now() - seconds(9))
    assert look().assessments.rows == 0
    Watch.objects.update(assess_at=now() - seconds(11))
    assert look().assessments.rows == 1
    assert look().assessments.oldest == pytest.approx(11, abs=0.5)


def test_a_step_of_a_ladder_is_late_after_ten_seconds(alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk).update(next_step_at=now() - seconds(9))
    assert look().steps.rows == 0
    Alert.objects.filter(pk=alert.pk).update(next_step_at=now() - seconds(12))
    assert look().steps.rows == 1
    assert look().steps.oldest == pytest.approx(12, abs=0.5)


def test_a_message_is_late_after_ten_seconds_and_so_is_a_test_of_a_contact(alert: Alert, cast: Cast) -> None:
    send(alert, cast.sam, late=9)
    assert look().messages.rows == 0
    send(alert, cast.alice, late=11)
    send(None, cast.alice, late=30)
    assert look().messages.rows == 2
    assert look().messages.oldest == pytest.approx(30, abs=0.5)


def test_a_message_that_is_being_sent_is_not_late_while_its_lease_runs(alert: Alert, cast: Cast) -> None:
    Delivery.objects.filter(pk=send(alert, cast.sam, late=30).pk).update(
        state="sending", next_attempt_at=now() + seconds(5)
    )
    assert look().messages.rows == 0


def test_an_overdue_check_without_its_alert_is_seen_after_ten_seconds(alert: Alert) -> None:
    Alert.objects.filter(kind=Alert.Kind.OVERDUE).update(closed_at=now(), outcome="looked")
    Watch.objects.update(check_due_at=now() - seconds(9))
    assert look().unalerted.rows == 0
    Watch.objects.update(check_due_at=now() - seconds(11))
    assert look().unalerted.rows == 1
    Alert.objects.create(stay=alert.stay, kind="overdue", level="watch", level_now="watch", began_at=now())
    assert look().unalerted.rows == 0


def test_a_discharged_patient_owes_no_check(alert: Alert) -> None:
    Alert.objects.filter(kind=Alert.Kind.OVERDUE).update(closed_at=now(), outcome="looked")
    Watch.objects.update(check_due_at=now() - seconds(11))
    Stay.objects.update(discharged_at=now(), departure="home")
    assert look().unalerted.rows == 0


def test_what_raises_is_counted_apart_for_those_who_have_left(alert: Alert) -> None:
    Watch.objects.update(failing_since=now())
    assert (look().failing, look().failing_discharged) == (1, 0)
    Stay.objects.update(discharged_at=now(), departure="home")
    assert (look().failing, look().failing_discharged) == (0, 1)


def test_a_climb_that_raises_counts_until_its_alert_is_closed(alert: Alert) -> None:
    Climb.objects.update_or_create(alert=alert, defaults={"ladders": {}, "failing_since": now()})
    assert look().climbs_failing == 1
    Alert.objects.filter(pk=alert.pk).update(closed_at=now(), outcome="died")
    assert look().climbs_failing == 0


def test_the_last_two_finished_test_alerts_are_told_newest_first(db: None) -> None:
    for number, passed in enumerate((True, False, True)):
        started = now() - seconds(300 - 60 * number)
        ProbeRun.objects.create(started_at=started, finished_at=started + seconds(1), passed=passed, fault=str(number))
    ProbeRun.objects.create()
    assert [(probe.passed, probe.fault) for probe in look().probes] == [(True, "2"), (False, "1")]
    assert look().probes[0].age == pytest.approx(179, abs=0.5)


def test_a_chore_that_fails_is_named(db: None) -> None:
    Chore.objects.create(name="heartbeat")
    Chore.objects.create(name="downtime packs", failing_since=now())
    assert look().chores_failing == ("downtime packs",)


def test_a_replay_that_fails_counts_until_nobody_wants_it_any_more(cast: Cast) -> None:
    replay = a_replay(cast)
    assert (look().replays_failing, look().proposals.rows) == (0, 0)
    back_off(replay.pk, ValueError("whatever"))
    assert look().replays_failing == 1
    assert "1 replays of a proposed protocol fail" in judge(look(), around()).reasons
    end(replay.draft.proposal, by=cast.adam, reason="No longer wanted.", seen=1)
    go_on_late(replay)
    assert look().replays_failing == 0


def test_a_replay_that_nobody_takes_up_is_late(cast: Cast) -> None:
    Replay.objects.filter(pk=a_replay(cast).pk).update(due_at=now() - seconds(60))
    late = look().proposals
    assert late.rows == 1
    assert late.oldest == pytest.approx(60, abs=1)


def a_replay(cast: Cast) -> Replay:
    said = {name: getattr(Settings(), name) for name in Settings.__slots__} | {"major_drop_grades": 2}
    proposal = propose(cast.ward_7b, by=cast.adam, values=said, reason="Missed in May.", replaces=0)
    return Replay.objects.get(draft__proposal=proposal)


def go_on_late(replay: Replay) -> None:
    Replay.objects.filter(pk=replay.pk).update(due_at=now() - seconds(1))
    go_on(replay.pk)


def test_the_watchdogs_own_patient_is_no_patient(db: None) -> None:
    ensure_cast()
    stay = admit(-1)
    Watch.objects.update(assess_at=now() - seconds(60), check_due_at=now() - seconds(60), failing_since=now())
    alert = Alert.objects.create(stay=stay, kind="deficit", level="critical", level_now="critical", began_at=now())
    Alert.objects.update(next_step_at=now() - seconds(60))
    Climb.objects.create(alert=alert, ladders={}, failing_since=now())
    send(alert, Staff.objects.get(pk=NURSE), late=60)
    found = look()
    counted = (found.assessments, found.steps, found.messages, found.unalerted)
    assert [tally.rows for tally in counted] == [0, 0, 0, 0]
    assert (found.failing, found.failing_discharged, found.climbs_failing) == (0, 0, 0)
