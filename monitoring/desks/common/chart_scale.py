"""The chart's time axis: where an instant stands between the left and the right edge. Pure geometry.

A drawing has units of its own, `WIDTH` of them across, that the page stretches to whatever room there is. Labels stand
beside the stretched drawing, at percentages of its width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitoring.desks.common import presentation as say

WIDTH: Final = 1000
BEFORE: Final = 100  # the slot at the left for all that was before the first operation
EDGE: Final = 14  # a mark of this instant is not cut in half
CLEAR: Final = 25  # a label is not cut at the edge
BESIDE_SLOT: Final = 60  # nor runs into the word under the slot
SHORTEST: Final = timedelta(hours=1)
MOST_TICKS: Final = 6
STEPS: Final = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 72, 96, 168, 336, 672, 1344, 2688))


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark on the axis. `day` is empty unless the axis counts days: then it says "day 3" beside the date."""

    x: int
    words: str
    day: str

    @property
    def left(self) -> str:
        return percent(self.x)


@dataclass(frozen=True, slots=True)
class Scale:
    """Time is even from `since` to `until`. Where `first` is given, a slot at the left holds what was before `since`:
    from the first entry to the end of the first operation, at whatever speed fits."""

    since: datetime
    until: datetime
    first: datetime | None = None

    @property
    def start(self) -> int:
        return 0 if self.first is None else BEFORE

    def x(self, at: datetime) -> int:
        """Where an instant stands. Left of a window without a slot it is negative: the drawing cuts it off."""
        if self.first is not None and at < self.since:
            return round(BEFORE * (0.25 + 0.5 * max(0.0, (at - self.first) / (self.since - self.first))))
        return round(self.start + (WIDTH - EDGE - self.start) * ((at - self.since) / (self.until - self.since)))

    def within(self, at: datetime) -> int:
        """As `x`, kept between the edges."""
        return min(max(self.x(at), 0), WIDTH)


def scale_of(
    instants: Sequence[datetime], operated_at: datetime | None, until: datetime, window: timedelta | None
) -> Scale:
    """The axis for what was recorded at these instants, or for the last part of it.

    It begins with the first operation, the time before it in the slot; without an operation, with the first instant.
    """
    if window is not None:
        return Scale(until - window, until)
    first = min(instants, default=until)
    if operated_at is None or operated_at >= until:
        return Scale(min(first, until - SHORTEST), until)
    return Scale(operated_at, max(until, operated_at + SHORTEST), min(first, operated_at - SHORTEST))


def ticks_of(scale: Scale, operated_at: datetime | None, zone: ZoneInfo) -> list[Tick]:
    """Round times of the ward's clock, as many as a small strip has room for."""
    length = scale.until - scale.since
    step = next((step for step in STEPS if length / step <= MOST_TICKS), length)
    by_day = step >= timedelta(days=1)
    return [_tick(scale, at, operated_at, zone, by_day=by_day) for at in _round_times(scale, step, zone)]


def _round_times(scale: Scale, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Every `step` from a midnight of the ward's calendar on; days follow the calendar over a change of clocks."""
    here = scale.since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    leftmost = scale.start + (BESIDE_SLOT if scale.start else CLEAR)
    while here <= scale.until:
        if scale.since <= here and leftmost <= scale.x(here) <= WIDTH - CLEAR:
            yield here
        here += step


def _tick(scale: Scale, at: datetime, operated_at: datetime | None, zone: ZoneInfo, *, by_day: bool) -> Tick:
    if not by_day and at.hour:
        return Tick(scale.x(at), f"{at:%H:%M}", "")
    day = say.since_surgery(operated_at, now=at, zone=zone) if by_day and operated_at and at > operated_at else ""
    return Tick(scale.x(at), say.short_day_words(at.date()), day)


def percent(x: float) -> str:
    """A position for a label beside the stretched drawing, with a dot whatever the language."""
    return f"{x * 100 / WIDTH:.1f}%"
