"""What a multitude of alerts must have called, by arithmetic alone: from the ladder, what people did, and the tick.

It shares nothing with `ascent`. What falls on the very tick of an acknowledgement, acceptance or closing may have come
just before it, or not; then either is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from tests.escalation.multitude import Fate, lapse_of, on_tick

Call = tuple[int, datetime]  # the number of a rung, and when it was called

Rung = tuple[int, int, int | None]  # its number, after and repeat; in minutes

NURSING: dict[str, list[Rung]] = {"critical": [(0, 0, None), (2, 3, None)], "concern": [(0, 0, None), (1, 15, None)]}
SURGICAL: dict[str, list[Rung]] = {"critical": [(1, 0, None), (3, 8, None), (4, 15, None), (5, 20, 5)], "concern": []}


@dataclass
class Expected:
    """The rungs that `must` have been climbed, and those that `may` have been or not."""

    must: set[Call] = field(default_factory=set)
    may: set[Call] = field(default_factory=set)


def expected(fate: Fate, seen: Collection[Call], start: datetime, end: datetime) -> Expected:
    """All rungs that are climbed until the tick `end`. `seen` settles what may or may not have been."""
    last = end + timedelta(microseconds=1)  # nothing is quiet at the last tick itself
    stop = min(fate.closed or last, last)
    found = Expected()
    _walk(found, fate, NURSING[fate.key], fate.opened_at, min(fate.acknowledged or stop, stop), start)
    rungs = SURGICAL[fate.key]
    quiet = [*fate.accepted, stop]
    _walk(found, fate, rungs, fate.opened_at, min(quiet[0], stop), start)
    if not fate.lapses:
        return found
    for accepted, again in pairwise(quiet):
        lapse = lapse_of(accepted, start)
        climbed = {number for number, at in found.must | (found.may & set(seen))}
        above = [rung for rung in rungs if all(rung[0] > number for number in climbed & {one[0] for one in rungs})]
        first = (above or rungs[-1:])[:1]
        if first and lapse <= min(again, stop):
            _walk(found, fate, above or rungs[-1:], lapse - timedelta(minutes=first[0][1]), min(again, stop), start)
    return found


def _walk(
    found: Expected,
    fate: Fate,
    rungs: list[Rung],
    since: datetime,
    until: datetime,
    start: datetime,
) -> None:
    """Climb these rungs, which count from `since`, until the track goes quiet."""
    for place, (number, after, repeat) in enumerate(rungs):
        due = since + timedelta(minutes=after)
        for at in _times(due, repeat, until, start):
            (found.must if at < until else found.may).add((number, at))
        passed_at = on_tick(due, start)
        if passed_at > until:
            return
        if fate.crew.passed(number, fate.key) and place + 1 < len(rungs):
            since = min(since, passed_at - timedelta(minutes=rungs[place + 1][1]))


def _times(due: datetime, repeat: int | None, until: datetime, start: datetime) -> Iterator[datetime]:
    while (at := on_tick(due, start)) <= until:
        yield at
        if repeat is None:
            return
        due += timedelta(minutes=repeat)
