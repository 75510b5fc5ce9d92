"""What a correction would change, before it is saved: it is done, assessed and looked at, and then never was.

The transaction is rolled back, so nothing is written, sent or told; and what is shown comes from the very code that
will do it, alerts included (protocol §10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from monitoring.alerts.actions import locked, up_to_date
from monitoring.alerts.models import Alert
from wards.models import Stay


@dataclass(frozen=True, slots=True)
class Standing:
    """A stay as it stands at an instant: its level, its assessment as the pages read it, its open alerts by kind."""

    level: str
    assessment: Mapping[str, Any]
    alerts: Mapping[str, Alert]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A stay before and after something that was done to its history. `closed`: the alerts that this has closed."""

    before: Standing
    after: Standing
    closed: Sequence[Alert]


def rehearse(stay: Stay, act: Callable[[], object]) -> Rehearsal:
    """What `act` would change about the stay; nothing of it is kept.

    What is due is assessed first, so that the difference is made by `act` alone. Whatever `act` raises is raised.
    """
    with transaction.atomic():
        before = standing(stay)
        act()
        after = standing(stay)
        were_open = [alert.pk for alert in before.alerts.values()]
        closed = list(Alert.objects.filter(pk__in=were_open, closed_at__isnull=False))
        transaction.set_rollback(True)
    return Rehearsal(before, after, closed)


def standing(stay: Stay) -> Standing:
    """The stay as it stands now, assessed if that is due. In a transaction, which keeps the assessment or does not."""
    stay, watch = locked(stay.pk)
    up_to_date(stay, watch)
    watch.refresh_from_db()
    still_open = Alert.objects.filter(stay=stay, closed_at__isnull=True)
    with_people = still_open.select_related("acknowledged_by", "accepted_by", "decided_by")
    return Standing(watch.level, watch.assessment or {}, {alert.kind: alert for alert in with_people})
