"""Writing down that numbers leave the hospital, before the first byte does."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from monitoring.audit.actions import record
from monitoring.registry.cohort import VERSION, Asked
from wards.access import May, require
from wards.models import Staff


@transaction.atomic
def note_taken(asked: Asked, *, by: Staff, what: str, reason: str = "") -> None:
    """`what`: "lines", "report" or a picture's name. Raises Forbidden where `by` may not take out a ward's numbers."""
    for ward in asked.shown_wards:
        require(by, May.EXPORT_REGISTRY, ward)
    ward_id = None if asked.ward is None else asked.ward.pk
    data = {"what": what, "definition": VERSION, **filters_of(asked)}
    record("registry.exported", by=by, about=by, ward_id=ward_id, reason=reason, data=data)


def filters_of(asked: Asked) -> dict[str, Any]:
    """What was asked for, without what was left open."""
    said = {
        "since": asked.since and asked.since.isoformat(),
        "until": asked.until and asked.until.isoformat(),
        "procedure": asked.procedure,
        "diagnosis": asked.diagnosis,
        "segments": asked.segments,
        "level": asked.level,
    }
    return {name: value for name, value in said.items() if value}
