"""The story of each deficit of an episode: from the last good check to how it ended. Pure.

A deficit is an alert that reached concern. Nothing is left out because it was wrong: what was corrected, retracted or
overtaken stands in its place, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from monitoring.alerts.models import Alert
from monitoring.pathway.intervals import EIGHT_HOURS, SIX_HOURS, Measured, measured
from monitoring.pathway.models import Exploration
from monitoring.pathway.recovery import Recovery
from monitoring.pathway.story_moments import points
from monitoring.pathway.story_record import Own, Record, own_of
from monitoring.pathway.story_steps import Step
from monitoring.pathway.story_telling import steps
from wards.models import Operation


@dataclass(frozen=True, slots=True)
class Deficit:
    """One deficit. `operation` is the re-operation for it, `exploration` what that found, `recovery` how it ended."""

    alert: Alert
    seen_at: datetime
    steps: Sequence[Step]
    intervals: Sequence[Measured]
    operation: Operation | None
    exploration: Exploration | None
    recovery: Recovery | None

    @property
    def six_hours_at(self) -> datetime | None:
        """6 h from the worst case, the last good check (protocol §7); None where that is not known."""
        return None if self.alert.last_good_at is None else self.alert.last_good_at + SIX_HOURS

    @property
    def eight_hours_at(self) -> datetime | None:
        return None if self.alert.last_good_at is None else self.alert.last_good_at + EIGHT_HOURS


def deficits(record: Record) -> list[Deficit]:
    """The stories of an episode's deficits, the first one first."""
    told = record.deficit_alerts
    following = dict(pairwise(told))
    return [_deficit(own_of(alert, record, following.get(alert)), record) for alert in told]


def _deficit(own: Own, record: Record) -> Deficit:
    operation = own.operation
    recoveries = [one for one in record.recoveries if operation and one.operated_at == operation.ended_at]
    recovery = next(iter(recoveries), None)
    return Deficit(
        alert=own.alert,
        seen_at=own.seen_at,
        steps=steps(own, recovery),
        intervals=measured(points(own)),
        operation=operation,
        exploration=own.exploration,
        recovery=recovery,
    )
