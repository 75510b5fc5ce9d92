"""What several desks show: a patient's banner, a ward's operations, the list of wards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, QuerySet

from monitoring.desks.common.presentation import not_watched
from wards.models import Operation, Stay, Ward


@dataclass(frozen=True, slots=True)
class Surgery:
    """An episode's standing operations: the fusion, and the last re-operation if there was one."""

    index: Operation | None = None
    secondary: Operation | None = None


def surgeries(episode_ids: Iterable[int]) -> dict[int, Surgery]:
    """Every episode's surgery, in one query."""
    return surgeries_of(Operation.objects.standing().filter(episode_id__in=list(episode_ids)).order_by("ended_at"))


def surgeries_of(operations: Iterable[Operation]) -> dict[int, Surgery]:
    """Every episode's surgery, by standing operations in their order."""
    found: dict[int, Surgery] = {}
    for operation in operations:
        known = found.get(operation.episode_id, Surgery())
        found[operation.episode_id] = replace(known, **{operation.kind: operation})
    return found


def banner(stay: Stay, surgery: Surgery | None = None) -> dict[str, Any]:
    """What the banner says beside the name: the surgery, read unless given, and why the patient is not watched."""
    assessment = stay.watch.assessment
    surgery = surgery or surgeries([stay.episode_id]).get(stay.episode_id, Surgery())
    return {"surgery": surgery, "not_watched": not_watched(assessment), "unassessed": assessment is None}


@dataclass(frozen=True, slots=True)
class WardSummary:
    """A ward in the list of wards: how many are watched at which level."""

    ward: Ward
    patients: int
    critical: int
    open_alerts: int


def ward_summaries(wards: QuerySet[Ward]) -> list[WardSummary]:
    present = Q(stays__discharged_at__isnull=True)
    counted = wards.annotate(
        patients=Count("stays", filter=present, distinct=True),
        critical=Count("stays", filter=present & Q(stays__watch__level="critical"), distinct=True),
        open_alerts=Count("stays__alerts", filter=present & Q(stays__alerts__closed_at__isnull=True), distinct=True),
    )
    return [WardSummary(ward, ward.patients, ward.critical, ward.open_alerts) for ward in counted]
