"""The cost is linear in the number of events, counted in calls so that no machine's mood matters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from monitoring.protocol import Check, Settings, Timeline, assess, next_change, passage
from tests.protocol.histories import BASELINE, INDEX, check, minute


def calls(work: Callable[[], object]) -> int:
    count = 0

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def timeline(number: int) -> Timeline:
    weak: list[Check] = [check(20 * index, L4_left=2 + index % 3, L5_right=index % 4) for index in range(1, number)]
    return Timeline((BASELINE, INDEX, *weak))


def assert_linear(work: Callable[[Timeline], object]) -> None:
    fifty, hundred, two_hundred = (calls(lambda n=n: work(timeline(n))) for n in (50, 100, 200))  # type: ignore[misc]
    assert two_hundred - hundred < 2.2 * (hundred - fifty)


def test_assessing_is_linear() -> None:
    assert_linear(lambda timeline: assess(timeline, Settings(), minute(100_000)))


def test_the_next_change_is_linear_though_all_events_lie_ahead() -> None:
    assert_linear(lambda timeline: next_change(timeline, Settings(), minute(-1000)))
    assert_linear(lambda timeline: next_change(timeline, Settings(), minute(100_000)))


def test_the_passage_is_linear() -> None:
    assert_linear(lambda timeline: passage(timeline, Settings(), minute(-1000), minute(100_000)))
