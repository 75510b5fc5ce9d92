"""Muscles, levels, events and instants as values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from monitoring.protocol import (
    LEVELS,
    MUSCLES,
    MYOTOMES,
    SIDES,
    Check,
    Level,
    Muscle,
    Operation,
    ReferenceAccepted,
    Rule,
    Settings,
    Timeline,
    Treatment,
    assess,
    next_change,
    passage,
)
from monitoring.protocol.instants import END_OF_TIME, minutes_after, tick_after
from tests.protocol.histories import history, minute

NAIVE = datetime(2026, 3, 1, 8)  # noqa: DTZ001


def test_there_are_ten_muscles_in_order_left_before_right() -> None:
    assert [str(muscle) for muscle in MUSCLES] == [f"{myotome} {side}" for myotome in MYOTOMES for side in SIDES]
    assert sorted(set(MUSCLES)) == list(MUSCLES)
    assert {(muscle.myotome, muscle.side) for muscle in MUSCLES} == {(m, s) for m in MYOTOMES for s in SIDES}
    assert Muscle.parse("L4 left") is Muscle.L4_LEFT
    assert json.dumps({Muscle.L4_LEFT: Muscle.S1_RIGHT}) == '{"L4 left": "S1 right"}'
    for name in ("L4", "left L4", "l4 left", ""):
        with pytest.raises(ValueError, match="not a valid Muscle"):
            Muscle.parse(name)


def test_levels_compare_by_how_bad_they_are() -> None:
    assert LEVELS == ("stable", "watch", "concern", "critical")
    assert Level.STABLE < Level.WATCH < Level.CONCERN < Level.CRITICAL
    assert [Level.parse(label) for label in LEVELS] == list(Level)
    with pytest.raises(ValueError, match="not in tuple"):
        Level.parse("bad")


def test_findings_are_listed_from_the_worst_level_down() -> None:
    levels = [rule.level for rule in Rule]
    assert levels == sorted(levels, reverse=True)
    assert len(levels) == 10


def test_a_time_without_an_offset_is_refused_everywhere() -> None:
    for make in (Check, lambda at: Operation(at, "index"), lambda at: Treatment(at, "started"), ReferenceAccepted):
        with pytest.raises(ValueError, match="offset"):
            make(NAIVE)
    for ask in (
        lambda: assess(Timeline(), Settings(), NAIVE),
        lambda: next_change(Timeline(), Settings(), NAIVE),
        lambda: passage(Timeline(), Settings(), NAIVE, minute(0)),
        lambda: passage(Timeline(), Settings(), minute(0), NAIVE),
    ):
        with pytest.raises(ValueError, match="offset"):
            ask()


def test_times_are_kept_in_utc_so_that_a_change_of_the_clocks_takes_no_hour() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before, after = datetime(2026, 3, 29, 1, 30, tzinfo=berlin), datetime(2026, 3, 29, 3, 30, tzinfo=berlin)
    assert after - before == timedelta(hours=2)
    operation = Operation(before, "index")
    assert operation.at.tzinfo is UTC
    assert Check(after).at - operation.at == timedelta(hours=1)
    answer = assess(Timeline((operation,)), Settings(), after)
    assert answer.next_check_due == before + timedelta(minutes=15)
    assert next_change(Timeline((operation,)), Settings(), before) is not None
    east = timezone(timedelta(hours=9))
    assert assess(history(), Settings(), minute(5).astimezone(east)) == assess(history(), Settings(), minute(5))


def test_sums_stop_at_the_end_of_the_calendar() -> None:
    assert minutes_after(minute(0), 15) == minute(15)
    assert minutes_after(END_OF_TIME, 1) == END_OF_TIME
    assert minutes_after(minute(0), 10**400) == END_OF_TIME
    assert minutes_after(END_OF_TIME - timedelta(minutes=1), 1) == END_OF_TIME
    assert tick_after(minute(0)) - minute(0) == timedelta(microseconds=1)
    assert tick_after(END_OF_TIME) == END_OF_TIME


def test_events_of_one_instant_keep_the_order_they_are_listed_in() -> None:
    first, second, third = (Check(minute(5), {Muscle.L4_LEFT: grade}) for grade in (1, 2, 3))
    early = Check(minute(1))
    assert Timeline((second, first, early, third)).standing() == [early, second, first, third]


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Check(minute(0)).at = minute(1)  # type: ignore[misc]
