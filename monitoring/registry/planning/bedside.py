"""What happens at the bedside, by the protocol itself: when somebody looks, and what is asked for once it is found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from itertools import takewhile

from monitoring.protocol import (
    MUSCLES,
    Action,
    Check,
    Muscle,
    Operation,
    Settings,
    Timeline,
    passage,
    repeated_looks,
)

MINUTE = timedelta(minutes=1)
LAST_LOOK = timedelta(days=14)
"""What nobody has seen by then counts as never seen."""
MOST_LOOKS = 1_000
LONGEST_TRIAL = timedelta(hours=12)
"""So long a trial of treatment is followed; what is not asked for by then counts as never asked for."""
FOLLOWED = (timedelta(hours=4), LONGEST_TRIAL)
"""Nearly every trial is over within the first of these, and need not be followed to the second."""

OPERATED = datetime(2000, 1, 1, tzinfo=UTC)
BEFORE = (Check(OPERATED - timedelta(hours=12), dict.fromkeys(MUSCLES, 5)), Operation(OPERATED, "index"))
FELL = Muscle.L4_LEFT


class TooManyLooks(ValueError):
    """The schedule asks for more looks than anybody would plan."""


class Depth(IntEnum):
    """The grade to which one muscle falls from 5; the others stay, and no red flag is there."""

    FALL = 1
    DROP = 2


@lru_cache(maxsize=16)
def looks_of(settings: Settings, late_minutes: int) -> tuple[float, ...]:
    """The looks until day 14 at a patient whose strength does not fall, in minutes. Raises TooManyLooks."""
    looks: list[float] = []
    for look in _until(LAST_LOOK, repeated_looks(settings, late=late_minutes * MINUTE)):
        if len(looks) == MOST_LOOKS:
            raise TooManyLooks(f"more than {MOST_LOOKS} looks until day 14")
        looks.append(look / MINUTE)
    return tuple(looks)


def explored_after(settings: Settings, depth: Depth, look: float, late_minutes: int) -> float:
    """Minutes from the look that found the deficit until the protocol asks to image and explore (§6); inf for never.

    The deficit stays as it is, no treatment is recorded (so the trial counts from the protocol's own limit), and each
    further look is done so late after the protocol asks for it.
    """
    found = dict.fromkeys(MUSCLES, 5) | {FELL: int(depth)}
    seen = look * MINUTE
    for span in FOLLOWED:
        looks = repeated_looks(settings, late=late_minutes * MINUTE, first=seen, found=found)
        checks = [Check(OPERATED + at, found) for at in _until(seen + span, looks)]
        for moment in passage(Timeline((*BEFORE, *checks)), settings, OPERATED + seen, OPERATED + seen + span):
            if Action.IMAGE_AND_EXPLORE in moment.assessment.actions:
                return (moment.at - OPERATED - seen) / MINUTE
    return math.inf


def _until(end: timedelta, looks: Iterable[timedelta]) -> Iterator[timedelta]:
    return takewhile(lambda at: at <= end, looks)


@dataclass(slots=True)
class Waits:
    """`explored_after` for many looks, asked once for each row of the schedule.

    Rows are told apart by the distance from the operation's end alone (§8): so two deficits wait as long, if the whole
    of both waits lies within one row.
    """

    settings: Settings
    late_minutes: int
    of_rows: dict[tuple[Depth, float], float] = field(default_factory=dict)
    """By where the row ends: of the waits that lie within one."""
    of_looks: dict[tuple[Depth, float], float] = field(default_factory=dict)
    """By the look: of the others."""

    def of(self, depth: Depth, look: float) -> float:
        ends = self._end_of_row(look)
        known = self.of_rows.get((depth, ends))
        if known is not None and _is_over(look, known, ends):
            return known
        if (depth, look) not in self.of_looks:
            self.of_looks[depth, look] = wait = explored_after(self.settings, depth, look, self.late_minutes)
            if _is_over(look, wait, ends):
                self.of_rows[depth, ends] = wait
        return self.of_looks[depth, look]

    def _end_of_row(self, look: float) -> float:
        """When the row of the schedule that a look falls in ends, in minutes."""
        hours = (row.until_hours for row in self.settings.schedule if row.until_hours is not None)
        return next((60 * until for until in hours if look < 60 * until), math.inf)


def _is_over(look: float, wait: float, ends: float) -> bool:
    """Whether a wait, as far as it is followed, is over before the row ends."""
    return look + min(wait, LONGEST_TRIAL / MINUTE) < ends
