"""Protocol §8: looks that all find the same come when the assessment asks for them, one after another."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from monitoring.protocol import MUSCLES, Check, Muscle, Settings, Timeline, assess, repeated_looks
from tests.protocol.histories import INDEX, OPERATED, check, minute

EVERY_HOUR = Settings.from_json({"schedule": [[None, 60]]})
WEAK = dict.fromkeys(MUSCLES, 5) | {Muscle.L4_LEFT: 2}


def minutes(settings: Settings, late: float, count: int, **said: Any) -> list[float]:
    looks = repeated_looks(settings, late=timedelta(minutes=late), **said)
    return [look / timedelta(minutes=1) for look in islice(looks, count)]


def asked_for(settings: Settings, late: float, count: int, first: float | None = None, **grades: int) -> list[float]:
    """The same by `assess` of a history that grows look by look."""
    done: list[Check] = []
    looks: list[float] = []
    at = 0.0
    while len(looks) < count:
        due = assess(Timeline((INDEX, *done)), settings, minute(at)).next_check_due
        assert due is not None
        at = first if first is not None and not done else (due - OPERATED) / timedelta(minutes=1) + late
        done.append(check(at, **grades))
        looks.append(at)
    return looks


@pytest.mark.parametrize("late", [0, 1, 10, 45])
@pytest.mark.parametrize("schedule", [None, [[None, 240]], [[0.5, 7], [30, 95], [None, 600]]])
def test_they_are_those_of_the_assessment_of_a_growing_history(late: float, schedule: object) -> None:
    settings = Settings() if schedule is None else Settings.from_json({"schedule": schedule})
    assert minutes(settings, late, 45) == asked_for(settings, late, 45)


@pytest.mark.parametrize("first", [20, 65, 3000])
def test_after_a_deficit_is_found_they_are_those_of_its_raised_interval(first: float) -> None:
    looks = minutes(Settings(), 5, 6, first=timedelta(minutes=first), found=WEAK)
    assert looks == asked_for(Settings(), 5, 6, first, L4_left=2)
    assert looks[1] == first + min(35, 20 if first == 20 else 35)


def test_the_next_look_is_due_by_the_last_one_however_late_that_was() -> None:
    assert minutes(EVERY_HOUR, 0, 3) == [60, 120, 180]
    assert minutes(EVERY_HOUR, 10, 3) == [70, 140, 210]


def test_the_default_schedule_makes_thirty_three_looks_in_three_days_and_sixty_six_in_fourteen() -> None:
    looks = minutes(Settings(), 0, 70)
    assert [sum(at <= days * 24 * 60 for at in looks) for days in (3, 9, 14)] == [33, 51, 66]


def test_a_look_after_the_end_of_the_calendar_is_none() -> None:
    assert minutes(Settings.from_json({"schedule": [[1, 15], [None, 10**20]]}), 0, 9) == [15, 30, 45, 60]
    assert minutes(Settings.from_json({"schedule": [[None, 10**20]]}), 10, 9) == []
