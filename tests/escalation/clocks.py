"""A clock of the tests' own in the place of PostgreSQL's, wherever it is read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from monitoring.alerts.models import Alert, AlertEvent, HandOver
from monitoring.due import clock
from monitoring.escalation.models import Delivery

STAMPED = (
    (Alert, "opened_at"),
    (Alert, "raised_at"),
    (AlertEvent, "at"),
    (Delivery, "created_at"),
    (HandOver, "offered_at"),
)
POSTGRES_NOW = clock.now


class Clock:
    """It stands until it is moved. New rows are stamped with it too."""

    def __init__(self, start: datetime) -> None:
        self.start = self.at = start

    def __call__(self) -> datetime:
        return self.at

    def minute(self, after: float) -> datetime:
        """So many minutes after the start of the test."""
        return self.start + timedelta(minutes=after)

    def minutes(self, at: datetime | None) -> float | None:
        """How many minutes after the start of the test that is."""
        return None if at is None else round((at - self.start).total_seconds() / 60, 3)


def put_in_place(
    hands: Clock, set_name: Callable[[Any, str, Any], None], set_item: Callable[[Any, str, Any], None]
) -> None:
    """Let everything read this clock: `set_name` and `set_item` do what `setattr` and `__setitem__` do."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"monitoring", "wards"} and getattr(module, "now", None) is POSTGRES_NOW:
            set_name(module, "now", hands)
    for model, column in STAMPED:
        set_item(model._meta.get_field(column).__dict__, "_get_default", hands)
