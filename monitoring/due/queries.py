"""Is the monitor itself alive? Read by the pages' health line, by `/health/` and by the tick."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from monitoring.due.clock import now
from monitoring.due.models import Pulse, Watch

LATE_AFTER = timedelta(seconds=10)  # a sweep comes every 2 s: what is due for longer than this is not being done


class Heartbeat(NamedTuple):
    """The state of alerting, by the database's clock.

    `checked_seconds_ago`: since the last tick; None where there was none. `failing`: stays on a ward whose assessment
    raises; `failing_discharged` the same of those that have left. `late`: assessments due for more than ten seconds.
    """

    as_of: datetime
    checked_seconds_ago: float | None
    failing: int
    failing_discharged: int
    late: int


def seconds_since(name: str, at: datetime | None = None) -> float | None:
    """How long before `at` (default: now) something that must stay alive was last heard from; None: never."""
    heard = Pulse.objects.filter(name=name).values_list("at", flat=True).first()
    return None if heard is None else max(0.0, ((at or now()) - heard).total_seconds())


def heartbeat() -> Heartbeat:
    """Ask the database. Raises `django.db.Error` where it is away."""
    at = now()
    on_a_ward = Q(stay__discharged_at__isnull=True)
    failing = Watch.objects.filter(failing_since__isnull=False).aggregate(
        on_a_ward=Count("pk", filter=on_a_ward), discharged=Count("pk", filter=~on_a_ward)
    )
    late = Watch.objects.filter(assess_at__lt=at - LATE_AFTER).count()
    return Heartbeat(at, seconds_since("tick", at), failing["on_a_ward"], failing["discharged"], late)
