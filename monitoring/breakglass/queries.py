"""Reads: what somebody has opened, and what a ward's leads have to review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Expression, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, Now
from django.http import Http404

from monitoring.audit.models import AuditEntry
from monitoring.breakglass.models import BreakGlass
from wards.access import May, wards_where
from wards.models import Staff, Ward

LAST_REVIEWED = 50


def open_by(staff: Staff) -> QuerySet[BreakGlass]:
    """What the person has open now, by the database's clock."""
    return BreakGlass.objects.filter(staff=staff, ended_at=None, until__gt=Now())


@dataclass(frozen=True, slots=True)
class Opened:
    """What somebody has open, as every page of theirs says it: by its public id, the stay's, where, and until when."""

    id: UUID
    stay: UUID
    ward: str
    until: datetime


def beside(staff: Staff) -> dict[str, Expression | Subquery]:
    """What every page of somebody says of this, to be read beside something else of theirs: `as_read` makes it out."""
    said = JSONObject(id="public_id", stay="stay__public_id", ward="ward__name", until="until")
    own = open_by(staff).order_by("until").values(said=said)
    led = wards_where(staff, May.REVIEW_BREAK_GLASS)
    waiting = BreakGlass.objects.filter(ward__in=led, reviewed_at=None).exclude(staff=staff)
    number = waiting.order_by().values(all=Value(1)).annotate(number=Count("pk")).values("number")
    return {"glass_open": ArraySubquery(own), "glass_to_review": Coalesce(Subquery(number), 0)}


def as_read(row: Mapping[str, Any]) -> tuple[Sequence[Opened], int]:
    """What somebody has open, and how many of others' wait for their review."""
    own = [
        Opened(UUID(one["id"]), UUID(one["stay"]), one["ward"], datetime.fromisoformat(one["until"]))
        for one in row["glass_open"]
    ]
    return own, row["glass_to_review"]


def with_names(rows: QuerySet[BreakGlass]) -> QuerySet[BreakGlass]:
    return rows.select_related("staff", "patient", "stay", "ward", "reviewed_by")


def unreviewed(wards: Iterable[Ward] | QuerySet[Ward]) -> QuerySet[BreakGlass]:
    """What was opened on these wards and nobody has reviewed: the oldest first."""
    return with_names(BreakGlass.objects.filter(ward__in=wards, reviewed_at=None)).order_by("at", "pk")


def reviewed_lately(wards: Iterable[Ward] | QuerySet[Ward]) -> QuerySet[BreakGlass]:
    """What was reviewed last on these wards, the latest first."""
    rows = BreakGlass.objects.filter(ward__in=wards, reviewed_at__isnull=False).order_by("-reviewed_at", "-pk")
    return with_names(rows)[:LAST_REVIEWED]


def reviewable_or_404(staff: Staff, public_id: UUID) -> BreakGlass:
    """One of a ward that the person leads. Raises Http404 for another ward's, as for an unknown one."""
    near = BreakGlass.objects.filter(ward__in=wards_where(staff, May.REVIEW_BREAK_GLASS), public_id=public_id)
    found = with_names(near).first()
    if found is None:
        raise Http404("No such record opened on your wards.")
    return found


def own_or_404(staff: Staff, public_id: UUID) -> BreakGlass:
    """One of the person's own. Raises Http404 for anybody else's, as for an unknown one."""
    found = BreakGlass.objects.filter(staff=staff, public_id=public_id).first()
    if found is None:
        raise Http404("You have opened no such record.")
    return found


def done_meanwhile(rows: Iterable[BreakGlass]) -> dict[int, list[AuditEntry]]:
    """By row: what its person did about its patient while it was open, in order. One query for all."""
    rows = list(rows)
    if not rows:
        return {}
    entries = AuditEntry.objects.filter(
        patient__in={row.patient_id for row in rows},
        actor__in={row.staff_id for row in rows},
        at__gte=min(row.at for row in rows),
        at__lte=max(row.ended_at or row.until for row in rows),
    ).order_by("at", "pk")
    found = list(entries)
    return {row.pk: [entry for entry in found if _is_of(entry, row)] for row in rows}


def _is_of(entry: AuditEntry, row: BreakGlass) -> bool:
    same = (entry.patient_id, entry.actor_id) == (row.patient_id, row.staff_id)
    return same and row.at <= entry.at <= (row.ended_at or row.until)
