"""The numbers that a ward sets for itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.limits_form import LimitsForm
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from wards.access import May, require, ward_or_404
from wards.limits import limits_of, set_limits


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ward_limits(request: SignedInRequest, code: str) -> HttpResponse:
    """When its screens lock, and when a drain is ready to come out."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.EDIT_WARD_LIMITS, ward)
    form = LimitsForm(sent(request), in_force=limits_of(ward))

    def kept() -> bool:
        set_limits(ward, by=request.user, limits=form.limits(), seen=form.seen())
        return True

    if request.method == "POST" and saved(form, kept):
        messages.success(request, _("Saved. These limits are in force from now on."))
        return redirect("ward-limits", ward.code)
    if form.is_bound:  # refused: somebody may have set others meanwhile
        ward.refresh_from_db()
    context = {"ward": ward, "form": form, "in_force": limits_of(ward), "problems": problems(form)}
    return render(request, "common/ward_limits.html", context, status=status_of(form))
