"""The intervals of a deficit: from which moment to which, and how long each took. Pure; defined here and nowhere else.

Each is measured from what was recorded. What nobody recorded makes an interval unknown, never nothing; moments that
were typed out of order make it negative, and it stays so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

SIX_HOURS, EIGHT_HOURS = timedelta(hours=6), timedelta(hours=8)


class Point(StrEnum):
    """A moment of a deficit, by the clinical clock where there is one, else by the server's.

    `LAST_GOOD` and `SEEN` are the two ends of the onset (protocol §7). `ACKNOWLEDGED` and `ACCEPTED` are the first time
    that anybody did; a rise or a re-opening asks again. The imaging is that of one study: the first that was done.
    """

    LAST_GOOD = auto()
    SEEN = auto()
    RECORDED = auto()
    OPENED = auto()
    ROSE_TO_CRITICAL = auto()
    ACKNOWLEDGED = auto()
    ACCEPTED = auto()
    NURSES_ASKED_AGAIN = auto()
    ACKNOWLEDGED_AGAIN = auto()
    SURGEONS_ASKED_AGAIN = auto()
    ACCEPTED_AGAIN = auto()
    TREATED = auto()
    IMAGING_REQUESTED = auto()
    IMAGING_DONE = auto()
    IMAGING_REPORTED = auto()
    DECIDED = auto()
    OPERATION_STARTED = auto()
    OPERATION_ENDED = auto()


Points = Mapping[Point, datetime]
"""The moments of one deficit; those that nobody recorded are left out."""


class Mark(StrEnum):
    """Where a decompression lies from the worst case, by the hours of protocol §7."""

    UP_TO_6_H = auto()
    PAST_6_H = auto()
    PAST_8_H = auto()


@dataclass(frozen=True, slots=True)
class Interval:
    """From one moment to another.

    `only_where`: it is measured only of a deficit that has this moment. `from_worst_case`: it is marked against 6 h and
    8 h.
    """

    since: Point
    until: Point
    only_where: Point | None = None
    from_worst_case: bool = False


INTERVALS = (
    Interval(Point.LAST_GOOD, Point.SEEN),
    Interval(Point.SEEN, Point.RECORDED),
    Interval(Point.RECORDED, Point.OPENED),
    Interval(Point.RECORDED, Point.ROSE_TO_CRITICAL, only_where=Point.ROSE_TO_CRITICAL),
    Interval(Point.OPENED, Point.ACKNOWLEDGED),
    Interval(Point.NURSES_ASKED_AGAIN, Point.ACKNOWLEDGED_AGAIN, only_where=Point.NURSES_ASKED_AGAIN),
    Interval(Point.OPENED, Point.ACCEPTED),
    Interval(Point.SURGEONS_ASKED_AGAIN, Point.ACCEPTED_AGAIN, only_where=Point.SURGEONS_ASKED_AGAIN),
    Interval(Point.SEEN, Point.TREATED),
    Interval(Point.SEEN, Point.IMAGING_REQUESTED),
    Interval(Point.IMAGING_REQUESTED, Point.IMAGING_DONE),
    Interval(Point.IMAGING_DONE, Point.IMAGING_REPORTED),
    Interval(Point.IMAGING_DONE, Point.DECIDED),
    Interval(Point.DECIDED, Point.OPERATION_STARTED),
    Interval(Point.LAST_GOOD, Point.OPERATION_STARTED, from_worst_case=True),
    Interval(Point.LAST_GOOD, Point.OPERATION_ENDED, from_worst_case=True),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One interval of one deficit, with its two moments; None where it was not recorded."""

    interval: Interval
    since: datetime | None
    until: datetime | None

    @property
    def span(self) -> timedelta | None:
        """How long it took. None where an end of it was not recorded; negative where they come the other way round."""
        return None if self.since is None or self.until is None else self.until - self.since

    @property
    def mark(self) -> Mark | None:
        """Only of what is counted from the worst case. The hour itself has not passed it."""
        span = self.span
        if span is None or not self.interval.from_worst_case:
            return None
        if span > EIGHT_HOURS:
            return Mark.PAST_8_H
        return Mark.PAST_6_H if span > SIX_HOURS else Mark.UP_TO_6_H


def measured(points: Points) -> list[Measured]:
    """All intervals of a deficit, in the order of the pathway."""
    return [
        Measured(interval, points.get(interval.since), points.get(interval.until))
        for interval in INTERVALS
        if interval.only_where is None or interval.only_where in points
    ]
