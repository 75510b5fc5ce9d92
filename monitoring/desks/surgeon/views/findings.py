"""What a re-operation was for and what it found, with the drains that were placed; corrected, taken back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.options import question
from monitoring.desks.common.pathway import exploration_words
from monitoring.desks.common.plain_retracting import RETRACTING, plain_retract_page
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.visit import visit_of
from monitoring.desks.common.way_back import alert_named, go_back, way_back
from monitoring.pathway.actions.theatre import correct_exploration, record_exploration, retract_exploration
from monitoring.pathway.models import Exploration
from monitoring.pathway.standing import findings_of, names_of_lying_drains
from monitoring.pathway.theatre_forms import CorrectFindingsForm, FindingsForm, FoundForm
from wards.access import May, current_stay_or_404, entry_or_404, require
from wards.models import Operation, Stay

TAKING_BACK = replace(
    RETRACTING,
    means=lazy(
        "From now on these findings count as if they had never been. They stay on the record, with your name and "
        "reason. The re-operation itself stays, and so do its drains. If there is only a mistake in them, correct them "
        "instead."
    ),
)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The findings of a re-operation, once: where they are recorded already, they are the ones to correct."""
    operation = entry_or_404(request.user, Operation, public_id)
    if operation.kind != Operation.Kind.SECONDARY or not operation.is_standing:
        raise Http404("No such re-operation on your wards.")
    stay = current_stay_or_404(request.user, operation.episode_id)
    require(request.user, May.RECORD_EXPLORATION, stay)
    if request.method == "GET" and (found := findings_of(operation)) is not None:
        return redirect("findings-correct", found.public_id)
    form = FindingsForm(sent(request), taken=names_of_lying_drains(operation.episode_id))
    if request.method == "POST":
        explored = saved(
            form,
            lambda: record_exploration(
                operation, by=request.user, facts=form.facts(), drains_placed=form.drains_placed(), key=form.key
            ),
        )
        if explored is not None:
            messages.success(request, _("The findings are saved: %(what)s.") % {"what": exploration_words(explored)})
            return go_back(request, stay)
    return form_page(request, stay, form, operation)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    exploration, stay = findings_or_404(request, public_id)
    form = CorrectFindingsForm(sent(request), exploration=exploration)
    if request.method == "POST":
        corrected = saved(
            form,
            lambda: correct_exploration(
                exploration,
                by=request.user,
                facts=form.facts(),
                reason=form.cleaned_data["reason"],
                key=form.key,
            ),
        )
        if corrected is not None:
            messages.success(request, _("Corrected: %(what)s.") % {"what": exploration_words(corrected)})
            return go_back(request, stay)
    return form_page(request, stay, form, exploration.operation, correcting=exploration)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    exploration, stay = findings_or_404(request, public_id)
    return plain_retract_page(
        request,
        stay,
        exploration,
        words=exploration_words(exploration),
        act=lambda reason: retract_exploration(exploration, by=request.user, reason=reason),
        said=TAKING_BACK,
    )


def findings_or_404(request: SignedInRequest, public_id: UUID) -> tuple[Exploration, Stay]:
    """Findings that may be changed by whoever asks, and the patient's present stay."""
    exploration = entry_or_404(request.user, Exploration, public_id)
    stay = current_stay_or_404(request.user, exploration.episode_id)
    require(request.user, May.RECORD_EXPLORATION, stay)
    return exploration, stay


def form_page(
    request: SignedInRequest,
    stay: Stay,
    form: FoundForm,
    operation: Operation,
    *,
    correcting: Exploration | None = None,
) -> HttpResponse:
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "operation": operation,
        "correcting": correcting,
        "indication": question(form["indication"], _("Why was the patient operated again?")),
        "finding": question(form["finding"], _("What was found?")),
        "problems": problems(form),
        "alert_id": alert_named(request),
        "leave": way_back(request, stay),
    }
    return render(request, "surgeon/findings_form.html", context, status=status_of(form))
