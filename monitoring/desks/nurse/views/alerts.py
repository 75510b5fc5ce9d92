"""The ward's alerts: open ones, oldest unacknowledged first, and those closed in the last day."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.alerts.queries import open_alerts
from monitoring.audit.openings import listed
from monitoring.desks.common.alert_queries import cards
from monitoring.desks.common.calls import seen
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.nurse.queries import recently_closed
from monitoring.due.clock import now


@require_safe
@login_required
@never_cache
def alerts(request: SignedInRequest) -> HttpResponse:
    """An htmx request gets the list alone."""
    listed("alerts.opened", by=request.user, about=request.user)
    at = now()
    shown = cards(open_alerts(request.user), staff=request.user, now=at)
    if request.method == "GET" and not request.htmx:
        seen(request.user, [card.alert for card in shown])
    context = {
        "cards": shown,
        "waiting": sum(card.alert.acknowledged_at is None for card in shown),
        "closed": cards(recently_closed(request.user, now=at), staff=request.user, now=at),
        "back": "alerts",
    }
    return render(request, "nurse/_alerts.html" if request.htmx else "nurse/alerts.html", context)
