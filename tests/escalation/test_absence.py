"""A patient in theatre or imaging: reminders of an overdue check wait, six hours at most; a deficit never does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.alerts.models import Alert
from monitoring.due.models import Watch
from tests.escalation.conftest import Scene
from wards.absences import come_back, leave
from wards.models import Absence, Post, Role, Ward

BEDSIDE = "Alice+ward's phone or bleep"
THEATRE, IMAGING = Absence.Place.THEATRE, Absence.Place.IMAGING


@pytest.fixture
def overdue(scene: Scene) -> Scene:
    """A check was due at minute 0 and is not done; Bea is the patient's nurse, Carol in charge."""
    bea = scene.newcomer("Bea", Role.NURSE)
    scene.stay.allocations.create(
        nurse=bea, starts_at=scene.clock.start, ends_at=scene.clock.minute(24 * 60), recorded_by=scene.cast.carol
    )
    due_at = scene.patient.watch.check_due_at
    assert due_at is not None
    scene.clock.start = due_at
    scene.kind = Alert.Kind.OVERDUE
    return scene


def opened(scene: Scene) -> Scene:
    """Let the clock come to where the check counts as overdue."""
    watch = Watch.objects.get(stay=scene.stay)
    assert watch.assess_at is not None
    while not Alert.objects.filter(kind=Alert.Kind.OVERDUE).exists():
        scene.clock.at = Watch.objects.get(stay=scene.stay).assess_at or scene.clock.at
        scene.patient.assess()
    return scene


def gone(scene: Scene, place: str, minute: float) -> None:
    scene.climb_until(minute)
    leave(scene.stay, by=scene.cast.alice, at=None, place=place)


def test_the_nurse_is_reminded_ten_minutes_after_the_due_time_the_charge_nurse_after_25(overdue: Scene) -> None:
    opened(overdue).climb_until(120)
    assert overdue.called() == [(10, "Bea"), (25, "Carol")]


@pytest.mark.parametrize("place", [THEATRE, IMAGING])
def test_while_the_patient_is_away_nobody_is_reminded(overdue: Scene, place: str) -> None:
    opened(overdue)
    gone(overdue, place, 12)
    overdue.climb_until(5 * 60)
    assert overdue.called() == [(10, "Bea")]


def test_back_on_the_ward_the_reminder_comes_at_once(overdue: Scene) -> None:
    opened(overdue)
    gone(overdue, THEATRE, 12)
    overdue.climb_until(200)
    come_back(overdue.stay, by=overdue.cast.alice, at=None)
    overdue.climb_until(201)
    assert overdue.called(since=11) == [(200, "Carol")]


def test_after_six_hours_away_the_reminder_comes_all_the_same(overdue: Scene) -> None:
    opened(overdue)
    gone(overdue, THEATRE, 12)
    overdue.climb_until(12 + 360 - 1)
    assert overdue.called(since=11) == []
    overdue.climb_until(12 + 360)
    assert overdue.called(since=11) == [(372, "Carol")]


def test_going_from_theatre_to_imaging_begins_the_six_hours_anew_only_by_what_people_say(overdue: Scene) -> None:
    opened(overdue)
    gone(overdue, THEATRE, 12)
    gone(overdue, IMAGING, 300)
    overdue.climb_until(300 + 359)
    assert overdue.called(since=11) == []
    overdue.climb_until(300 + 361)
    assert [who for _, who in overdue.called(since=11)] == ["Carol"]


def test_a_deficit_is_never_held(critical: Scene) -> None:
    gone(critical, THEATRE, 1)
    critical.climb_until(9)
    assert critical.called() == [(0, BEDSIDE), (0, "Sam"), (3, "Carol"), (8, "Tess")]


def test_the_check_that_was_waited_for_ends_the_reminders(overdue: Scene) -> None:
    opened(overdue).climb_until(12)
    overdue.patient.checked(0)
    overdue.climb_until(60)
    closed = Alert.objects.get(kind=Alert.Kind.OVERDUE)
    assert closed.outcome == Alert.Outcome.LOOKED
    assert overdue.called() == [(10, "Bea")]
    assert closed.next_step_at is None


def test_without_an_allocation_the_nurses_rung_is_empty_and_the_charge_nurse_comes_at_once(overdue: Scene) -> None:
    overdue.stay.allocations.update(cancelled_at=overdue.clock.at)
    opened(overdue).climb_until(60)
    assert [who for _, who in overdue.called()] == ["Carol"]
    assert overdue.called()[0][0] == 10


def test_two_wards_share_nothing(overdue: Scene) -> None:
    overdue.on_duty(overdue.cast.nora, Post.NURSE, ward=Ward.objects.get(code="8c"))
    opened(overdue).climb_until(30)
    assert "Nora" not in "".join(who for _, who in overdue.called())
    assert overdue.clock.minute(30) - overdue.clock.start == timedelta(minutes=30)
