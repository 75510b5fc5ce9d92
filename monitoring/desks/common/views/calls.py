"""The red bar of unopened calls, as an open page asks for it again."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.calls import unread_calls
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of


@require_safe
@login_required
@never_cache
def calls(request: SignedInRequest) -> HttpResponse:
    visit = visit_of(request)
    context = {
        "calls": unread_calls(request.user),
        "glass_to_review": visit.to_review,
        "to_mend": visit.to_mend,
    }
    return render(request, "common/_calls.html", context)
