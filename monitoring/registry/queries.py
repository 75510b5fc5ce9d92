"""Reads: what the registry's pages are made of. One statement each, whatever the number of lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from monitoring.registry.cohort import OUTSIDE, Asked, Standing, lines
from monitoring.registry.vocabulary import Deficit


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case, by the columns of its `Line`."""

    sex: str
    age: int
    diagnosis: str
    segments: int
    finding: str
    onset_days: float | None
    grade_at_deficit: int | None
    grade_day3: int | None
    grade_day7: int | None
    relief: bool | None
    good_to_decompression_hours: float | None


COLUMNS = tuple(CaseRow.__dataclass_fields__)


def flow(asked: Asked) -> dict[Standing, int]:
    """How many lines have each standing; those that none has are 0."""
    found = lines(asked).values_list("standing").annotate(n=Count("pk")).order_by()
    counted = {Standing(standing): n for standing, n in found}
    return {standing: counted.get(standing, 0) for standing in Standing}


def cases(asked: Asked) -> list[CaseRow]:
    """The cases, in the order of their operations."""
    found = lines(asked).filter(standing=Standing.CASE).order_by("operated_on", "pk")
    return [CaseRow(*row) for row in found.values_list(*COLUMNS)]


@dataclass(frozen=True, slots=True)
class DeficitRow:
    """One severe deficit of the cohort, operated again or not: when it began, and how fast it was answered."""

    onset_days: float | None
    minutes_to_alert: float | None
    minutes_to_acknowledged: float | None
    minutes_to_imaging: float | None
    minutes_to_theatre: float | None


def deficits(asked: Asked) -> list[DeficitRow]:
    """All severe deficits of the cohort."""
    found = lines(asked).filter(deficit=Deficit.SEVERE).exclude(standing__in=OUTSIDE).order_by("operated_on", "pk")
    return [DeficitRow(*row) for row in found.values_list(*DeficitRow.__dataclass_fields__)]


@dataclass(frozen=True, slots=True)
class WardRow:
    """One ward: its cohort, its cases, and how many of its checks came late, where that is known."""

    ward_id: int
    operations: int
    cases: int
    checks_done: int
    checks_late: int


def by_ward(asked: Asked) -> dict[int, WardRow]:
    """By the ward's id; wards without an operation are left out."""
    known = Q(checks_late__isnull=False)
    found = (
        lines(asked)
        .exclude(standing__in=OUTSIDE)
        .values_list("ward")
        .annotate(
            operations=Count("pk"),
            cases=Count("pk", filter=Q(standing=Standing.CASE)),
            done=Sum("checks_done", filter=known, default=0),
            late=Sum("checks_late", filter=known, default=0),
        )
        .order_by()
    )
    return {row[0]: WardRow(*row) for row in found}


def operations(flow_: Mapping[Standing, int]) -> int:
    """The denominator: all but those of whom nobody can know."""
    return sum(n for standing, n in flow_.items() if standing not in OUTSIDE)
