"""The hand-over sheet: to be printed, or read from the screen at the change of shift."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.audit.openings import listed
from monitoring.desks.common.presentation import day_words
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.nurse.sheet import sheet_of
from monitoring.due.clock import now
from wards.access import May, require, ward_or_404
from wards.times import zone_of


@require_safe
@login_required
@never_cache
def sheet(request: SignedInRequest, code: str) -> HttpResponse:
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_STAY, ward)
    listed("sheet.printed", by=request.user, about=ward, ward_id=ward.pk)
    at = now()
    here = at.astimezone(zone_of(ward))
    context = {
        "now": at,
        "day": day_words(here.date()),
        "time": f"{here:%H:%M}",
        "ward": ward,
        "sheet": sheet_of(ward, at),
    }
    return render(request, "nurse/sheet.html", context)
