"""Who is there: a week of a ward's rota, and each change to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitoring.audit.openings import listed
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED, problems, saved, sent, status_of
from monitoring.desks.nurse.queries import duty_or_404, rota_week
from monitoring.desks.nurse.rota_forms import DutyForm, HandOverForm, ImportForm, WhoForm, wall
from monitoring.desks.nurse.rota_week import monday_of
from monitoring.due.clock import now
from monitoring.escalation.faults import faults_of
from wards import rota as actions
from wards.access import May, may, require, ward_or_404, wards_where
from wards.models import Duty, Post, Ward
from wards.times import said, zone_of

FURTHEST = timedelta(days=750)  # a week further away is a wrong date


@require_safe
@login_required
@never_cache
def rota(request: SignedInRequest) -> HttpResponse:
    """Straight to the rota of one's only ward."""
    wards = list(wards_where(request.user, May.VIEW_ROTA).distinct())
    if len(wards) == 1:
        return redirect("rota-ward", wards[0].code)
    return render(request, "nurse/rota_wards.html", {"wards": wards})


@require_safe
@login_required
@never_cache
def week(request: SignedInRequest, code: str) -> HttpResponse:
    """`?week=` is any day of the week to show. An htmx request gets what changes alone."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_ROTA, ward)
    at = now()
    today = at.astimezone(zone_of(ward)).date()
    context = {
        "ward": ward,
        "now": at,
        "week": rota_week(ward, monday_of(day_of(request.GET.get("week", ""), today)), at),
        "faults": faults_of(ward, at),
        "may_edit": may(request.user, May.EDIT_ROTA, ward),
        "may_edit_numbers": may(request.user, May.EDIT_WARD_CONTACTS, ward),
    }
    if request.htmx:
        return render(request, "nurse/_rota_week.html", context)
    listed("rota.opened", by=request.user, about=ward, ward_id=ward.pk)  # whom to ask about: all who lie there
    return render(request, "nurse/rota.html", context | {"form": WhoForm(ward=ward, now=at)})


def day_of(words: str, today: date) -> date:
    """The day that an address names; today for one that is none, or too far away to be meant."""
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST else today


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, code: str) -> HttpResponse:
    """A line more. `?post=`, `?from=` and `?until=` fill it in: every gap of the week links here."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.EDIT_ROTA, ward)
    initial = {
        "post": request.GET.get("post", ""),
        "starts_at": asked_for(request, "from", ward),
        "ends_at": asked_for(request, "until", ward),
    }
    form = DutyForm(sent(request), ward=ward, initial=initial)
    if request.method == "POST":
        duty = saved(
            form,
            lambda: actions.add_duty(
                by=request.user,
                ward=ward,
                post=form.cleaned_data["post"],
                staff=form.cleaned_data["staff"],
                starts_at=form.cleaned_data["starts_at"],
                ends_at=form.cleaned_data["ends_at"],
            ),
        )
        if duty is not None:
            messages.success(request, _("On the rota: %(duty)s.") % {"duty": duty_words(duty)})
            return back_to_week(duty)
    context = {"ward": ward, "form": form, "problems": problems(form)}
    return render(request, "nurse/duty_form.html", context, status=status_of(form))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def hand_over(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The rest of a shift for a colleague. The page also has the button that cancels the line."""
    duty = duty_or_404(request.user, public_id)
    require(request.user, May.EDIT_ROTA, duty.ward)
    at = now()
    form = HandOverForm(sent(request), duty=duty, now=at)
    if request.method == "POST":
        part = saved(
            form,
            lambda: actions.hand_over_duty(
                duty, by=request.user, to=form.cleaned_data["to"], at=form.cleaned_data["at"]
            ),
        )
        if part is not None:
            messages.success(request, _("Handed over: %(duty)s.") % {"duty": duty_words(part)})
            return back_to_week(part)
    context = {
        "ward": duty.ward,
        "duty": duty,
        "form": form,
        "is_over": duty.ends_at <= at,
        "is_running": duty.starts_at <= at < duty.ends_at,
        "problems": problems(form),
    }
    return render(request, "nurse/hand_over.html", context, status=status_of(form))


@login_required
@never_cache
@require_POST
def cancel(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    duty = duty_or_404(request.user, public_id)
    require(request.user, May.EDIT_ROTA, duty.ward)
    try:
        actions.cancel_duty(duty, by=request.user)
    except ValidationError as refusal:
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": " ".join(refusal.messages)})
        return redirect("rota-hand-over", duty.public_id)
    messages.success(request, _("Off the rota: %(duty)s.") % {"duty": duty_words(duty)})
    return back_to_week(duty)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def import_calendar(request: SignedInRequest, code: str) -> HttpResponse:
    """A calendar file: all of it, or with any problem in it, nothing."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.EDIT_ROTA, ward)
    form = ImportForm(sent(request), request.FILES or None)
    refused: Sequence[str] = ()
    if request.method == "POST":
        result = saved(
            form,
            lambda: actions.import_calendar(
                by=request.user,
                ward=ward,
                post=form.cleaned_data["post"],
                text=form.cleaned_data["calendar"],
                until=None,
            ),
        )
        if result is not None and not result.problems:
            words = _("Calendar read: %(added)d added, %(unchanged)d unchanged, %(cancelled)d cancelled.")
            read = {"added": result.added, "unchanged": result.unchanged, "cancelled": result.cancelled}
            messages.success(request, words % read)
            return redirect("rota-ward", ward.code)
        refused = () if result is None else result.problems
    context = {"ward": ward, "form": form, "problems": problems(form), "refused": refused}
    return render(request, "nurse/rota_import.html", context, status=REFUSED if refused else status_of(form))


def asked_for(request: SignedInRequest, name: str, ward: Ward) -> datetime | None:
    """An instant out of the address, on the ward's clock; None where there is none."""
    try:
        at = parse_datetime(request.GET.get(name, ""))
    except ValueError:
        return None
    return None if at is None or at.tzinfo is None else wall(at, ward)


def duty_words(duty: Duty) -> str:
    """ "Alice Ames, nurse on shift, from 07:00 on 07-Mar-2026 until 15:30 on 07-Mar-2026"."""
    return _("%(who)s, %(post)s, from %(since)s until %(until)s") % {
        "who": duty.staff,
        "post": Post(duty.post).label,
        "since": said(duty.starts_at, duty.ward),
        "until": said(duty.ends_at, duty.ward),
    }


def back_to_week(duty: Duty) -> HttpResponse:
    """The week in which the duty begins."""
    day = duty.starts_at.astimezone(zone_of(duty.ward)).date()
    return redirect(f"{reverse('rota-ward', args=[duty.ward.code])}?week={day.isoformat()}")
