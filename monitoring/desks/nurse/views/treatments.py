"""Conservative treatment: started or stopped, corrected, taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.checks.actions import correct_treatment, record_treatment, retract_treatment
from monitoring.checks.forms import CorrectTreatmentForm, TreatmentForm
from monitoring.checks.models import Treatment
from monitoring.checks.queries import history
from monitoring.desks.common.correcting import correct_page
from monitoring.desks.common.history import entry_words, running
from monitoring.desks.common.options import question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.retracting import retract_page
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.due.clock import now
from wards.access import May, current_stay_or_404, entry_or_404, require, stay_or_404
from wards.models import Stay


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_TREATMENT, stay)
    form = TreatmentForm(sent(request), ward=stay.ward, initial={"happened_date": today(stay.ward)})
    if request.method == "POST":
        treatment = saved(
            form,
            lambda: record_treatment(stay, by=request.user, at=form.at, key=form.key, **facts_of(form)),
        )
        if treatment is not None:
            messages.success(request, _("Saved: %(what)s.") % {"what": entry_words(treatment)})
            return redirect("stay", stay.public_id)
    return form_page(request, stay, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    treatment = entry_or_404(request.user, Treatment, public_id)
    stay = current_stay_or_404(request.user, treatment.episode_id)
    require(request.user, May.RECORD_TREATMENT, stay)
    form = CorrectTreatmentForm(sent(request), treatment=treatment, ward=stay.ward)

    def done(corrected: Treatment) -> HttpResponse:
        messages.success(request, _("Corrected: %(what)s.") % {"what": entry_words(corrected)})
        return redirect("stay", stay.public_id)

    return correct_page(
        request,
        stay,
        treatment,
        form,
        act=lambda: correct_treatment(
            treatment,
            by=request.user,
            at=form.at,
            reason=form.cleaned_data["reason"],
            key=form.key,
            **facts_of(form),
        ),
        form_page=lambda: form_page(request, stay, form, correcting=treatment),
        done=done,
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    treatment = entry_or_404(request.user, Treatment, public_id)
    stay = current_stay_or_404(request.user, treatment.episode_id)
    require(request.user, May.RECORD_TREATMENT, stay)
    return retract_page(
        request,
        stay,
        treatment,
        words=entry_words(treatment),
        act=lambda reason: retract_treatment(treatment, by=request.user, reason=reason),
    )


def facts_of(form: TreatmentForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("kind", "action", "dose")}


def form_page(
    request: SignedInRequest, stay: Stay, form: TreatmentForm, correcting: Treatment | None = None
) -> HttpResponse:
    """The form, with what is running now beside it: one stops what one sees."""
    context = {
        "stay": stay,
        "now": now(),
        "form": form,
        "correcting": correcting,
        "happened": question(form["happened"], _("When?")),
        "fold": form["happened_fold"] if form.asks_which_hour else None,
        "running": running(history(stay)),
        "problems": problems(form),
    }
    return render(request, "nurse/treatment_form.html", context, status=status_of(form))
