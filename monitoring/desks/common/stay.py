"""The page of one stay: what is known now, what is due, and all that was ever recorded. A fixed number of queries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from monitoring.alerts.models import Alert
from monitoring.checks.queries import history
from monitoring.desks.common.history import lines, references, running
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.state import shown
from monitoring.due.clock import now
from wards.access import RULES, May, require, roles_on, stay_or_404
from wards.models import Staff, Stay
from wards.rota_queries import absence_of


@login_required
@never_cache
@require_GET
def stay(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The whole page, or for htmx the part that changes."""
    shown_stay = stay_or_404(request.user, public_id)
    require(request.user, May.VIEW_STAY, shown_stay.ward)
    context = stay_context(request.user, shown_stay)
    return render(request, "common/_stay.html" if request.htmx else "common/stay.html", context)


def stay_context(staff: Staff, stay: Stay) -> dict[str, Any]:
    at = now()
    rows = history(stay)
    table = lines(rows)
    return {
        "stay": stay,
        "now": at,
        "state": shown(stay, at),
        "lines": table,
        "operations": [line for line in table if line.kind == "operation"],
        "treatments": [line for line in table if line.kind == "treatment"],
        "running": running(rows),
        "references": references(stay.watch.assessment),
        "alerts": alerts_of(stay),
        "absence": absence_of(stay.pk),
        "may": allowed(staff, stay),
    }


def alerts_of(stay: Stay) -> list[Alert]:
    """The episode's alerts, the open ones first, then the newest."""
    alerts = Alert.objects.filter(stay__episode_id=stay.episode_id).select_related(
        "acknowledged_by", "accepted_by", "closed_by"
    )
    return sorted(alerts, key=lambda alert: (alert.closed_at is not None, -alert.opened_at.timestamp()))


def allowed(staff: Staff, stay: Stay) -> dict[str, bool]:
    """By name what the person may do here; one query for all."""
    roles = roles_on(staff, stay.ward)
    return {str(what): not RULES[what].isdisjoint(roles) for what in May}
