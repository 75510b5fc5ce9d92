"""What people do to an alert, from the ward's list or the surgeon's inbox alike: acknowledge, and close."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.alerts import actions
from monitoring.alerts.models import Alert
from monitoring.desks.common.alert_forms import CloseForm, RevisionForm
from monitoring.desks.common.alert_queries import alert_or_404, cards
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import saved, sent, status_of
from monitoring.due.clock import now
from wards.access import May, require

LISTS = frozenset({"alerts", "inbox"})


def back(request: SignedInRequest) -> HttpResponse:
    """To the list that the person came from."""
    came_from = request.POST.get("back", "")
    return redirect(came_from if came_from in LISTS else "alerts")


@require_POST
@login_required
def acknowledge(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who was too late, or looked at a stale page, is told who did what meanwhile."""
    alert = alert_or_404(request.user, public_id)
    form = RevisionForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError("This page is incomplete. Reload it, then acknowledge.")
        actions.acknowledge(alert, by=request.user, revision=form.cleaned_data["revision"])
    except ValidationError as refused:
        messages.error(request, f"Not acknowledged. {' '.join(refused.messages)}")
    else:
        messages.success(request, f"You are on it: {alert.stay.patient.display_name}, bed {alert.stay.bed}.")
    return back(request)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A page of its own: what is decided here quiets the alert for good."""
    alert = alert_or_404(request.user, public_id)
    require(request.user, closing_right(alert), alert.stay.ward)
    form = CloseForm(sent(request), initial={"revision": alert.revision})

    def closed() -> Alert:
        return actions.close(alert, by=request.user, **form.cleaned_data)

    if request.method == "POST" and saved(form, closed) is not None:
        messages.success(request, f"Closed: {alert.stay.patient.display_name}.")
        return back(request)
    [card] = cards([alert], staff=request.user, now=now())
    came_from = request.POST.get("back", request.GET.get("back", "alerts"))
    context = {"card": card, "alert": alert, "ward": alert.stay.ward, "form": form, "back": came_from}
    return render(request, "common/close_alert.html", context, status=status_of(form))


def closing_right(alert: Alert) -> May:
    return May.CLOSE_CRITICAL_ALERT if alert.level == "critical" else May.CLOSE_ALERT_BELOW_CRITICAL
