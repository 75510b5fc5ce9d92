"""Which rows are the watchdog's: those with a negative id.

Every minute a patient who does not exist falls ill, to prove that alerting works. That patient, and the ward, bed,
staff, episodes and stays around them, have ids below zero: a flag that cannot be forgotten in a query, set by mistake
or taken away, and that a trigger can read. Only such rows may ever be deleted.
"""

from __future__ import annotations

from django.db.models import Q


def is_synthetic(row_id: int | None) -> bool:
    return row_id is not None and row_id < 0


def same_sign(*columns: str) -> Q:
    """All these columns are the watchdog's, or none is; for a CHECK. One that is empty fits both."""
    below = Q(**{f"{column}__lt": 0 for column in columns})
    above = Q(**{f"{column}__gte": 0 for column in columns})
    return below | above
