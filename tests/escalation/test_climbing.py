"""Climbing: whom a critical alert calls and when; late, twice, in parallel, with nobody there, and when it fails."""

from __future__ import annotations

from functools import partial

import pytest

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.steps import accept, close
from monitoring.audit.models import AuditEntry
from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named
from monitoring.escalation import climb as climbing
from monitoring.escalation.climb import climb
from monitoring.escalation.ladder import Rung, Track, Whom, ladder_to_json
from monitoring.escalation.models import Climb, Contact, Delivery
from monitoring.escalation.queries import alerts_to_climb
from tests.cast import Cast
from tests.escalation.clocks import Clock
from tests.escalation.conftest import Scene, set_scene, well_patient
from tests.together import together
from wards.actions import discharge
from wards.models import Duty, Post, Role, Staff, Stay, Ward

BEDSIDE = "Alice+ward's phone or bleep"
SURGEONS = "Rhea+Sam+Tess+the site's number"
CRITICAL = [
    (0, BEDSIDE),
    (0, "Sam"),
    (3, "Carol"),
    (8, "Tess"),
    (15, "Rhea+the site's number"),
    (20, SURGEONS),
    (25, SURGEONS),
    (30, SURGEONS),
]
CONCERN = [(0, BEDSIDE), (15, "Carol")]


def test_a_critical_alert_calls_by_the_ladder_until_a_surgeon_accepts(critical: Scene) -> None:
    critical.climb_until(34)
    assert critical.called() == CRITICAL
    accept(critical.alert, by=critical.cast.sam, revision=critical.alert.revision)
    critical.climb_until(60)
    assert critical.called() == CRITICAL


def test_each_person_is_called_in_the_app_and_by_their_channel_at_once(critical: Scene) -> None:
    critical.climb()
    rows = Delivery.objects.filter(person=critical.cast.sam).order_by("pk")
    assert [(row.channel, row.state, row.purpose, row.track) for row in rows] == [
        ("in_app", "accepted", "call", "surgical"),
        ("email", "pending", "call", "surgical"),
    ]
    assert {row.step for row in rows} == {2}
    assert rows[1].next_attempt_at == critical.clock.at


def test_the_timeline_says_who_was_called_by_which_rung(critical: Scene) -> None:
    critical.climb()
    assert critical.events(AlertEvent.Kind.CALLED) == [
        (
            "called",
            {
                "step": 1,
                "rung": 0,
                "whom": ["patients_nurse", "nurses_on_shift", "ward_phone"],
                "people": ["Alice Ames", "ward_phone"],
            },
        ),
        ("called", {"step": 2, "rung": 1, "whom": ["surgeon_on_call"], "people": ["Sam Stone"]}),
    ]
    assert AuditEntry.objects.filter(action="alert.called").count() == 2


def test_steps_are_numbered_and_never_repeat(critical: Scene) -> None:
    critical.climb_until(40)
    steps = list(Delivery.objects.order_by("step").values_list("step", flat=True).distinct())
    assert steps == list(range(1, critical.climbing.step + 1))


def test_a_concern_calls_the_nurses_and_then_the_charge_nurse_and_no_surgeon(concern: Scene) -> None:
    concern.climb_until(120)
    assert concern.called() == CONCERN


def test_a_watch_is_for_the_board_only(scene: Scene) -> None:
    scene.patient.checked(1, L4_right=4)
    assert scene.alert.level == "watch"
    scene.climb_until(120)
    assert scene.called() == []
    assert scene.alert.next_step_at is None


def test_a_look_that_is_not_due_does_nothing(critical: Scene) -> None:
    critical.climb()
    before = (critical.called(), critical.climbing.step, critical.alert.next_step_at)
    critical.look_at(2.9)
    assert (critical.called(), critical.climbing.step, critical.alert.next_step_at) == before


def test_the_same_look_twice_calls_once(critical: Scene) -> None:
    critical.climb()
    Alert.objects.update(next_step_at=critical.clock.at)
    critical.climb()
    assert critical.called() == CRITICAL[:2]


