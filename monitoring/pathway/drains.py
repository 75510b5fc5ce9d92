"""A drain as its lines tell it: what it gave in 24 h, whether it may come out, whether it has stopped. Pure.

After an exploration the paper's drains stay on negative suction, and come out when under 50 ml a day on three
consecutive days (protocol §11). A reading's volume is taken to have run evenly since the reading before it. A day is 24
hours, whatever the ward's clocks did; parts of volumes are exact, so that 50 ml is never a little less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from monitoring.pathway.models import DrainEntry

DAY = timedelta(hours=24)
READ_WITHIN = DAY  # older, and nobody knows what it gives now
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
RAN_ML_AN_HOUR = 5  # a drain that gave less in the hour before has not stopped suddenly (local default)
STOPPED_AT = Fraction(1, 10)  # of what it gave before, or less: next to nothing (local default)
DRY_FOR = HOUR  # less says nothing (local default)
Stage = DrainEntry.Stage


@dataclass(frozen=True, slots=True)
class RemovalRule:
    """Ready when under `limit_ml` a day on `days` consecutive days, counted back from the last reading."""

    limit_ml: int = 50
    days: int = 3


@dataclass(frozen=True, slots=True)
class Stopped:
    """A drain that ran, and from one reading on gave next to nothing. `rate_before` is in ml an hour."""

    since: datetime
    until: datetime
    volume_ml: int
    rate_before: float


@dataclass(frozen=True)
class Drain:
    """One drain's standing lines: `readings` are in order of time."""

    placed: DrainEntry
    readings: Sequence[DrainEntry]
    removed: DrainEntry | None

    @property
    def id(self) -> UUID:
        return self.placed.drain

    @property
    def label(self) -> str:
        return self.placed.label

    @property
    def total_ml(self) -> int:
        return sum(volume for _start, _end, volume in self.spans)

    @property
    def last_read_at(self) -> datetime | None:
        return _instant(self.readings[-1]) if self.readings else None

    @cached_property
    def spans(self) -> list[tuple[datetime, datetime, int]]:
        """From when to when each volume ran, in ml."""
        starts = [_instant(line) for line in (self.placed, *self.readings)]
        return [
            (start, _instant(line), line.volume_ml)
            for start, line in zip(starts, self.readings, strict=False)
            if line.volume_ml is not None
        ]

    def volume(self, start: datetime, end: datetime) -> float | None:
        """What it gave between two instants, in ml; None where no readings cover all of that time."""
        last = self.last_read_at
        if last is None or start < self.placed.happened_at or end > last:
            return None
        ran = sum(ml * _share(span_start, span_end, start, end) for span_start, span_end, ml in self.spans)
        return float(ran)

    def last_24_h(self) -> float | None:
        """What it gave in the 24 h before its last reading, in ml; None where it has not lain so long."""
        last = self.last_read_at
        return None if last is None else self.volume(last - DAY, last)

    def by_day(self, days: int) -> list[float | None]:
        """What it gave on each of the last days, counted back from the last reading: the latest day first."""
        last = self.last_read_at
        if last is None:
            return [None] * days
        return [self.volume(last - (day + 1) * DAY, last - day * DAY) for day in range(days)]

    def is_ready(self, rule: RemovalRule, now: datetime) -> bool:
        """Whether it may come out by the rule. Days that nobody read, or a last reading of long ago, are not dry."""
        last = self.last_read_at
        if self.removed is not None or last is None or now - last > READ_WITHIN:
            return False
        return all(volume is not None and volume < rule.limit_ml for volume in self.by_day(rule.days))

    def stopped(self) -> Stopped | None:
        """Whether it stopped suddenly within the day before its last reading, and has been dry since: a blocked drain
        and a haematoma look like this. One that gave less and less has not.
        """
        if self.removed is not None:
            return None
        found = (self._dry_since(number) for number in reversed(range(len(self.spans))))
        return next((stopped for stopped in found if stopped is not None), None)

    def _dry_since(self, number: int) -> Stopped | None:
        """As `stopped`, had it been in this span that it began to give next to nothing."""
        dry = self.spans[number:]
        since, until = dry[0][0], dry[-1][1]
        before = self.volume(since - HOUR, since)
        if before is None or before < RAN_ML_AN_HOUR or until - since < DRY_FOR or dry[0][1] <= until - DAY:
            return None
        if any(ml > STOPPED_AT * Fraction(before) * _hours(start, end) for start, end, ml in dry):
            return None
        return Stopped(since, until, sum(ml for _start, _end, ml in dry), before)


def _instant(line: DrainEntry) -> datetime:
    """In UTC: between two times of one zone Python counts what the clocks on the wall show, not what has passed."""
    return line.happened_at.astimezone(UTC)


def _share(span_start: datetime, span_end: datetime, start: datetime, end: datetime) -> Fraction:
    """Which part of a span lies between two instants; a span without length, wholly at its end."""
    if span_end <= span_start:
        return Fraction(start < span_end <= end)
    overlap = min(span_end, end) - max(span_start, start)
    return Fraction(max(overlap, timedelta(0)) // MICROSECOND, (span_end - span_start) // MICROSECOND)


def _hours(start: datetime, end: datetime) -> Fraction:
    return Fraction((end - start) // MICROSECOND, HOUR // MICROSECOND)


def drains_of(lines: Iterable[DrainEntry]) -> list[Drain]:
    """The drains that these standing lines tell of, in the order in which they were placed."""
    by_drain: dict[UUID, list[DrainEntry]] = {}
    for line in sorted(lines, key=lambda line: (line.happened_at, line.place)):
        by_drain.setdefault(line.drain, []).append(line)
    return [drain for own in by_drain.values() if (drain := _drain(own)) is not None]


def _drain(own: Sequence[DrainEntry]) -> Drain | None:
    placed = next((line for line in own if line.stage == Stage.PLACED), None)
    if placed is None:
        return None
    removed = next((line for line in own if line.stage == Stage.REMOVED), None)
    return Drain(placed, [line for line in own if line.stage == Stage.READ], removed)
