"""Is the audit log as it was sealed? How far the chain is, and a button that verifies it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from monitoring.seals.background import ask_for_verification
from monitoring.seals.findings import Finding
from monitoring.seals.queries import state
from wards.access import May, require_somewhere, wards_where


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def seal(request: SignedInRequest) -> HttpResponse:
    """For htmx the part that changes while a verification runs. It is done in the background, whoever looks on."""
    require_somewhere(request.user, May.VIEW_AUDIT)
    if request.method == "POST":
        ask_for_verification(by=request.user)
        messages.success(request, _("The whole chain is being verified. The result will stand here."))
        return redirect("seal")
    shown = state()
    at = visit_of(request).at
    verification = shown.verification
    context = {
        "ward": wards_where(request.user, May.VIEW_AUDIT).first(),
        "state": shown,
        "is_behind": shown.is_behind(at),
        "verification": verification,
        "findings": [Finding.from_json(one) for one in verification.findings] if verification else [],
        "now": at,
    }
    return render(request, "admin/_seal.html" if request.htmx else "admin/seal.html", context)
