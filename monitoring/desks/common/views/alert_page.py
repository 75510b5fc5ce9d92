"""One alert whole: its evidence, its state, what was done about it, who was told, and what comes next."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.alert_queries import alert_or_404
from monitoring.desks.common.alert_whole import whole
from monitoring.desks.common.calls import seen
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of


@require_safe
@login_required
@never_cache
def alert(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The page, or for htmx the part that changes. Opening it marks its calls as read; a page that refreshes itself,
    perhaps before an empty chair, does not."""
    shown = alert_or_404(request.user, public_id)
    if request.method == "GET" and not request.htmx:
        seen(request.user, [shown])
    visit = visit_of(request)
    found = whole(shown, visit)
    context = {
        "now": visit.at,
        "case": found.case,
        "card": found.case.card,
        "surgery": found.case.card.surgery,
        "alert": shown,
        "stay": shown.stay,
        "ward": shown.stay.ward,
        "next": found.next,
        "behind": found.behind,
        "reports": found.reports,
        "pathway": found.case.pathway,
        "outcomes": found.outcomes,
        "back": "alert",
    }
    return render(request, "common/_alert_page.html" if request.htmx else "common/alert.html", context)
