"""A strength check is corrected, or taken back: what that changes is shown first."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.checks.actions import correct_check, retract_check
from monitoring.checks.forms import CorrectCheckForm
from monitoring.checks.models import Check
from monitoring.desks.common.correcting import correct_page
from monitoring.desks.common.history import lems_of
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.retracting import retract_page
from monitoring.desks.common.saving import sent
from monitoring.desks.nurse.views.checks import form_page
from wards.access import May, current_stay_or_404, entry_or_404, require


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The form filled in with what was recorded, and why it is changed; then what that changes."""
    check = entry_or_404(request.user, Check, public_id)
    stay = current_stay_or_404(request.user, check.episode_id)
    require(request.user, May.RECORD_CHECK, stay)
    form = CorrectCheckForm(sent(request), check=check, ward=stay.ward, by=request.user)
    return correct_page(
        request,
        stay,
        check,
        form,
        act=lambda: correct_check(
            check,
            by=request.user,
            at=form.at,
            findings=form.findings(),
            reason=form.cleaned_data["reason"],
            key=form.key,
        ),
        form_page=lambda: form_page(request, stay, form, correcting=check),
        done=lambda corrected: redirect("check-result", corrected.public_id),
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Takes a check back, with a reason; it stays visible."""
    check = entry_or_404(request.user, Check, public_id)
    stay = current_stay_or_404(request.user, check.episode_id)
    require(request.user, May.RECORD_CHECK, stay)
    return retract_page(
        request,
        stay,
        check,
        words=_("strength check, LEMS %(score)s") % {"score": lems_of(check)},
        act=lambda reason: retract_check(check, by=request.user, reason=reason),
    )
