"""How far behind the record the lines are: what the registry's pages say beside every number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from monitoring.registry.models import Stale


@dataclass(frozen=True, slots=True)
class Waiting:
    """`episodes`: whose line is not as the record is. `failing`: those among them that could not be put together.

    `since`: the oldest change of the others; None where none waits. `failing_since`: since when the first of those.
    """

    episodes: int
    failing: int
    since: datetime | None
    failing_since: datetime | None


def waiting() -> Waiting:
    """One statement; quick while few wait."""
    failed = Q(failing_since__isnull=False)
    found = Stale.objects.aggregate(
        episodes=Count("episode_id", distinct=True),
        failing=Count("episode_id", distinct=True, filter=failed),
        since=Min("due_at", filter=~failed),
        failing_since=Min("failing_since"),
    )
    return Waiting(**found)
