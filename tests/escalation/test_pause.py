"""A correction that removes all that was critical pauses surgical paging; unconfirmed after ten minutes, it resumes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from monitoring.alerts.models import AlertEvent
from monitoring.alerts.steps import accept, confirm_pause
from monitoring.checks.models import Check
from monitoring.escalation.models import Delivery
from tests.escalation.conftest import Scene

PAUSED = Delivery.Purpose.PAUSED
SURGEONS = "Rhea+Sam+Tess+the site's number"


@dataclass
class Mistake:
    """The check that made the alert was typed wrongly, by Alice."""

    scene: Scene
    check: Check

    def correct(self, minute: float) -> None:
        """At this minute Alice puts it right."""
        self.scene.climb_until(minute)
        self.check = self.scene.patient.correct(self.check)
        self.scene.patient.assess()
        self.scene.climb_until(minute)
        assert self.scene.alert.paused_at is not None

    def wrong_after_all(self, minute: float) -> None:
        """At this minute she finds that it was right."""
        self.scene.climb_until(minute)
        self.check = self.scene.patient.correct(self.check, L4_left=1)
        self.scene.patient.assess()


@pytest.fixture
def mistake(scene: Scene) -> Mistake:
    return Mistake(scene, scene.patient.checked(1, L4_left=1))


def test_surgical_paging_pauses_and_those_paged_are_told(mistake: Mistake) -> None:
    mistake.correct(4)
    assert mistake.scene.told(PAUSED) == ["Sam"]
    mistake.scene.climb_until(13.9)
    assert mistake.scene.called(since=4) == []


def test_the_nursing_rungs_do_not_pause(mistake: Mistake) -> None:
    mistake.correct(2)
    mistake.scene.climb_until(11)
    assert mistake.scene.called(since=1) == [(3, "Carol")]


def test_unconfirmed_it_resumes_after_ten_minutes_and_calls_again_whom_it_had_told_to_wait(mistake: Mistake) -> None:
    mistake.correct(4)
    mistake.scene.climb_until(14)
    assert mistake.scene.called(since=4) == [(14, "Sam"), (14, "Tess")]
    mistake.scene.climb_until(20)
    assert mistake.scene.called(since=15) == [(15, "Rhea+the site's number"), (20, SURGEONS)]
    resumed = mistake.scene.events(AlertEvent.Kind.RESUMED)
    assert resumed == [("resumed", {"why": "not_confirmed"})]
    assert mistake.scene.alert.paused_at is None


def test_confirmed_by_a_second_person_it_stays_quiet(mistake: Mistake) -> None:
    mistake.correct(4)
    mistake.scene.climb_until(9)
    alert = mistake.scene.alert
    confirm_pause(alert, by=mistake.scene.cast.carol, revision=alert.revision)
    mistake.scene.climb_until(45)
    assert mistake.scene.called(since=4) == []
    assert mistake.scene.events(AlertEvent.Kind.RESUMED) == []


def test_the_end_of_the_pause_is_noticed_late_where_nothing_ran(mistake: Mistake) -> None:
    mistake.correct(4)
    mistake.scene.look_at(44)
    assert mistake.scene.called(since=5) == [
        (44, "Sam"),
        (44, "Tess"),
        (44, "Rhea+the site's number"),
        (44, SURGEONS),
    ]


def test_critical_again_it_resumes_at_once(mistake: Mistake) -> None:
    mistake.correct(4)
    mistake.wrong_after_all(6)
    mistake.scene.climb_until(7)
    assert (6, "Sam") in mistake.scene.called(since=4)
    mistake.scene.climb_until(13)
    assert (8, "Tess") in mistake.scene.called(since=7) or (13, "Tess") in mistake.scene.called(since=7)


def test_a_pause_of_an_accepted_alert_wakes_nobody_when_it_ends(mistake: Mistake) -> None:
    mistake.correct(4)
    alert = mistake.scene.alert
    accept(alert, by=mistake.scene.cast.sam, revision=alert.revision)
    mistake.scene.climb_until(33)
    assert mistake.scene.called(since=4) == []
    mistake.scene.climb_until(35)  # the limit
    assert mistake.scene.called(since=33) == [(34, "Tess")]
