"""A reference accepted by a surgeon: what that changes is shown first; corrected, taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.alerts.accepting import accept_reference, correct_acceptance
from monitoring.alerts.models import Alert
from monitoring.alerts.rehearsal import Rehearsal, rehearse
from monitoring.checks.acceptance_form import AcceptanceForm, AcceptedForm, CorrectAcceptanceForm
from monitoring.checks.actions import retract_acceptance
from monitoring.checks.models import Acceptance
from monitoring.desks.common.confirming import carried, confirmed_page
from monitoring.desks.common.correcting import correct_page
from monitoring.desks.common.effect import Effect
from monitoring.desks.common.history import accepted_words, entry_words
from monitoring.desks.common.options import question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.retracting import retract_page
from monitoring.desks.common.saving import problems, sent, status_of, today
from monitoring.desks.common.visit import visit_of
from monitoring.desks.surgeon.offers import is_pending, offers
from monitoring.protocol import Level
from wards.access import May, current_stay_or_404, entry_or_404, require, stay_or_404
from wards.models import Stay


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """First what is accepted; then what that changes, and whether the open alert is closed with it."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.ACCEPT_REFERENCE, stay)
    form = AcceptanceForm(sent(request), ward=stay.ward, initial={"accepted_date": today(stay.ward)})

    def accept(closing: int | None = None) -> Acceptance:
        return accept_reference(stay, by=request.user, at=form.at, key=form.key, closing=closing, **form.facts())

    def done(acceptance: Acceptance) -> HttpResponse:
        messages.success(request, _("Saved: %(what)s.") % {"what": entry_words(acceptance)})
        if form.closing is not None:
            messages.success(request, _("The alert is closed: reference accepted."))
        return redirect("stay", stay.public_id)

    can_be_shown = stay.watch.failing_since is None and not was_sent_before(form)
    return confirmed_page(
        request,
        form,
        rehearsed=(lambda: rehearse(stay, accept)) if can_be_shown else None,
        act=lambda: accept(form.closing),
        form_page=lambda: form_page(request, stay, form),
        confirm_page=lambda rehearsal, effect: confirm_page(request, stay, form, rehearsal, effect),
        done=done,
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    acceptance = entry_or_404(request.user, Acceptance, public_id)
    stay = current_stay_or_404(request.user, acceptance.episode_id)
    require(request.user, May.ACCEPT_REFERENCE, stay)
    form = CorrectAcceptanceForm(sent(request), acceptance=acceptance, ward=stay.ward)

    def done(corrected: Acceptance) -> HttpResponse:
        messages.success(request, _("Corrected: %(what)s.") % {"what": entry_words(corrected)})
        return redirect("stay", stay.public_id)

    return correct_page(
        request,
        stay,
        acceptance,
        form,
        act=lambda: correct_acceptance(
            acceptance,
            by=request.user,
            at=form.at,
            correction_reason=form.cleaned_data["reason"],
            key=form.key,
            **form.facts(),
        ),
        form_page=lambda: form_page(request, stay, form, correcting=acceptance),
        done=done,
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    acceptance = entry_or_404(request.user, Acceptance, public_id)
    stay = current_stay_or_404(request.user, acceptance.episode_id)
    require(request.user, May.ACCEPT_REFERENCE, stay)
    return retract_page(
        request,
        stay,
        acceptance,
        words=entry_words(acceptance),
        act=lambda reason: retract_acceptance(acceptance, by=request.user, reason=reason),
        asks_first=True,
    )


def was_sent_before(form: AcceptanceForm) -> bool:
    """Whether this form is stored already: then there is nothing to show, and the answer is that of the first time."""
    return form.is_valid() and Acceptance.objects.filter(idempotency_key=form.key).exists()


def form_page(
    request: SignedInRequest, stay: Stay, form: AcceptedForm, correcting: Acceptance | None = None
) -> HttpResponse:
    """The form, with what there is to accept as it stands now."""
    if form.is_bound:  # the acceptance was tried: the history may have been assessed by that, or by somebody else
        stay.watch.refresh_from_db()
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "correcting": correcting,
        "offers": offers(stay.watch, form, correcting=correcting),
        "pending": is_pending(stay.watch),
        "fails": stay.watch.failing_since is not None,
        "accepted": question(form["accepted"], form.when_label),
        "fold": form["accepted_fold"] if form.asks_which_hour else None,
        "problems": problems(form),
    }
    return render(request, "surgeon/acceptance_form.html", context, status=status_of(form))


def confirm_page(
    request: SignedInRequest, stay: Stay, form: AcceptanceForm, rehearsal: Rehearsal, effect: Effect
) -> HttpResponse:
    """What accepting this changes. Where nothing above watch is left, the open alert can be closed with it."""
    facts = form.facts()
    alert = rehearsal.after.alerts.get(Alert.Kind.DEFICIT)
    seen = rehearsal.before.alerts.get(Alert.Kind.DEFICIT)
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "accepted": list(accepted_words(Acceptance(muscles=facts["muscles"], flags=facts["flags"]))),
        "at": form.at,
        "reason": facts["reason"],
        "effect": effect,
        "has_moved": "shown" in request.POST,
        "alert": alert,
        "revision": seen.revision if alert and seen else None,
        "closable": alert is not None and seen is not None and Level.parse(rehearsal.after.level) <= Level.WATCH,
        "carried": carried(request, without={"close", "revision"}),
    }
    return render(request, "surgeon/acceptance.html", context)