def test_a_climb_an_hour_late_calls_each_rung_once_and_goes_on_in_step(critical: Scene) -> None:
    """Nothing ran for an hour and a bit: no repeat is made up for, and the next ones keep to the five minutes."""
    critical.look_at(61)
    assert critical.called() == [(61, who) for _, who in CRITICAL[:6]]
    critical.climb_until(70)
    assert critical.called(since=62) == [(65, SURGEONS), (70, SURGEONS)]


def test_a_clock_set_back_by_a_minute_calls_nobody_twice_and_nobody_early(critical: Scene) -> None:
    critical.climb_until(3)
    assert critical.called() == CRITICAL[:3]
    critical.clock.at = critical.clock.minute(2)
    for _ in range(3):
        critical.climb()
    assert critical.called() == CRITICAL[:3]
    critical.climb_until(20)
    assert critical.called() == CRITICAL[:6]


def test_a_clock_set_back_between_a_step_and_the_look_only_makes_the_look_later(critical: Scene) -> None:
    critical.clock.at = critical.clock.minute(-1)
    critical.climb()
    assert critical.called() == []
    critical.climb_until(3)
    assert critical.called() == CRITICAL[:3]


def test_closing_plans_nothing_more_and_tells_those_who_were_called(critical: Scene) -> None:
    critical.climb_until(4)
    close(critical.alert, by=critical.cast.sam, revision=critical.alert.revision, outcome="entry_error")
    critical.climb_until(90)
    assert critical.called() == CRITICAL[:3]
    assert set(critical.told(Delivery.Purpose.CLOSED)) == {"Alice", "Carol"}  # Sam knows: he closed it
    assert critical.alert.next_step_at is None


def test_closing_before_the_first_look_calls_nobody(critical: Scene) -> None:
    close(critical.alert, by=critical.cast.sam, revision=critical.alert.revision, outcome="entry_error")
    critical.climb_until(30)
    assert Delivery.objects.count() == 0
    assert critical.alert.next_step_at is None


def test_after_the_discharge_nothing_more_is_planned(concern: Scene) -> None:
    """Not the charge nurse at minute 15, nor the nurses of the next shift, and the next, until somebody closes it."""
    concern.climb_until(4)
    discharge(concern.stay, by=concern.cast.carol, at=None, departure="home")
    bea = concern.newcomer("Bea", Role.NURSE)
    concern.on_duty(bea, Post.NURSE, since=10)
    concern.climb_until(60)
    assert concern.called() == CONCERN[:1]
    assert concern.alert.next_step_at is None


def test_what_is_critical_and_undecided_calls_also_after_a_discharge(critical: Scene) -> None:
    Stay.objects.filter(pk=critical.stay.pk).update(discharged_at=critical.clock.at, departure="home")
    critical.climb_until(9)
    assert critical.called() == CRITICAL[:4]


# Nobody there


def leave(*staff: Staff) -> None:
    Duty.objects.filter(staff__in=staff).delete()


def nobody(scene: Scene) -> list[tuple[int, str]]:
    return [(data["rung"], data["why"]) for _, data in scene.events(AlertEvent.Kind.NOBODY)]


def test_an_empty_rung_is_passed_at_once_and_shown(critical: Scene) -> None:
    leave(critical.cast.sam)
    critical.climb_until(12)
    assert critical.called() == [
        (0, BEDSIDE),
        (0, "Tess"),
        (3, "Carol"),
        (7, "Rhea+the site's number"),
        (12, "Rhea+Tess+the site's number"),
    ]
    assert nobody(critical) == [(1, "nobody_there")]


def test_an_empty_rota_still_reaches_the_phones_and_the_responsible_surgeon(critical: Scene) -> None:
    Duty.objects.all().delete()
    critical.climb_until(5)
    assert critical.called() == [
        (0, "ward's phone or bleep"),
        (0, "Rhea+the site's number"),
        (5, "Rhea+the site's number"),
    ]
    assert nobody(critical) == [(1, "nobody_there"), (3, "nobody_there"), (2, "nobody_there")]


def test_nobody_anywhere_is_said_again_at_every_repeat_and_never_stops(critical: Scene) -> None:
    Duty.objects.all().delete()
    Contact.objects.filter(ward__isnull=False).delete()
    Stay.objects.update(responsible_surgeon=None)
    critical.climb_until(16)
    assert critical.called() == []
    assert [rung for rung, _ in nobody(critical)][:6] == [0, 1, 2, 3, 4, 5]
    assert [rung for rung, _ in nobody(critical)][6:] == [5, 5, 5]
    assert critical.clock.minutes(critical.alert.next_step_at) == 20


