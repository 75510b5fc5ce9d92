"""Sealing as pending work: one row with a due time, every ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from monitoring.due.clock import now
from monitoring.seals import dispatch
from monitoring.seals.actions import THE_ONE, last_of, seal_next
from monitoring.seals.canonical import table_of
from monitoring.seals.models import LEAST, Log, Sealing

EVERY = timedelta(seconds=10)
AFTER_A_FAILURE = timedelta(seconds=30)
MOST_SEALS = 50  # of each log at a time, so that nobody in the slow lane waits long


def sealing_due(limit: int) -> Sequence[int]:
    """The one row, if it is due; made where there is none. One that is due too far ahead: the clock was set back."""
    at = now()
    if not Sealing.objects.filter(pk=THE_ONE).exists():
        Sealing.objects.bulk_create([Sealing(pk=THE_ONE, due_at=at)], ignore_conflicts=True)
    due = Sealing.objects.filter(Q(due_at__lte=at) | Q(due_at__gt=at + AFTER_A_FAILURE), pk=THE_ONE)
    return list(due.values_list("pk", flat=True)[:limit])


def run_sealing(sealing_id: int) -> None:
    """Seal what can be sealed, and have it sent outside. Claimed by its next time: who comes second leaves."""
    at = now()
    due = Sealing.objects.filter(Q(due_at__lte=at) | Q(due_at__gt=at + AFTER_A_FAILURE), pk=sealing_id)
    if not due.update(due_at=at + EVERY):
        return
    is_done = {log: seal_log(log) for log in Log}
    if all(is_done.values()):
        Sealing.objects.filter(pk=sealing_id).update(
            done_at=now(), unsealed_since=unsealed_since(), failing_since=None, last_error=""
        )
    else:
        Sealing.objects.filter(pk=sealing_id).update(due_at=now(), failing_since=None, last_error="")
    dispatch.plan()


def seal_log(log: Log, *, most: int = MOST_SEALS) -> bool:
    """Seal this log piece by piece; whether all that could be sealed is."""
    return any(seal_next(log) is None for _ in range(most))


def unsealed_since() -> datetime | None:
    """The time of the oldest row that is not sealed, by its transaction; None where all are."""
    return min((at for log in Log if (at := _oldest_unsealed(log)) is not None), default=None)


def _oldest_unsealed(log: str) -> datetime | None:
    last = last_of(log)
    place = (LEAST, LEAST, LEAST) if last is None else (last.upto_xact, last.upto_id, last.ids_from)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT at FROM {table_of(log)} WHERE (xact, id) >= (%s, %s) AND id >= %s ORDER BY xact, id LIMIT 1",
            place,
        )
        found = cursor.fetchone()
    return None if found is None else found[0]


def back_off(sealing_id: int, error: Exception) -> None:
    """Note that sealing raised `error`; it is tried again in half a minute."""
    at = now()
    row = Sealing.objects.filter(pk=sealing_id)
    row.update(due_at=at + AFTER_A_FAILURE, last_error=type(error).__name__)
    row.filter(failing_since=None).update(failing_since=at)
