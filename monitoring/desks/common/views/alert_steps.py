"""What people decide about an alert on a page of its own: a milestone, the decision, an offer, the closing, re-opening.

A page of its own keeps what is being typed while the alert changes. What was refused is shown again with all that was
typed, and with the alert as it is now: sent again, it is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert, Milestone
from monitoring.alerts.moves import Move, right_to
from monitoring.desks.common.alert_forms import CloseForm, DecideForm, MilestoneForm, OfferForm, ReopenForm
from monitoring.desks.common.alert_queries import alert_or_404, cards
from monitoring.desks.common.closing_form import outcomes
from monitoring.desks.common.options import question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.desks.common.views.alerts import LISTS, back
from monitoring.desks.common.visit import visit_of
from wards.access import May, may, require


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What is decided here quiets the alert for good."""
    alert = alert_or_404(request.user, public_id)
    require(request.user, right_to(Move.CLOSE, alert), alert.stay)
    form = CloseForm(sent(request))

    def closed() -> Alert:
        return steps.close(alert, by=request.user, **form.cleaned_data)

    return step(
        request,
        alert,
        form,
        closed,
        template="common/close_alert.html",
        done=_("Closed: %(patient)s, bed %(bed)s."),
        more={"outcomes": outcomes(alert, form, at=visit_of(request).at)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def reopen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """An alert that a person has closed is open again, with a reason; who re-opens it takes it up."""
    alert = alert_or_404(request.user, public_id)
    require(request.user, right_to(Move.REOPEN, alert), alert.stay)
    form = ReopenForm(sent(request))

    def reopened() -> Alert:
        return steps.reopen(alert, by=request.user, **form.cleaned_data)

    return step(
        request,
        alert,
        form,
        reopened,
        template="common/reopen_alert.html",
        done=_("Open again: %(patient)s, bed %(bed)s."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def decide(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Explore, or observe, with a reason."""
    alert = alert_or_404(request.user, public_id)
    require(request.user, right_to(Move.EXPLORE, alert), alert.stay)
    form = DecideForm(sent(request), ward=alert.stay.ward)

    def decided() -> Alert:
        return steps.decide(alert, by=request.user, **form.said)

    return step(
        request, alert, form, decided, template="common/decide_alert.html", done=_("Decided: %(patient)s, bed %(bed)s.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def milestone(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponse:
    """From the alert's page in one tap, for now; on a page of its own with a time and a note."""
    alert = alert_or_404(request.user, public_id)
    require(request.user, right_to(Move.MILESTONE, alert), alert.stay)
    if kind not in Milestone.Kind:
        raise Http404("No such milestone.")
    ward = alert.stay.ward
    form = MilestoneForm(sent(request), ward=ward, initial={"at_date": today(ward)})

    def recorded() -> object:
        said = form.cleaned_data
        return steps.record_milestone(
            alert, by=request.user, revision=said["revision"], kind=kind, at=form.at, note=said["note"]
        )

    more = {
        "words": capfirst(Milestone.Kind(kind).label),
        "moment": question(form["at"], form.when_label),
        "fold": form["at_fold"] if form.asks_which_hour else None,
    }
    return step(
        request,
        alert,
        form,
        recorded,
        template="common/milestone.html",
        done=_("%(words)s: %(patient)s, bed %(bed)s."),
        more=more,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def offer(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """To a colleague who may take it up in the same way. Until they accept, everything goes on as before."""
    alert = alert_or_404(request.user, public_id)
    what = May.ACCEPT_ALERT if may(request.user, May.ACCEPT_ALERT, alert.stay) else May.ACKNOWLEDGE_ALERT
    require(request.user, what, alert.stay)
    form = OfferForm(sent(request), ward=alert.stay.ward, by=request.user, what=what)

    def offered() -> object:
        return offers.offer(alert, by=request.user, **form.cleaned_data)

    return step(
        request, alert, form, offered, template="common/offer_alert.html", done=_("Offered: %(patient)s, bed %(bed)s.")
    )


def step(
    request: SignedInRequest,
    alert: Alert,
    form: forms.Form,
    act: Callable[[], object],
    *,
    template: str,
    done: str,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Take the step and go back; or show its page, with the alert as it is now.

    `done` names the %(patient)s and the %(bed)s, and may name what is in `more`.
    """
    if request.method == "POST" and saved(form, act) is not None:
        said = {"patient": alert.stay.patient.display_name, "bed": alert.stay.bed, **(more or {})}
        messages.success(request, done % said)
        return back(request, alert)
    if request.method == "POST":
        alert = alert_or_404(request.user, alert.public_id)
    visit = visit_of(request)
    [card] = cards([alert], staff=visit.staff, now=visit.at)
    came_from = request.POST.get("back", request.GET.get("back", ""))
    context = {
        "now": visit.at,
        "card": card,
        "surgery": card.surgery,
        "alert": alert,
        "stay": alert.stay,
        "ward": alert.stay.ward,
        "form": form,
        "problems": problems(form),
        "back": came_from if came_from in LISTS else "alert",
        **(more or {}),
    }
    return render(request, template, context, status=status_of(form))
