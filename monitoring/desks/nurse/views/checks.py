"""Strength checks: record one, see what it means."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from monitoring.checks.actions import record_check
from monitoring.checks.forms import CheckForm
from monitoring.checks.models import Check
from monitoring.checks.queries import check_history
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.desks.common.state import shown
from monitoring.desks.nurse.check_fields import check_fields, field_words
from monitoring.desks.nurse.drafts import draft_key, draft_name
from monitoring.desks.nurse.muscle_grid import previous_grades
from monitoring.desks.nurse.result import what_to_say
from monitoring.due.clock import now
from wards.access import May, current_stay_or_404, entry_or_404, may, require, stay_or_404
from wards.models import Stay
from wards.times import zone_of


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The form, empty; and the check stored once, however often it is sent."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_CHECK, stay)
    form = CheckForm(sent(request), ward=stay.ward, by=request.user, initial={"examined_date": today(stay.ward)})
    if request.method == "POST":
        check = saved(
            form,
            lambda: record_check(stay, by=request.user, at=form.at, findings=form.findings(), key=form.key),
        )
        if check is not None:
            return redirect("check-result", check.public_id)
    return form_page(request, stay, form)


@login_required
@never_cache
@require_GET
def result(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What a check means, as soon as it has been assessed; the same page's inside alone for htmx."""
    check = entry_or_404(request.user, Check, public_id)
    stay = current_stay_or_404(request.user, check.episode_id)
    require(request.user, May.VIEW_STAY, stay)
    context = {
        "stay": stay,
        "check": check,
        "now": (at := now()),
        "state": (state := shown(stay, at)),
        "draft": draft_name(request.user, stay, check.supersedes),
        "may_treat": may(request.user, May.RECORD_TREATMENT, stay),
        "has_board": may(request.user, May.VIEW_BOARD, stay.ward),
        **what_to_say(request.user, stay, state, at),
    }
    return render(request, "nurse/_result.html" if request.htmx else "nurse/check_result.html", context)


def form_page(request: SignedInRequest, stay: Stay, form: CheckForm, correcting: Check | None = None) -> HttpResponse:
    """The check form. A correction is compared with the checks before it, a new check with the last ones."""
    at, zone = now(), zone_of(stay.ward)
    before = [
        row.entry
        for row in check_history(stay)
        if isinstance(row.entry, Check) and row.struck is None
        if correcting is None or row.entry.examined_at < correcting.examined_at
    ]
    context = {
        **check_fields(form),
        "stay": stay,
        "now": at,
        "correcting": correcting,
        "last": before[0] if before and correcting is None else None,
        "previous": previous_grades(before, now=at, zone=zone),
        "draft": draft_name(request.user, stay, correcting),
        "draft_key": draft_key(request.user),
        "problems": problems(form, field_words()),
    }
    return render(request, "nurse/check_form.html", context, status=status_of(form))
