"""How far behind the record the lines are: what the registry's pages say beside every number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from monitoring.registry.models import Stale


@dataclass(frozen=True, slots=True)
class Waiting:
    """`episodes`: whose line is not as the record is. `failing`: those among them that could not be put together.

    `since`: the oldest change of the others; None where none waits. Since when the failing ones wait is not kept.
    """

    episodes: int
    failing: int
    since: datetime | None


def waiting() -> Waiting:
    """One statement; quick while few wait."""
    failed = Q(failures__gt=0)
    found = Stale.objects.aggregate(
        episodes=Count("episode_id", distinct=True),
        failing=Count("episode_id", distinct=True, filter=failed),
        since=Min("due_at", filter=~failed),
    )
    return Waiting(**found)
