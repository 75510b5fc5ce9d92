"""Records opened from outside a ward, and their review by whoever leads it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monitoring.audit.openings import listed
from monitoring.breakglass import actions
from monitoring.breakglass.forms import ReviewForm
from monitoring.breakglass.queries import reviewable_or_404, reviewed_lately, unreviewed
from monitoring.desks.admin.openings import openings
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED, saved
from monitoring.desks.common.visit import visit_of
from wards.access import May, require_somewhere, wards_where


@require_safe
@login_required
@never_cache
def reviews(request: SignedInRequest) -> HttpResponse:
    """What waits for a review, the oldest first, and what was reviewed last."""
    require_somewhere(request.user, May.REVIEW_BREAK_GLASS)
    return page(request)


@require_POST
@login_required
@never_cache
def review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One of them, with what was found."""
    row = reviewable_or_404(request.user, public_id)
    form = ReviewForm(request.POST, auto_id=f"id_{row.public_id}_%s")
    done = saved(form, lambda: actions.review(row, by=request.user, note=form.cleaned_data["note"]))
    if done is None:
        return page(request, (row.public_id, form))
    messages.success(request, _("Reviewed."))
    return redirect("break-glass")


def page(request: SignedInRequest, refused: tuple[UUID, ReviewForm] | None = None) -> HttpResponse:
    wards = wards_where(request.user, May.REVIEW_BREAK_GLASS)
    listed("break_glass.read", by=request.user, about=request.user)
    context = {
        "now": visit_of(request).at,
        "to_review": openings(unreviewed(wards), request.user, refused),
        "reviewed": openings(reviewed_lately(wards), request.user),
    }
    return render(request, "admin/break_glass.html", context, status=200 if refused is None else REFUSED)
