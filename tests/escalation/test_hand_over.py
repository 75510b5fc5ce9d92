"""An open alert offered to a named colleague: they are told, and the ladder goes on until they accept."""

from __future__ import annotations

import pytest

from monitoring.alerts.models import HandOver
from monitoring.alerts.offers import accept_offer, decline_offer, offer
from monitoring.alerts.steps import accept
from monitoring.escalation.models import Delivery
from tests.escalation.conftest import Scene
from wards.models import Role, Staff

HAND_OVER, HAS_IT = Delivery.Purpose.HAND_OVER, Delivery.Purpose.HAS_IT
SURGEONS = "Rhea+Sam+Tess+the site's number"


@pytest.fixture
def umar(critical: Scene) -> Staff:
    """A surgeon who is not on duty."""
    return critical.newcomer("Umar", Role.SURGEON)


def offered(scene: Scene, to: Staff) -> HandOver:
    return offer(scene.alert, by=scene.cast.sam, revision=scene.alert.revision, to=to)


def test_the_colleague_is_told_by_all_their_channels(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    offered(critical, umar)
    critical.climb()
    rows = Delivery.objects.filter(person=umar)
    assert [(row.purpose, row.channel, row.state) for row in rows] == [
        ("hand_over", "in_app", "accepted"),
        ("hand_over", "email", "pending"),
    ]
    assert {row.why for row in rows} == {"Sam Stone offers it to you"}


def test_the_ladder_goes_on_until_the_colleague_accepts(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    hand_over = offered(critical, umar)
    critical.climb_until(16)
    assert critical.called(since=1) == [(3, "Carol"), (8, "Tess"), (15, "Rhea+the site's number")]
    accept_offer(hand_over, by=umar)
    critical.climb_until(45)
    assert critical.called(since=16) == []


def test_after_accepting_those_who_were_called_are_told_who_has_it(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    hand_over = offered(critical, umar)
    critical.climb()
    accept_offer(hand_over, by=umar)
    critical.climb()
    assert sorted(critical.told(HAS_IT)) == ["Alice", "Sam"]
    assert {row.why for row in Delivery.objects.filter(purpose=HAS_IT)} == {"Umar Newcomer has it"}


def test_an_offer_that_is_declined_changes_nothing(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    hand_over = offered(critical, umar)
    critical.climb_until(2)
    decline_offer(hand_over, by=umar)
    critical.climb_until(9)
    assert critical.called(since=1) == [(3, "Carol"), (8, "Tess")]


def test_who_has_it_keeps_it_and_its_limits_while_they_offer_it(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    accept(critical.alert, by=critical.cast.sam, revision=critical.alert.revision)
    critical.climb_until(2)
    offered(critical, umar)
    critical.climb_until(31)
    assert critical.called(since=4) == [(31, "Tess")]


def test_a_new_holder_has_the_limits_from_their_own_acceptance(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    accept(critical.alert, by=critical.cast.sam, revision=critical.alert.revision)
    critical.climb_until(20)
    hand_over = offered(critical, umar)
    accept_offer(hand_over, by=umar)
    critical.climb_until(49.9)
    assert critical.called(since=4) == []
    critical.climb_until(50)
    assert critical.called(since=4) == [(50, "Tess")]


def test_a_colleague_who_has_left_meanwhile_is_not_told(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    offered(critical, umar)
    Staff.objects.filter(pk=umar.pk).update(is_active=False)
    critical.climb_until(9)
    assert not Delivery.objects.filter(person=umar).exists()
    assert critical.called(since=1) == [(3, "Carol"), (8, "Tess")]


def test_the_offer_is_told_once_however_often_the_alert_is_looked_at(critical: Scene, umar: Staff) -> None:
    critical.climb_until(1)
    offered(critical, umar)
    critical.climb_until(30)
    assert critical.told(HAND_OVER) == ["Umar"]
