"""What people do to an alert in one tap, from its page, the ward's list, the inbox or a message alike."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert, HandOver
from monitoring.desks.common.alert_forms import RevisionForm
from monitoring.desks.common.alert_queries import alert_or_404
from monitoring.desks.common.requests import SignedInRequest

LISTS = frozenset({"alerts", "inbox"})


def back(request: SignedInRequest, alert: Alert) -> HttpResponse:
    """To the page that the person came from: a list, or the alert's own."""
    came_from = request.POST.get("back", "")
    return redirect("alert", alert.public_id) if came_from == "alert" else redirect(list_of(came_from))


def list_of(came_from: str) -> str:
    return came_from if came_from in LISTS else "alerts"


def take(request: SignedInRequest, alert: Alert, action: Callable[[int], object], *, done: str, refused: str) -> None:
    """One step with the revision that the page showed. Who was too late, or saw a stale page, is told what happened.

    `done` names the %(patient)s and the %(bed)s, `refused` says %(why)s.
    """
    form = RevisionForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("This page is incomplete. Reload it, then try again."))
        action(form.cleaned_data["revision"])
    except ValidationError as error:
        messages.error(request, refused % {"why": " ".join(error.messages)})
    else:
        messages.success(request, done % {"patient": alert.stay.patient.display_name, "bed": alert.stay.bed})


@require_POST
@login_required
def acknowledge(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    alert = alert_or_404(request.user, public_id)

    def acknowledged(revision: int) -> object:
        return steps.acknowledge(alert, by=request.user, revision=revision)

    done, refused = _("You are on it: %(patient)s, bed %(bed)s."), _("Not acknowledged. %(why)s")
    take(request, alert, acknowledged, done=done, refused=refused)
    return back(request, alert)


@require_POST
@login_required
def accept(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A surgeon has it: the surgical rungs go quiet, and those who were called are told."""
    alert = alert_or_404(request.user, public_id)

    def accepted(revision: int) -> object:
        return steps.accept(alert, by=request.user, revision=revision)

    done, refused = _("You have it: %(patient)s, bed %(bed)s."), _("Not accepted. %(why)s")
    take(request, alert, accepted, done=done, refused=refused)
    return back(request, alert)


@require_POST
@login_required
def confirm_pause(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A second person: the correction is right, and surgical paging stays quiet (protocol §10)."""
    alert = alert_or_404(request.user, public_id)

    def confirmed(revision: int) -> object:
        return steps.confirm_pause(alert, by=request.user, revision=revision)

    done, refused = _("Confirmed: %(patient)s, bed %(bed)s."), _("Not confirmed. %(why)s")
    take(request, alert, confirmed, done=done, refused=refused)
    return back(request, alert)


ANSWERS = {
    "accept": (offers.accept_offer, lazy("You have it."), lazy("Not taken over. %(why)s")),
    "decline": (offers.decline_offer, lazy("Declined: it stays as it was."), lazy("Not declined. %(why)s")),
    "withdraw": (offers.decline_offer, lazy("The offer is withdrawn."), lazy("Not withdrawn. %(why)s")),
}


@require_POST
@login_required
def answer_offer(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The colleague takes the alert over or declines; who offered it may withdraw."""
    offered = HandOver.objects.filter(public_id=public_id).select_related("alert").first()
    if offered is None:
        raise Http404("No such offer.")
    alert = alert_or_404(request.user, offered.alert.public_id)
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        messages.error(request, _("This page is incomplete. Reload it, then answer."))
        return back(request, alert)
    act, done, refused = ANSWERS[answer]
    try:
        act(offered, by=request.user)
    except ValidationError as error:
        messages.error(request, refused % {"why": " ".join(error.messages)})
    else:
        messages.success(request, done)
    return back(request, alert)
