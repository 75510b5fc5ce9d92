"""Drains: placed, read, removed (see `signing` for what is raised)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from monitoring.pathway.actions.signing import Kind
from monitoring.pathway.drain_rules import drain_errors, removal_errors
from monitoring.pathway.facts import DrainFacts
from monitoring.pathway.models import DrainEntry
from wards.access import May
from wards.models import Staff, Stay

DRAINED = Kind(DrainEntry, May.RECORD_DRAIN, drain_errors, "happened_at", removal_errors)


@transaction.atomic
def record_drain(stay: Stay, *, by: Staff, at: datetime | None, facts: DrainFacts, key: UUID) -> DrainEntry:
    """Store that a drain was placed, read or removed."""
    return DRAINED.sign(stay, by=by, at=at, facts=facts.columns(), key=key)


@transaction.atomic
def correct_drain(
    entry: DrainEntry, *, by: Staff, at: datetime | None, facts: DrainFacts, reason: str, key: UUID
) -> DrainEntry:
    """Put another line in the place of a wrong one."""
    same = replace(facts, drain=entry.drain, stage=entry.stage)
    return DRAINED.correct(entry, by=by, at=at, facts=same.columns(), reason=reason, key=key)


@transaction.atomic
def retract_drain(entry: DrainEntry, *, by: Staff, reason: str) -> DrainEntry:
    """Take back a line; what others of this drain rest on stays."""
    return DRAINED.retract(entry, by=by, reason=reason)
