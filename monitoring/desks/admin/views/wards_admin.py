"""The wards that one administers: made, called otherwise, and all that belongs to one from a single page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.desks.admin.ward_state import parts_of
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.due.clock import now
from monitoring.escalation.faults import faults_of
from wards.access import Forbidden, May, require, ward_or_404, wards_where
from wards.models import Ward
from wards.ward_actions import edit_ward, facts_of, make_ward
from wards.ward_forms import EditWardForm, NewWardForm, zones


def _mine(request: SignedInRequest) -> list[Ward]:
    """The wards that one administers. Raises Forbidden where there are none."""
    mine = list(wards_where(request.user, May.MANAGE_WARD).order_by("code"))
    if not mine:
        raise Forbidden(_("Only administrators set up wards."))
    return mine


@require_safe
@login_required
@never_cache
def wards(request: SignedInRequest) -> HttpResponse:
    """Each with what is to be mended there, the one that needs it most first."""
    at = now()
    shown = [(ward, faults_of(ward, at)) for ward in _mine(request)]
    shown.sort(key=lambda pair: (-sum(fault.now for fault in pair[1]), pair[0].code))
    return render(request, "admin/wards.html", {"wards": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: SignedInRequest) -> HttpResponse:
    """A ward, administered by whoever makes it."""
    mine = _mine(request)
    form = NewWardForm(sent(request), initial={"time_zone": mine[0].time_zone})

    def made() -> Ward:
        said = form.cleaned_data
        numbers = {name: said[name] for name in ("phone", "surgeon_phone")}
        return make_ward(by=request.user, code=said["code"], facts=form.facts(), **numbers)

    if request.method == "POST" and (ward := saved(form, made)) is not None:
        messages.success(request, _("%(ward)s is there, and you administer it. Add its beds next.") % {"ward": ward})
        return redirect("beds", ward.code)
    context = {"form": form, "problems": problems(form), "zones": zones()}
    return render(request, "admin/ward_new.html", context, status=status_of(form))


@require_safe
@login_required
@never_cache
def ward(request: SignedInRequest, code: str) -> HttpResponse:
    """All that belongs to a ward, each part with how it stands and what is wrong with it."""
    found = ward_or_404(request.user, code)
    require(request.user, May.MANAGE_WARD, found)
    at = now()
    context = {"ward": found, "parts": parts_of(found, at), "faults": faults_of(found, at), "may_edit_numbers": True}
    return render(request, "admin/ward.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """What the ward is called, and its clock."""
    found = ward_or_404(request.user, code)
    require(request.user, May.MANAGE_WARD, found)
    form = EditWardForm(sent(request), kept=facts_of(found))

    def kept() -> Ward:
        return edit_ward(found, by=request.user, facts=form.facts(), seen=form.seen())

    if request.method == "POST" and saved(form, kept) is not None:
        messages.success(request, _("Saved."))
        return redirect("ward-desk", found.code)
    if form.is_bound:  # refused: somebody may have changed it meanwhile
        found.refresh_from_db()
    context = {"ward": found, "kept": facts_of(found), "form": form, "problems": problems(form), "zones": zones()}
    return render(request, "admin/ward_edit.html", context, status=status_of(form))
