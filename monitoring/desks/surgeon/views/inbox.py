"""The inbox: what needs a surgeon, with the evidence in one glance, live."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.calls import seen
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.surgeon.queries import cases
from monitoring.due.clock import now
from wards.access import Forbidden, May, wards_where


@require_safe
@login_required
@never_cache
def inbox(request: SignedInRequest) -> HttpResponse:
    """An htmx request gets the list alone."""
    if not wards_where(request.user, May.VIEW_INBOX).exists():
        raise Forbidden(_("The inbox is a surgeon's."))
    shown = cases(request.user, now=now())
    if request.method == "GET" and not request.htmx:
        seen(request.user, [case.card.alert for case in shown])
    waiting = sum(case.card.waits for case in shown)
    context = {"cases": shown, "waiting": waiting, "back": "inbox"}
    return render(request, "surgeon/_inbox.html" if request.htmx else "surgeon/inbox.html", context)
