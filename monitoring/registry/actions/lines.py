"""Puts the lines of stale episodes together again, a batch at a time.

Nothing is lost, and no older picture is written over a newer one:

- A change and its row in the queue become visible together. So whatever the rows tell that are taken away here, the
  record that is read in later statements has it; and what is committed after that leaves a row that was not seen, and
  the line is made once more.
- One at a time makes lines (an advisory lock, until the transaction ends): who reads later writes later. Whoever finds
  it held leaves, with the rows as they were, and the next sweep looks again.

Nobody who writes the record waits for this: it locks none of its rows.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Max, Min
from django.db.models.functions import Now

from monitoring.due.clock import now
from monitoring.registry.models import Line, Stale
from monitoring.registry.record_queries import read_episodes
from monitoring.registry.recorded import line_of

logger = logging.getLogger(__name__)

BATCH = 200  # episodes
ROWS = 2000  # of the queue that a batch is chosen from: one episode may have many
RUN_SECONDS = 1.0  # no further batch is begun in a run after this
LONGEST_BACK_OFF = 3600  # seconds
LOCK: Final = (0x5B1E, 7)  # two numbers, where the sweep's own locks have one

OF_A_LINE: Final = [
    field.name for field in Line._meta.concrete_fields if field.name not in {"id", "episode", "brought_by", "case_key"}
]


def due(limit: int) -> Sequence[int]:
    """The row that has waited longest, of any number: one run takes up those behind it too."""
    rows = Stale.objects.filter(due_at__lte=Now()).order_by("due_at", "pk").values_list("pk", flat=True)
    return list(rows[: min(limit, 1)])


def make_due(_row_id: int) -> None:
    """Make the lines of the episodes that have waited longest, batch by batch, until none is due or time is up."""
    stop_at = time.monotonic() + RUN_SECONDS
    while (episodes := _longest_due()) and _make_each(episodes) and time.monotonic() < stop_at:
        pass


def back_off(row_id: int, error: Exception) -> None:
    """Note that making the line of this row's episode raised `error`. Raises `Stale.DoesNotExist` where it is gone."""
    put_off(Stale.objects.get(pk=row_id).episode_id, error)


@transaction.atomic
def put_off(episode_id: int, error: Exception) -> None:
    """Try an episode's line again in a while, twice as late each time; a change of its record makes it due at once."""
    rows = Stale.objects.filter(episode_id=episode_id)
    failures = (rows.aggregate(most=Max("failures"))["most"] or 0) + 1
    wait = timedelta(seconds=min(2**failures, LONGEST_BACK_OFF))
    rows.update(
        due_at=now() + wait,
        failures=failures,
        failing_since=rows.aggregate(first=Min("failing_since"))["first"] or now(),
        last_error=type(error).__name__,  # its text may hold patient data
    )


def make(episodes: Collection[int]) -> bool:
    """Make the lines of these episodes as the record is now, due or not; False where somebody else is making lines.

    One that has no standing index operation or no stay any more counts no longer. All or none: raises whatever one of
    them raises.
    """
    with transaction.atomic():
        if not _alone():
            return False
        Stale.objects.filter(episode_id__in=episodes).delete()
        at = now()
        lines = [line_of(read, at) for read in read_episodes(episodes, at)]
        Line.objects.bulk_create(lines, update_conflicts=True, unique_fields=["episode"], update_fields=OF_A_LINE)
        gone = set(episodes) - {line.episode_id for line in lines}
        Line.objects.filter(episode__in=gone, counts=True).update(counts=False, made_at=at)
    return True


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK)
        mine: bool = cursor.fetchone()[0]
    return mine


def _longest_due() -> list[int]:
    """The episodes of the oldest rows that are due, at most a batch."""
    rows = Stale.objects.filter(due_at__lte=Now()).order_by("due_at", "pk").values_list("episode_id", flat=True)
    return list(dict.fromkeys(rows[:ROWS]))[:BATCH]


def _make_each(episodes: Sequence[int]) -> bool:
    """Make all that can be made: of a batch that fails each half by itself, until what fails stands alone."""
    try:
        return make(episodes)
    except Exception as error:  # noqa: BLE001 — whatever it is, the other episodes must not wait
        if len(episodes) == 1:
            put_off(episodes[0], error)
            place = "".join(traceback.format_tb(error.__traceback__))
            logger.error("the line of episode %s failed: %s at\n%s", episodes[0], type(error).__name__, place)
            return True
    middle = len(episodes) // 2
    return _make_each(episodes[:middle]) and _make_each(episodes[middle:])
