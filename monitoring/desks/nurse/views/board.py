"""The ward's board: a card a bed, live."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from monitoring.audit.openings import listed
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.nurse import board_queries
from monitoring.due.clock import now
from wards.access import May, require, ward_or_404, wards_by_right


@require_safe
@login_required
@never_cache
@gzip_page  # forty beds in a tenth of the bytes; Django pads at random, so that lengths tell nothing
def board(request: SignedInRequest, code: str) -> HttpResponse:
    """`?by=bed` sorts by bed, else by urgency; `?whose=mine` shows one's own. An htmx request gets the cards alone."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_BOARD, ward)
    listed("board.opened", by=request.user, about=ward, ward_id=ward.pk)
    allowed = wards_by_right(request.user)
    shown = board_queries.board(
        ward,
        now=now(),
        staff=request.user,
        order="bed" if request.GET.get("by") == "bed" else "urgency",
        whose="mine" if request.GET.get("whose") == "mine" else "all",
    )
    context = {
        "ward": ward,
        "board": shown,
        "may_check": ward.pk in allowed[May.RECORD_CHECK],
        "may_admit": ward.pk in allowed[May.ADMIT],
        "may_allocate": ward.pk in allowed[May.ALLOCATE],
        "may_manage_displays": ward.pk in allowed[May.MANAGE_DISPLAYS],
    }
    return render(request, "nurse/_board.html" if request.htmx else "nurse/board.html", context)
