"""A patient comes, moves to another bed, and leaves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.alerts.models import Alert
from monitoring.desks.common.options import question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from wards import actions
from wards.access import May, may, require, stay_or_404, ward_or_404
from wards.fields import WhenForm
from wards.forms import AdmitForm, DischargeForm, MoveForm
from wards.models import Stay, Ward


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def admit(request: SignedInRequest, code: str) -> HttpResponse:
    """A known or a new patient; who has been here before is asked whether the surgical episode goes on."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.ADMIT, ward)
    form = AdmitForm(sent(request), ward=ward, initial={"at_date": today(ward)})
    if request.method == "POST":
        stay = saved(
            form,
            lambda: actions.admit(
                by=request.user,
                at=form.at,
                bed=form.cleaned_data["bed"],
                patient=form.patient(),
                episode=form.chosen_episode(),
                responsible_surgeon=form.cleaned_data["responsible_surgeon"],
                key=form.key,
            ),
        )
        if stay is not None:
            messages.success(request, _("Admitted. Next: the baseline check, before the operation."))
            return redirect("stay", stay.public_id)
    return render(request, "nurse/admit.html", {"ward": ward} | _page(form), status=status_of(form))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def move(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """To another bed, of this ward or of another, whose people then see the patient instead of ours."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.MOVE, stay)
    form = MoveForm(sent(request), stay=stay, initial={"at_date": today(stay.ward)})
    if request.method == "POST":
        home = stay.ward
        moved = saved(
            form,
            lambda: actions.move(
                stay,
                by=request.user,
                at=form.at,
                to_bed=form.cleaned_data["to_bed"],
                responsible_surgeon=form.cleaned_data["responsible_surgeon"],
            ),
        )
        if moved is not None:
            messages.success(request, _("Moved to bed %(bed)s of %(ward)s.") % {"bed": moved.bed, "ward": moved.ward})
            return to_the_board(request, home)
    return render(request, "nurse/move.html", _about(stay, form), status=status_of(form))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def discharge(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The end of a stay; what is still open about the patient is said first."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.DISCHARGE, stay)
    form = DischargeForm(sent(request), ward=stay.ward, initial={"at_date": today(stay.ward)})
    if (
        request.method == "POST"
        and saved(
            form,
            lambda: actions.discharge(stay, by=request.user, at=form.at, departure=form.cleaned_data["departure"]),
        )
        is not None
    ):
        words = _("Discharged from bed %(bed)s. Nothing is due for this patient any more.")
        messages.success(request, words % {"bed": stay.bed})
        return to_the_board(request, stay.ward)
    return render(request, "nurse/discharge.html", _about(stay, form), status=status_of(form))


def to_the_board(request: SignedInRequest, ward: Ward) -> HttpResponse:
    """Back to the ward's board; a surgeon whose patient lay on a ward that is not theirs goes to their own desk."""
    return redirect("board", ward.code) if may(request.user, May.VIEW_BOARD, ward) else redirect("home")


def _page(form: WhenForm) -> dict[str, Any]:
    return {
        "form": form,
        "moment": question(form["at"], form.when_label),
        "fold": form["at_fold"] if form.asks_which_hour else None,
        "problems": problems(form),
    }


def _about(stay: Stay, form: WhenForm) -> dict[str, Any]:
    """The page of a form about a stay, with its open alerts."""
    return _page(form) | {"stay": stay, "open_alerts": list(Alert.objects.filter(stay=stay, closed_at__isnull=True))}
