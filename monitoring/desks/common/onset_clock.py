"""The decompression clock (protocol §7): when the deficit began at the earliest and at the latest, and 6 h and 8 h
from the worst case, as positions on a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST = timedelta(hours=10)  # the line always reaches past both marks
LONGEST = timedelta(hours=24)  # and never so far that they run together


@dataclass(frozen=True, slots=True)
class OnsetClock:
    """The line begins at `last_good_at`, the worst case. Positions are percentages of its length."""

    last_good_at: datetime
    seen_at: datetime
    now: datetime

    @property
    def six_hours_at(self) -> datetime:
        return self.last_good_at + timedelta(hours=6)

    @property
    def eight_hours_at(self) -> datetime:
        return self.last_good_at + timedelta(hours=8)

    @property
    def seen_x(self) -> str:
        return self._place(self.seen_at)

    @property
    def now_x(self) -> str:
        return self._place(self.now)

    @property
    def six_x(self) -> str:
        return self._place(self.six_hours_at)

    @property
    def eight_x(self) -> str:
        return self._place(self.eight_hours_at)

    @property
    def runs_off(self) -> bool:
        """Whether now lies beyond the end of the line."""
        return self.now - self.last_good_at > LONGEST

    @property
    def passed(self) -> str:
        """Which mark the worst case has passed, in words."""
        worst = self.now - self.last_good_at
        if worst >= timedelta(hours=8):
            return "8 h"
        return "6 h" if worst >= timedelta(hours=6) else ""

    def _place(self, at: datetime) -> str:
        """Where an instant stands, in percent with a dot whatever the locale."""
        length = min(max(SHORTEST, (self.now - self.last_good_at) * 1.08), LONGEST)
        return f"{min(max((at - self.last_good_at) / length, 0), 1) * 100:.1f}%"
