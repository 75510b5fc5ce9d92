"""An alert that is opened again is climbed again: by the track that nobody has taken up, and the others are told."""

from __future__ import annotations

from monitoring.alerts.steps import accept, close, reopen
from monitoring.escalation.models import Delivery
from monitoring.escalation.truth import no_longer_true
from tests.escalation.conftest import Scene
from wards.models import Role, Staff

BEDSIDE = "Alice+ward's phone or bleep"
NEWS = Delivery.Purpose.NEWS


def closed_at_minute_10(scene: Scene) -> None:
    """Sam accepts at minute 1 and closes at minute 10; Alice and Carol, and nobody but Sam, were called."""
    scene.climb_until(1)
    accept(scene.alert, by=scene.cast.sam, revision=scene.alert.revision)
    scene.climb_until(10)
    close(scene.alert, by=scene.cast.sam, revision=scene.alert.revision, outcome="non_neurogenic")
    scene.climb_until(20)


def open_again(scene: Scene, by: Staff) -> None:
    reopen(scene.alert, by=by, revision=scene.alert.revision, reason="weak again")


def test_a_surgeon_who_reopens_has_it_and_the_nurses_are_called_from_the_first_rung(critical: Scene) -> None:
    closed_at_minute_10(critical)
    open_again(critical, critical.tess)
    critical.climb_until(40)
    assert critical.called(since=11) == [(20, BEDSIDE), (23, "Carol")]
    assert sorted(critical.told(NEWS)) == ["Alice", "Carol", "Sam"]
    assert set(critical.sent.filter(purpose=NEWS).values_list("why", flat=True)) == {"re-opened by Tess Thorn"}


def test_who_had_taken_it_up_uncalled_is_told_too_and_who_reopens_is_not(critical: Scene) -> None:
    umar = critical.newcomer("Umar", Role.SURGEON)
    critical.climb_until(1)
    accept(critical.alert, by=umar, revision=critical.alert.revision)
    critical.climb_until(10)
    close(critical.alert, by=critical.cast.sam, revision=critical.alert.revision, outcome="non_neurogenic")
    critical.climb_until(20)
    open_again(critical, critical.cast.sam)
    critical.climb_until(21)
    assert critical.told(NEWS).count("Umar") == 1
    assert "Sam" not in critical.told(NEWS)


def test_where_a_nurse_reopens_what_never_was_critical_the_nurses_are_not_called(concern: Scene) -> None:
    concern.climb_until(1)
    close(concern.alert, by=concern.cast.carol, revision=concern.alert.revision, outcome="non_neurogenic")
    concern.climb_until(20)
    open_again(concern, concern.cast.carol)
    concern.climb_until(120)
    assert concern.called(since=11) == []
    assert concern.told(NEWS) == ["Alice"]


def test_the_limits_run_again_from_the_reopening(critical: Scene) -> None:
    closed_at_minute_10(critical)
    open_again(critical, critical.tess)
    critical.climb_until(49.9)
    assert critical.alert.has_surgeon
    critical.climb_until(50)
    assert critical.alert.lapsed_at == critical.clock.minute(50)


def test_the_news_of_the_closing_is_no_longer_true(critical: Scene) -> None:
    closed_at_minute_10(critical)
    open_again(critical, critical.tess)
    told = critical.sent.filter(purpose=Delivery.Purpose.CLOSED).first()
    assert told is not None
    assert no_longer_true(told, critical.clock.minute(21)) == "the alert was re-opened"
