"""The inbox: what needs a surgeon, with the evidence in one glance, live."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.audit.openings import listed
from monitoring.desks.common.calls import seen
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from monitoring.desks.surgeon.inbox_filter import Which, Whose, asked_for, choices
from monitoring.desks.surgeon.queries import inbox_of
from wards.access import Forbidden, May


@require_safe
@login_required
@never_cache
def inbox(request: SignedInRequest) -> HttpResponse:
    """An htmx request gets the list alone. `?whose=mine&which=closed`, and `&after=` one that is on the page before."""
    visit, asked = visit_of(request), asked_for(request.GET)
    if not visit.rights[May.VIEW_INBOX]:
        raise Forbidden(_("The inbox is a surgeon's."))
    listed("inbox.opened", by=request.user, about=request.user, whose=asked.whose, which=asked.which)
    found = inbox_of(visit, asked)
    if request.method == "GET" and not request.htmx:
        seen(request.user, [case.card.alert for case in found.cases])
    context = {
        "now": visit.at,
        "cases": found.cases,
        "asked": asked,
        "choices": choices(asked, found.counts),
        "open": found.counts[Whose.WARDS, Which.OPEN],
        "shown": found.counts[asked.whose, asked.which],
        "older": found.older,
        "newest": request.path + replace(asked, after=None).address,
        "waiting": sum(case.card.is_open and case.card.waits for case in found.cases),
        "back": "inbox",
    }
    return render(request, "surgeon/_inbox.html" if request.htmx else "surgeon/inbox.html", context)
