"""What the watchdog does again and again: each a row with a due time, like all pending work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from monitoring.due.clock import now
from monitoring.watchdog.downtime import write_packs
from monitoring.watchdog.models import Chore
from monitoring.watchdog.outward import beat_outward
from monitoring.watchdog.probe import send_test_alert


@dataclass(frozen=True, slots=True)
class Work:
    every: timedelta
    do: Callable[[], object]


CHORES = {
    "test alert": Work(timedelta(minutes=1), send_test_alert),
    "heartbeat": Work(timedelta(minutes=1), beat_outward),
    "downtime packs": Work(timedelta(minutes=5), write_packs),
}


def chores_due(limit: int) -> Sequence[int]:
    """The ids of chores past due. A chore that has no row yet gets one, which is due at once."""
    known = {chore.name: chore for chore in Chore.objects.all()}
    if missing := CHORES.keys() - known.keys():
        Chore.objects.bulk_create([Chore(name=name) for name in sorted(missing)], ignore_conflicts=True)
    due = Chore.objects.filter(is_due(), name__in=CHORES).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:limit])


def is_due() -> Q:
    """Past due; or further ahead than any chore is planned: then the clock has been set back since."""
    at = now()
    return Q(due_at__lte=at) | Q(due_at__gt=at + max(work.every for work in CHORES.values()))


def run_chore(chore_id: int) -> None:
    """Do a chore that is due. It is claimed by setting its next time: whoever comes second leaves quietly."""
    chore = Chore.objects.get(pk=chore_id)
    work = CHORES[chore.name]
    if not Chore.objects.filter(is_due(), pk=chore_id).update(due_at=now() + work.every):
        return
    work.do()
    Chore.objects.filter(pk=chore_id).update(done_at=now(), failing_since=None, last_error="")


def back_off(chore_id: int, error: Exception) -> None:
    """Note that the chore raised `error`; it comes again at its next time."""
    chore = Chore.objects.get(pk=chore_id)
    chore.failing_since = chore.failing_since or now()
    chore.last_error = type(error).__name__
    chore.save(update_fields=["failing_since", "last_error"])
