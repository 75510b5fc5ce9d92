"""The page of one stay: what is known now, what is due, the chart, and all that was ever recorded.

A fixed number of queries, and of a long history only its newest part unless all is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from monitoring.desks.common import chart
from monitoring.desks.common.drain_words import Clock, summary_words
from monitoring.desks.common.history import count_lines, lines, references, running
from monitoring.desks.common.pathway import Pathway
from monitoring.desks.common.recovery_queries import outcomes_in
from monitoring.desks.common.recovery_words import Outcome, planned_words
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.state import shown
from monitoring.desks.common.stay_rows import StayRows
from monitoring.desks.common.visit import Visit, visit_of
from monitoring.pathway.queries import removal_rule
from wards.access import May, require, rights_on, stay_or_404
from wards.models import Operation, Stay
from wards.times import zone_of

NEWEST: Final = 30  # lines of the table, unless all are asked for
PRINTED: Final = 8  # of these, on the one sheet of paper


@login_required
@never_cache
@require_GET
def stay(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The whole page, or for htmx the part that changes. `?chart=24` shows the last hours, `?lines=all` every line."""
    shown_stay = stay_or_404(request.user, public_id)
    require(request.user, May.VIEW_STAY, shown_stay)
    window, every_line = request.GET.get("chart", ""), request.GET.get("lines") == "all"
    context = stay_context(visit_of(request), shown_stay, window=window, every_line=every_line)
    return render(request, "common/_stay.html" if request.htmx else "common/stay.html", context)


def stay_context(visit: Visit, stay: Stay, *, window: str = "", every_line: bool = False) -> dict[str, Any]:
    """What the page's templates are given. `window` and `every_line` as chosen in the address."""
    at = visit.at
    record = StayRows(stay)
    rows, alerts, absences = record.history, record.alerts, record.absences
    table = lines(rows, alerts, absences, newest=None if every_line else NEWEST)
    state = shown(stay, at)
    held_to = [] if state.pending else references(stay.watch.assessment)
    drawn = chart.draw(
        rows,
        references=held_to,
        alerts=alerts,
        absences=absences,
        until=stay.discharged_at or at,
        zone=zone_of(stay.ward),
        window=window,
    )
    return {
        "stay": stay,
        "merged": record.merged,
        "now": at,
        "today": at.astimezone(zone_of(stay.ward)).date(),
        "state": state,
        "chart": drawn,
        "operations": lines([row for row in rows if row.kind == "operation"]),
        "treatments": lines([row for row in rows if row.kind == "treatment"]),
        "running": running(rows),
        "references": held_to,
        "alerts": alerts,
        "absence": next((gone for gone in absences if gone.stay_id == stay.pk and gone.back_at is None), None),
        "may": allowed(visit, stay),
        **_after_an_operation(visit, stay, record),
        "address": _address(window, every_line),
        "lines": table,
        "every_line": every_line,
        **_left_out(len(table), count_lines(rows, alerts, absences)),
    }


def _after_an_operation(visit: Visit, stay: Stay, record: StayRows) -> dict[str, Any]:
    """Imaging, theatre and drains, and whether strength came back after a re-operation."""
    clock, course, rows = Clock(visit.at, zone_of(stay.ward)), record.course, record.history
    outcomes = outcomes_in(rows, record.alerts, course.explorations.values(), visit.at)
    operations = [row.entry for row in rows[::-1] if isinstance(row.entry, Operation) and row.struck is None]
    return {
        "pathway": Pathway(course, operations, rights_on(visit.staff, stay), visit.at),
        "outcomes": outcomes,
        "planned": _planned(outcomes, clock),
        "drains": summary_words(course.drains, clock, removal_rule(stay.ward)),
    }


def _planned(outcomes: Sequence[Outcome], clock: Clock) -> list[str]:
    """The outcome checks after the last re-operation, until none of them can be done any more."""
    last = next(iter(outcomes), None)
    if last is None or not last.is_going_on:
        return []
    return [planned_words(check, clock.now, clock.zone) for check in last.checks]


def _left_out(shown_lines: int, all_lines: int) -> dict[str, int]:
    """How many lines more there are than are shown, and than paper has room for."""
    return {"earlier": all_lines - shown_lines, "printed": PRINTED, "not_printed": max(0, all_lines - PRINTED)}


def _address(window: str, every_line: bool) -> str:
    """The query of the page's address, so that what refreshes itself stays as it was chosen."""
    chosen = {"chart": window if window in chart.WINDOWS else "", "lines": "all" if every_line else ""}
    return urlencode({name: value for name, value in chosen.items() if value})


def allowed(visit: Visit, stay: Stay) -> dict[str, bool]:
    """By name what the person may do here."""
    rights = rights_on(visit.staff, stay)
    return {str(what): what in rights for what in May}
