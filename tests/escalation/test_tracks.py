"""Two tracks, and acknowledging is not acting; what a rise, a return, more of the same and a fall do to the ladder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.steps import accept, acknowledge, decide
from monitoring.escalation.models import Delivery
from tests.escalation.conftest import Scene
from wards.models import Duty, Post, Role, Staff

BEDSIDE = "Alice+ward's phone or bleep"
SURGEONS = "Rhea+Sam+Tess+the site's number"
HAS_IT, NEWS = Delivery.Purpose.HAS_IT, Delivery.Purpose.NEWS


def ack(scene: Scene, by: Staff) -> None:
    acknowledge(scene.alert, by=by, revision=scene.alert.revision)


def take(scene: Scene, by: Staff) -> None:
    accept(scene.alert, by=by, revision=scene.alert.revision)


def test_a_nurses_acknowledgement_quiets_the_nursing_rungs_only(critical: Scene) -> None:
    critical.climb_until(1)
    ack(critical, critical.cast.alice)
    critical.climb_until(21)
    assert critical.called(since=1) == [(8, "Tess"), (15, "Rhea+the site's number"), (20, SURGEONS)]


def test_a_surgeons_acceptance_quiets_the_surgical_rungs_only(critical: Scene) -> None:
    critical.climb_until(1)
    take(critical, critical.cast.sam)
    critical.climb_until(25)
    assert critical.called(since=1) == [(3, "Carol")]


@pytest.mark.parametrize("hours", [3, pytest.param(23, marks=pytest.mark.thorough)])
def test_a_critical_alert_cannot_be_silenced_only_acted_on(critical: Scene, hours: int) -> None:
    """Acknowledged by every nurse there is: hours, a day later the surgeons are still called every five minutes."""
    critical.climb_until(1)
    ack(critical, critical.cast.alice)
    critical.climb_until(hours * 60)
    last = [at for at, _ in critical.called(since=(hours - 1) * 60)]
    assert last == [(hours - 1) * 60 + 5 * n for n in range(13)]


def test_those_who_were_called_are_told_who_has_it_but_not_that_person(critical: Scene) -> None:
    critical.climb_until(4)
    ack(critical, critical.cast.alice)
    critical.climb()
    assert critical.told(HAS_IT) == ["Carol"]  # the nurses only: the surgeons are still wanted
    take(critical, critical.cast.sam)
    critical.climb()
    assert sorted(critical.told(HAS_IT)[1:]) == ["Alice", "Carol"]


def test_who_has_not_been_tried_outside_the_app_is_not_told_there(critical: Scene) -> None:
    critical.climb_until(1)
    Delivery.objects.filter(person=critical.cast.sam, channel="email").update(attempts=1)
    take(critical, critical.rhea)
    critical.climb()
    told = Delivery.objects.filter(purpose=HAS_IT).values_list("person__first_name", "channel")
    assert set(told) == {("Alice", "in_app"), ("Sam", "in_app"), ("Sam", "email")}


def test_a_decision_by_a_surgeon_takes_the_alert_and_is_told(critical: Scene) -> None:
    critical.climb_until(1)
    decide(
        critical.alert,
        by=critical.rhea,
        revision=critical.alert.revision,
        decision="observe",
        reason="known",
        look_again=timedelta(hours=1),
    )
    critical.climb_until(40)
    assert critical.called(since=1) == [(3, "Carol")]
    assert sorted(critical.told(NEWS)) == ["Alice", "Sam"]


# A rise


def test_a_rise_to_critical_begins_the_critical_ladder_from_its_first_rung(concern: Scene) -> None:
    concern.climb_until(10)
    ack(concern, concern.cast.alice)
    concern.climb_until(20)
    assert concern.called(since=1) == []
    concern.patient.checked(0, L4_left=1)
    concern.climb_until(29)
    assert concern.called(since=1) == [(20, BEDSIDE), (20, "Sam"), (23, "Carol"), (28, "Tess")]


def test_a_rise_notifies_again_whoever_acknowledged_the_lower_one_also_off_duty(concern: Scene) -> None:
    """Carol acknowledged; the first critical rung does not name her."""
    concern.climb_until(16)
    ack(concern, concern.cast.carol)
    Duty.objects.filter(staff=concern.cast.carol).delete()
    concern.climb_until(20)
    concern.patient.checked(0, L4_left=1)
    concern.climb()
    assert concern.told(NEWS) == ["Carol"]
    assert Delivery.objects.filter(purpose=NEWS, channel="email", person=concern.cast.carol).exists()


def test_a_rise_tells_those_who_had_it_once_where_a_rung_calls_them_anyway(concern: Scene) -> None:
    concern.climb_until(1)
    ack(concern, concern.cast.alice)
    concern.climb_until(2)
    concern.patient.checked(0, L4_left=1)
    concern.climb()
    assert concern.told(NEWS) == []
    assert concern.called(since=1) == [(2, BEDSIDE), (2, "Sam")]


def test_a_stronger_action_asks_the_surgeons_again_and_tells_the_one_who_had_accepted(scene: Scene) -> None:
    scene.patient.checked(1, L4_left=2)
    first = scene.alert.actions
    scene.climb_until(1)
    take(scene, scene.rhea)  # who is not on call
    scene.climb_until(6)
    scene.patient.checked(0, L4_left=1)
    assert scene.alert.actions != first
    scene.climb_until(7)
    assert (6, "Sam") in scene.called(since=2)
    assert scene.told(NEWS).count("Rhea") == 1


def test_a_rise_that_nobody_had_taken_up_puts_no_rung_off(scene: Scene) -> None:
    """The responsible surgeon was to be called at minute 15; a stronger action at 14 does not make that 29."""
    scene.patient.checked(1, L4_left=2)
    assert scene.alert.level == "critical"
    scene.climb_until(14)
    scene.patient.checked(0, L4_left=1)
    scene.climb_until(21)
    minutes = [at for at, _ in scene.called(since=14)]
    assert scene.called(since=14)[:2] == [(14, BEDSIDE), (14, "Sam")]
    assert (15, "Rhea+the site's number") in scene.called(since=14)
    assert (20, SURGEONS) in scene.called(since=14)
    assert minutes == sorted(minutes)


def test_a_new_muscle_alone_calls_the_nurses_again_and_tells_all_who_were_called(critical: Scene) -> None:
    critical.climb_until(2)
    ack(critical, critical.cast.alice)
    take(critical, critical.cast.sam)
    critical.climb_until(10)
    before = len(critical.calls())
    critical.patient.checked(0, L4_left=1, L5_left=3)
    data = critical.events(AlertEvent.Kind.ROSE)[-1][1]
    assert not {"level", "actions"} & data.keys()
    critical.climb_until(14)
    assert critical.called()[before:] == [(10, BEDSIDE), (13, "Carol")]
    assert sorted(critical.told(NEWS)) == ["Alice", "Sam"]


def test_more_of_what_is_known_tells_the_surgeon_who_took_it_off_the_board(critical: Scene) -> None:
    """Nobody called Umar: he accepted what he saw. What is new about it he must know."""
    umar = critical.newcomer("Umar", Role.SURGEON)
    critical.climb_until(1)
    take(critical, umar)
    critical.climb_until(5)
    critical.patient.checked(0, L4_left=1, L5_left=3)
    critical.climb()
    assert critical.told(NEWS).count("Umar") == 1


def test_a_fall_tells_nobody(critical: Scene) -> None:
    critical.climb_until(1)
    ack(critical, critical.cast.alice)
    take(critical, critical.cast.sam)
    critical.climb_until(9)
    before = Delivery.objects.count()
    critical.patient.checked(0)
    assert critical.events(AlertEvent.Kind.FELL)
    critical.climb_until(15)
    assert Delivery.objects.count() == before


def test_a_fall_quiets_nobody_either(critical: Scene) -> None:
    critical.climb_until(9)
    critical.patient.checked(0)
    critical.climb_until(20)
    assert critical.called(since=10) == [(15, "Rhea+the site's number"), (20, SURGEONS)]


def test_a_return_to_critical_after_better_asks_the_surgeons_from_the_first_rung(critical: Scene) -> None:
    critical.climb_until(1)
    take(critical, critical.cast.sam)
    critical.climb_until(5)
    critical.patient.checked(0)
    critical.climb_until(29)
    critical.patient.checked(0, L4_left=1)
    assert critical.alert.accepted_at is None
    critical.climb_until(40)
    assert critical.called(since=5) == [(29, BEDSIDE), (29, "Sam"), (32, "Carol"), (37, "Tess")]


def test_a_colleague_who_left_is_not_told(concern: Scene) -> None:
    concern.climb_until(16)
    ack(concern, concern.cast.carol)
    Staff.objects.filter(pk=concern.cast.carol.pk).update(is_active=False)
    concern.climb_until(20)
    concern.patient.checked(0, L4_left=1)
    concern.climb()
    assert "Carol" not in concern.told(NEWS)


def test_a_deactivated_surgeon_is_not_called_again_and_the_timeline_says_so(critical: Scene) -> None:
    critical.climb_until(5)
    Staff.objects.filter(pk=critical.cast.sam.pk).update(is_active=False)
    critical.climb_until(21)
    assert critical.called(since=5) == [
        (8, "Tess"),
        (15, "Rhea+the site's number"),
        (20, "Rhea+Tess+the site's number"),
    ]
    gone = [data for _, data in critical.events(AlertEvent.Kind.RETARGETED) if data["rung"] == 1]
    assert gone == [{"rung": 1, "whom": ["surgeon_on_call"], "people": []}]


def test_a_responsible_surgeon_who_has_left_is_not_called(critical: Scene) -> None:
    Staff.objects.filter(pk=critical.rhea.pk).update(is_active=False)
    critical.climb_until(16)
    assert critical.called(since=9) == [(15, "the site's number")]


def test_a_nurse_who_comes_while_the_nurses_are_quiet_is_not_called(critical: Scene) -> None:
    critical.climb_until(1)
    ack(critical, critical.cast.alice)
    bea = critical.newcomer("Bea", Role.NURSE)
    critical.on_duty(bea, Post.NURSE, since=2)
    Alert.objects.update(next_step_at=critical.clock.at)
    critical.climb_until(7)
    assert critical.called(since=1) == []