def test_somebody_without_a_channel_is_called_in_the_app_and_passed(critical: Scene) -> None:
    """In-app alone is none: the second on call comes at once."""
    Contact.objects.filter(staff=critical.cast.sam).delete()
    critical.climb()
    assert critical.called() == [(0, BEDSIDE), (0, "Sam"), (0, "Tess")]
    assert nobody(critical) == [(1, "no_channel")]


@pytest.mark.parametrize("gone", ["broken_since", "removed_at"])
def test_a_channel_that_is_broken_or_gone_is_none(critical: Scene, gone: str) -> None:
    Contact.objects.filter(staff=critical.cast.sam).update(**{gone: critical.clock.at})
    critical.climb()
    assert nobody(critical) == [(1, "no_channel")]


def test_a_broken_channel_is_tried_all_the_same_where_there_is_no_other(critical: Scene) -> None:
    Contact.objects.filter(staff=critical.cast.sam).update(broken_since=critical.clock.at)
    critical.climb()
    assert Delivery.objects.filter(person=critical.cast.sam, channel="email", state="pending").count() == 1


def channels_used(scene: Scene) -> list[str]:
    scene.climb()
    return [row.channel for row in scene.sent.filter(person=scene.cast.sam)]


def test_a_back_up_is_kept_for_when_the_first_choice_is_broken(critical: Scene) -> None:
    Contact.objects.create(staff=critical.cast.sam, channel="pager", address="1", is_backup=True)
    assert channels_used(critical) == ["in_app", "email"]


def test_where_the_first_choice_is_broken_the_back_up_is_called_at_once(critical: Scene) -> None:
    Contact.objects.filter(staff=critical.cast.sam).update(broken_since=critical.clock.at)
    Contact.objects.create(staff=critical.cast.sam, channel="pager", address="1", is_backup=True)
    assert channels_used(critical) == ["in_app", "pager"]
    assert nobody(critical) == []


def test_an_empty_rung_that_gets_somebody_calls_them_at_once(critical: Scene) -> None:
    leave(critical.cast.sam)
    critical.climb_until(2)
    critical.on_duty(critical.cast.sam, Post.SURGEON_ON_CALL)
    Ward.objects.filter(pk=critical.cast.ward_7b.pk).update(retarget_at=critical.clock.at)
    critical.climb_until(2.5)
    assert critical.called(since=1) == [(2, "Sam")]


def test_where_every_message_of_a_rung_failed_the_next_comes_at_once(critical: Scene) -> None:
    critical.climb_until(1)
    failed = Delivery.objects.filter(person=critical.cast.sam, channel="email")
    failed.update(state="failed", next_attempt_at=None)
    Alert.objects.update(next_step_at=critical.clock.at)
    critical.climb_until(2)
    assert critical.called(since=1) == [(1, "Tess")]
    assert nobody(critical) == [(1, "not_arrived")]
    critical.climb_until(7.9)
    assert nobody(critical) == [(1, "not_arrived")]  # said once
    critical.climb_until(8)
    assert critical.called(since=2) == [(3, "Carol"), (8, "Rhea+the site's number")]


def test_one_message_of_a_rung_that_may_still_arrive_keeps_the_ladders_times(critical: Scene) -> None:
    critical.on_duty(critical.rhea, Post.SURGEON_ON_CALL)
    critical.climb_until(1)
    Delivery.objects.filter(person=critical.cast.sam, channel="email").update(state="failed", next_attempt_at=None)
    Alert.objects.update(next_step_at=critical.clock.at)
    critical.climb_until(7)
    assert nobody(critical) == []


# Twice at once, and failing


@pytest.mark.django_db(transaction=True)
def test_four_looks_at_once_call_once(clock: Clock, transactional_cast: Cast) -> None:
    scene = set_scene(transactional_cast, clock)
    scene.patient.checked(1, L4_left=1)
    look = partial(climb, scene.alert.pk)
    for minute, calls in ((0, 2), (3, 3), (20, 6)):
        clock.at = clock.minute(minute)
        together(look, look, look, look)
        assert [who for _, who in scene.called()] == [who for _, who in CRITICAL[:calls]]


