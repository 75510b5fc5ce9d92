"""The summary of an episode: to be read, and printed for the notes and the morbidity meeting."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from monitoring.desks.surgeon.summary import summary_of
from wards.access import May, require, stay_or_404


@require_safe
@login_required
@never_cache
def summary(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Of the whole episode, over its wards and stays, whichever of its stays is asked for."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.VIEW_STAY, stay)
    shown = summary_of(stay, visit_of(request).at)
    context = {"stay": stay, "now": shown.now, "surgery": shown.surgery, "summary": shown}
    return render(request, "surgeon/summary.html", context)
