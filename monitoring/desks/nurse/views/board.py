"""The ward's board: a card a bed, live."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.nurse import queries
from monitoring.due.clock import now
from wards.access import May, require, ward_or_404, wards_by_right


@require_safe
@login_required
@never_cache
def board(request: SignedInRequest, code: str) -> HttpResponse:
    """`?by=bed` sorts by bed, else by urgency. An htmx request gets the cards alone."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_BOARD, ward)
    allowed = wards_by_right(request.user)
    by_bed = request.GET.get("by") == "bed"
    context = {
        "ward": ward,
        "board": queries.board(ward, now=now(), by_bed=by_bed),
        "by_bed": by_bed,
        "may_check": ward.pk in allowed[May.RECORD_CHECK],
        "may_admit": ward.pk in allowed[May.ADMIT],
    }
    return render(request, "nurse/_board.html" if request.htmx else "nurse/board.html", context)
