"""The surgeon was told by phone: who, when, and whether they read it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.alerts.models import Alert, SpokenReport
from monitoring.alerts.reports import record_report
from monitoring.desks.common.alert_queries import alert_or_404, cards
from monitoring.desks.common.numbers import whom_to_call
from monitoring.desks.common.report_form import ReportForm, report_context
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.desks.common.visit import visit_of
from wards.access import May, require
from wards.rota_queries import on_duty_by_post


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def report(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """From the alert's page or the result of a check; back to where one came from. Stored once, however often sent."""
    alert = alert_or_404(request.user, public_id)
    stay = alert.stay
    require(request.user, May.RECORD_MILESTONE, stay)
    visit = visit_of(request)
    at = visit.at
    calls = whom_to_call(stay, on_duty_by_post(stay.ward_id, at))
    form = ReportForm(sent(request), names=calls.names, ward=stay.ward, initial={"at_date": today(stay.ward)})

    def recorded() -> SpokenReport:
        told, read_back, note = form.who, form.was_read_back, form.cleaned_data["note"]
        return record_report(
            alert, by=request.user, told=told, at=form.at, read_back=read_back, note=note, key=form.key
        )

    if request.method == "POST" and (made := saved(form, recorded)) is not None:
        messages.success(request, _("Written down: you told %(who)s.") % {"who": made.told})
        return _back(request, alert)
    [card] = cards([alert], staff=visit.staff, now=at)
    context = {
        "now": at,
        "card": card,
        "surgery": card.surgery,
        "alert": alert,
        "stay": stay,
        "ward": stay.ward,
        "numbers": calls,
        "check": _check(request),
        "problems": problems(form),
        **report_context(form, stay.ward),
    }
    return render(request, "common/alert_report.html", context, status=status_of(form))


def _check(request: SignedInRequest) -> UUID | None:
    """The check on whose result page one was; None for any other page."""
    try:
        return UUID(request.POST.get("check", request.GET.get("check", "")))
    except ValueError:
        return None


def _back(request: SignedInRequest, alert: Alert) -> HttpResponse:
    check = _check(request)
    return redirect("alert", alert.public_id) if check is None else redirect("check-result", check)
