"""Instants: aware datetimes in UTC, one microsecond apart, and sums that never leave the calendar."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
TICK = timedelta.resolution
"""The smallest step between two instants; a time "later than" t is t + TICK at the earliest."""


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC, where differences are real durations. Raises ValueError where `at` has no offset."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError("a time must have an offset from UTC")
    return at.astimezone(UTC)


def minutes_after(at: datetime, minutes: int) -> datetime:
    """`at` + `minutes`, or END_OF_TIME where the calendar ends first: so late means never."""
    try:
        return at + timedelta(minutes=minutes)
    except OverflowError:
        return END_OF_TIME


def tick_after(at: datetime) -> datetime:
    """The first instant later than `at`."""
    return at if at == END_OF_TIME else at + TICK


class Clock(NamedTuple):
    """The instant asked about. It is settled when all the events of that instant have been taken.

    Between two events of one instant only what had come true before it counts on the clock (protocol §6, "all events
    of that instant taken").
    """

    at: datetime
    settled: bool = True

    def reached(self, instant: datetime) -> bool:
        return instant < self.at or (self.settled and instant == self.at)