@pytest.mark.django_db(transaction=True)
def test_a_surgeon_accepts_while_the_ladder_climbs(clock: Clock, transactional_cast: Cast) -> None:
    """Whoever comes first, the other sees it: the second on call is called or not, and after that nobody is."""
    scene = set_scene(transactional_cast, clock)
    scene.patient.checked(1, L4_left=1)
    scene.climb_until(7)
    clock.at = clock.minute(8)
    alert = scene.alert
    look, take = partial(climb, alert.pk), partial(accept, alert, by=scene.cast.sam, revision=alert.revision)
    together(look, take, look)
    assert scene.alert.has_surgeon
    scene.climb_until(30)
    assert scene.called() in (CRITICAL[:3], CRITICAL[:4])


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, critical: Scene) -> Scene:
    """Every look at the alert raises."""

    class Broken(climbing.Look):
        def take(self) -> None:
            raise RuntimeError("SMITH, John")

    monkeypatch.setattr(climbing, "Look", Broken)
    return critical


def test_a_climb_that_raises_is_put_off_further_each_time_and_shown(failing: Scene) -> None:
    waits = []
    for _ in range(6):
        before = failing.clock.at
        run_one(sweep_named("climb"), failing.alert.pk)
        assert failing.alert.next_step_at is not None
        waits.append((failing.alert.next_step_at - before).total_seconds())
        failing.clock.at = failing.alert.next_step_at
    assert waits == [2, 4, 8, 16, 30, 30]
    found = failing.climbing
    assert (found.failures, found.last_error, failing.clock.minutes(found.failing_since)) == (6, "RuntimeError", 0)


def test_a_climb_that_raised_starves_nobody(failing: Scene) -> None:
    other = well_patient(failing.cast, bed=failing.cast.beds[1])
    other.checked(1, L4_left=1)
    run_one(sweep_named("climb"), failing.alert.pk)
    assert alerts_to_climb(10) == [other.alert.pk]


def test_after_a_failure_the_ladder_goes_on_where_it_was_and_says_so(
    failing: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_one(sweep_named("climb"), failing.alert.pk)
    monkeypatch.undo()
    Alert.objects.update(next_step_at=failing.clock.start)
    climb(failing.alert.pk)
    assert [names for _, _, names in failing.calls()] == [{"Alice", "ward's phone or bleep"}, {"Sam"}]
    assert (failing.climbing.failures, failing.climbing.failing_since, failing.climbing.last_error) == (0, None, "")


def test_a_look_that_fails_half_way_leaves_no_trace(critical: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(climbing.Look, "_follow_the_rota", fail)
    run_one(sweep_named("climb"), critical.alert.pk)
    assert Delivery.objects.count() == 0
    assert critical.events(AlertEvent.Kind.CALLED) == []


def test_a_surgeon_more_on_call_is_called_once_whatever_roles_they_hold(critical: Scene) -> None:
    critical.on_duty(critical.rhea, Post.SECOND_ON_CALL)
    tess_too = critical.newcomer("Umar", Role.SURGEON)
    critical.on_duty(tess_too, Post.SECOND_ON_CALL)
    critical.climb_until(20)
    assert critical.called(since=8) == [
        (8, "Rhea+Tess+Umar"),
        (15, "Rhea+the site's number"),
        (20, "Rhea+Sam+Tess+Umar+the site's number"),
    ]
    assert Delivery.objects.filter(step=critical.climbing.step, person=critical.rhea, channel="email").count() == 1


def test_a_rung_that_names_everybody_there_is_calls_them(critical: Scene) -> None:
    """What a message says of it has room for some of them only; that must not keep anybody from being called."""
    everybody = Rung(Track.SURGICAL, tuple(Whom), after=0, repeat=5)
    Climb.objects.create(alert=critical.alert, ladders={"critical": ladder_to_json((everybody,))})
    critical.climb()
    assert critical.called() == [(0, "Alice+Carol+Rhea+Sam+Tess+the site's number+ward's phone or bleep")]
