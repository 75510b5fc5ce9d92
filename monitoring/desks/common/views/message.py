"""The link in an e-mail or a text message: the alert's minimum, and one tap to take it.

A mere GET takes nothing: mail scanners follow links. Who follows one is asked to sign in; each link answers once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.desks.common.alert_forms import RevisionForm
from monitoring.desks.common.alert_queries import alert_within_reach, cards
from monitoring.desks.common.requests import SignedInRequest
from monitoring.due.clock import now
from monitoring.escalation import contacts
from monitoring.escalation.links import delivery_of
from monitoring.escalation.models import Delivery
from wards.models import Staff

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a link takes one no further. It says nothing of a patient."""

    title: StrPromise
    words: StrPromise
    status: int


NOT_A_LINK = Refusal(
    lazy("This link does not work"),
    lazy("It is older than a week, or was cut off or changed on its way. Nothing was stored."),
    404,
)
NOT_YOURS = Refusal(
    lazy("This link was sent to somebody else"),
    lazy(
        "A message can be answered only by the person it was sent to. Nothing was stored. Open your own alerts instead."
    ),
    403,
)
OUT_OF_REACH = Refusal(
    lazy("This alert is no longer on your wards"),
    lazy("The patient has moved to a ward that is not yours, or your role there has changed. Nothing was stored."),
    403,
)
USED = lazy("This link has been used already. What it did stands on the alert’s page.")
TAKING: dict[str, tuple[Callable[..., Alert], StrPromise]] = {
    "accept": (steps.accept, lazy("You have it.")),
    "acknowledge": (steps.acknowledge, lazy("You are on it.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def message(request: SignedInRequest, token: str) -> HttpResponse:
    """Following the link marks the message as read, if it was sent to whoever is signed in."""
    delivery = delivery_of(token)
    if delivery is None:
        return refused(request, NOT_A_LINK)
    if delivery.person_id not in {None, request.user.pk}:
        return refused(request, NOT_YOURS)
    if delivery.purpose == Delivery.Purpose.NOTICE:
        return noticed(request, delivery)
    if delivery.alert is None:
        return tested(request, delivery)
    alert = alert_within_reach(request.user, delivery.alert.public_id)
    if alert is None:
        return refused(request, OUT_OF_REACH)
    if request.method == "GET":
        contacts.mark_read(delivery, by=request.user)
    if request.method == "POST":
        return answered(request, delivery, alert)
    return shown(request, delivery, alert)


def refused(request: SignedInRequest, why: Refusal) -> HttpResponse:
    return render(request, "common/message_refused.html", {"why": why}, status=why.status)


def noticed(request: SignedInRequest, delivery: Delivery) -> HttpResponse:
    """News about no alert: on to the page that it is about."""
    if request.method == "GET":
        contacts.mark_read(delivery, by=request.user)
    return redirect("break-glass")


def tested(request: SignedInRequest, delivery: Delivery) -> HttpResponse:
    """A test has arrived. A ward's own is a test for whoever keeps the ward's contacts."""
    if request.method == "GET":
        contacts.mark_read(delivery, by=request.user)
    return render(request, "common/message_test.html", {"delivery": delivery})


def shown(request: SignedInRequest, delivery: Delivery, alert: Alert) -> HttpResponse:
    at = now()
    [card] = cards([alert], staff=request.user, now=at)
    context = {
        "now": at,
        "card": card,
        "alert": alert,
        "stay": alert.stay,
        "ward": alert.stay.ward,
        "is_used": delivery.answered_at is not None,
    }
    return render(request, "common/message.html", context)


def answered(request: SignedInRequest, delivery: Delivery, alert: Alert) -> HttpResponse:
    """Take the alert, and use the link up: both or neither."""
    step, form = request.POST.get("step", ""), RevisionForm(request.POST)
    try:
        if step not in TAKING or not form.is_valid():
            raise ValidationError(_("This page is incomplete. Reload it, then try again."))
        take(step, delivery, alert, by=request.user, revision=form.cleaned_data["revision"])
    except ValidationError as error:
        messages.error(request, _("Nothing was stored. %(why)s") % {"why": " ".join(error.messages)})
        return redirect(request.path)
    messages.success(request, TAKING[step][1])
    return redirect("alert", alert.public_id)


@transaction.atomic
def take(step: str, delivery: Delivery, alert: Alert, *, by: Staff, revision: int) -> None:
    """The alert's rows are locked before the delivery's, as everywhere. Raises ValidationError for a used link."""
    if delivery.answered_at is not None:
        raise ValidationError(USED)
    act, _done = TAKING[step]
    act(alert, by=by, revision=revision)
    if not contacts.answer(delivery, by=by):
        raise ValidationError(USED)
