"""Reads: what an import brought, what was there before it, and which imports there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.http import Http404

from monitoring.registry.cohort import Asked, Standing, lines
from monitoring.registry.models import Import, Line
from wards.access import May, wards_where
from wards.models import Staff, Ward

Case = tuple[int, str]
"""The id of a ward, and the study's number of a case there."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Operations of `ward` that stood in the registry before, in the days from `since` to `until` of the import.

    `recorded` here, and `imported` earlier. `alike`: of the import's rows those with the day, sex and age of one of
    these: possibly the same patient, counted twice.
    """

    ward: Ward
    since: date
    until: date
    recorded: int
    imported: int
    alike: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import brought, so that a hospital is recognised by it. `findings` are those of the cases."""

    wards: Sequence[tuple[Ward, int]]
    since: date
    until: date
    standings: Mapping[Standing, int]
    findings: Mapping[str, int]
    overlaps: Sequence[Overlap]


def cases_there(cases: Iterable[Case]) -> frozenset[Case]:
    """Which of these cases count in the registry already."""
    by_ward: dict[int, list[str]] = defaultdict(list)
    for ward_id, key in cases:
        by_ward[ward_id].append(key)
    found: set[Case] = set()
    for ward_id, keys in by_ward.items():
        there = Line.objects.filter(counts=True, ward=ward_id, case_key__in=keys)
        found |= {(ward_id, key) for key in there.values_list("case_key", flat=True)}
    return frozenset(found)


def standing_import(digest: str) -> Import | None:
    """The import of the very same file that stands."""
    return Import.objects.filter(digest=digest, taken_back_at=None).select_related("imported_by").first()


def counts_of(brought: Import, wards: Sequence[Ward], today: date) -> Counts:
    """`wards` are all that the import names."""
    mine = Line.objects.filter(brought_by=brought).order_by()
    ends = {"since": Min("operated_on"), "until": Max("operated_on")}
    spans = {ward_id: span for ward_id, *span in mine.values_list("ward").annotate(n=Count("pk"), **ends)}
    judged = lines(Asked(wards=wards, today=today)).filter(brought_by=brought).order_by()
    standings = {Standing(one): n for one, n in judged.values_list("standing").annotate(n=Count("pk"))}
    findings = judged.filter(standing=Standing.CASE).values_list("finding").annotate(n=Count("pk"))
    overlaps = [_overlap(brought, ward, *spans[ward.pk][1:]) for ward in wards]
    return Counts(
        wards=[(ward, spans[ward.pk][0]) for ward in wards],
        since=min(since for _n, since, _until in spans.values()),
        until=max(until for _n, _since, until in spans.values()),
        standings={one: standings[one] for one in Standing if one in standings},
        findings=dict(findings),
        overlaps=[one for one in overlaps if one.recorded or one.imported],
    )


def _overlap(brought: Import, ward: Ward, since: date, until: date) -> Overlap:
    """In two passes over the ward's lines; a row by row search goes astray where the database does not know yet how
    many the import has just added.
    """
    there = Line.objects.filter(counts=True, ward=ward, operated_on__range=(since, until)).order_by()
    mine = Count("pk", filter=Q(brought_by=brought))
    n, new, recorded = there.aggregate(
        n=Count("pk"), new=mine, recorded=Count("pk", filter=Q(episode__isnull=False))
    ).values()
    alike = there.values("operated_on", "sex", "age").annotate(new=mine, n=Count("pk")).filter(n__gt=F("new"))
    return Overlap(
        ward, since, until, recorded, n - new - recorded, alike.aggregate(rows=Sum("new", default=0))["rows"]
    )


# --- The imports there are -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Brought:
    """An import with its rows on each of somebody's wards. `elsewhere`: those on wards that are none of theirs."""

    brought: Import
    wards: Sequence[tuple[Ward, int]]
    elsewhere: int

    @property
    def may_be_taken_back(self) -> bool:
        """By that person: it is theirs as a whole."""
        return self.brought.taken_back_at is None and not self.elsewhere


def imports_within_reach(staff: Staff) -> list[Brought]:
    """The imports with a row on a ward for which the person may import, the newest first."""
    wards = {ward.pk: ward for ward in wards_where(staff, May.IMPORT_REGISTRY)}
    rows: dict[int, dict[int, int]] = defaultdict(dict)
    counted = Line.objects.filter(brought_by__isnull=False).order_by().values_list("brought_by", "ward")
    for import_id, ward_id, n in counted.annotate(n=Count("pk")):
        rows[import_id][ward_id] = n
    near = [import_id for import_id, on in rows.items() if not wards.keys().isdisjoint(on)]
    found = Import.objects.filter(pk__in=near).select_related("imported_by", "taken_back_by")
    return [_brought(one, rows[one.pk], wards) for one in found.order_by("-imported_at", "-pk")]


def _brought(brought: Import, rows: Mapping[int, int], wards: Mapping[int, Ward]) -> Brought:
    mine = [(ward, rows[ward_id]) for ward_id, ward in wards.items() if ward_id in rows]
    return Brought(brought, mine, brought.rows - sum(n for _ward, n in mine))


def import_or_404(staff: Staff, public_id: UUID) -> Import:
    """Raises Http404 for an import without a row on a ward for which the person may import, as for an unknown one."""
    mine = wards_where(staff, May.IMPORT_REGISTRY)
    there = Line.objects.filter(brought_by=OuterRef("pk"), ward__in=mine)
    people = ("imported_by", "taken_back_by")
    found = Import.objects.filter(Exists(there), public_id=public_id).select_related(*people).first()
    if found is None:
        raise Http404("No such import on your wards.")
    return found


def wards_of_import(brought: Import) -> list[tuple[Ward, int]]:
    """Every ward on which it has rows, with how many."""
    rows = dict(Line.objects.filter(brought_by=brought).order_by().values_list("ward").annotate(n=Count("pk")))
    return [(ward, rows[ward.pk]) for ward in Ward.objects.filter(pk__in=rows).order_by("code")]
