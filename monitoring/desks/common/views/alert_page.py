"""One alert whole: its evidence, its state, what was done about it, who was told, and what comes next."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.alert_queries import alert_or_404, cards
from monitoring.desks.common.calls import seen
from monitoring.desks.common.case import cases_of
from monitoring.desks.common.next_call import what_is_next
from monitoring.desks.common.requests import SignedInRequest
from monitoring.due.clock import now


@require_safe
@login_required
@never_cache
def alert(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The page, or for htmx the part that changes. Opening it marks its calls as read; a page that refreshes itself,
    perhaps before an empty chair, does not."""
    shown = alert_or_404(request.user, public_id)
    if request.method == "GET" and not request.htmx:
        seen(request.user, [shown])
    at = now()
    [case] = cases_of(cards([shown], staff=request.user, now=at))
    context = {
        "now": at,
        "case": case,
        "card": case.card,
        "alert": shown,
        "stay": shown.stay,
        "ward": shown.stay.ward,
        "next": what_is_next(shown, at),
        "reports": shown.reports.select_related("recorded_by"),
        "back": "alert",
    }
    return render(request, "common/_alert_page.html" if request.htmx else "common/alert.html", context)
