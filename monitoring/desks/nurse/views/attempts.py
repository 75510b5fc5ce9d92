"""A check that could not be done: why, and when it is tried again; and such an entry taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.alerts.latch import TOO_MANY_ATTEMPTS
from monitoring.checks.actions import record_attempt, retract_attempt
from monitoring.checks.attempt_form import AttemptForm
from monitoring.checks.models import Attempt
from monitoring.checks.queries import attempts_since, last_look_at
from monitoring.desks.common.history import entry_words
from monitoring.desks.common.options import question
from monitoring.desks.common.presentation import clock_words
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.retracting import retract_page
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.due.clock import now
from wards.access import May, current_stay_or_404, entry_or_404, require, stay_or_404
from wards.models import Stay
from wards.times import zone_of


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The form; and the attempt stored once, however often it is sent."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_CHECK, stay)
    form = AttemptForm(sent(request), ward=stay.ward, initial={"tried_date": today(stay.ward)})
    if request.method == "POST":
        attempt = saved(
            form,
            lambda: record_attempt(
                stay,
                by=request.user,
                at=form.at,
                reason=form.cleaned_data["reason"],
                next_try=form.next_try,
                note=form.cleaned_data["note"],
                key=form.key,
            ),
        )
        if attempt is not None:
            say_saved(request, stay, attempt)
            return redirect("stay", stay.public_id)
    return form_page(request, stay, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Takes an attempt back, with a reason; it stays visible."""
    attempt = entry_or_404(request.user, Attempt, public_id)
    stay = current_stay_or_404(request.user, attempt.episode_id)
    require(request.user, May.RECORD_CHECK, stay)
    return retract_page(
        request,
        stay,
        attempt,
        words=entry_words(attempt),
        act=lambda reason: retract_attempt(attempt, by=request.user, reason=reason),
    )


def say_saved(request: SignedInRequest, stay: Stay, attempt: Attempt) -> None:
    """What was stored, when the next try is, and whether the charge nurse is told."""
    at = now()
    time = clock_words(attempt.next_try_at, now=at, zone=zone_of(stay.ward))
    said = {"why": attempt.get_reason_display(), "time": time}
    messages.success(request, _("Saved: the check could not be done (%(why)s). Next try: %(time)s.") % said)
    if len(in_a_row(stay)) >= TOO_MANY_ATTEMPTS:
        messages.warning(request, _("This was not the first time in a row: the charge nurse is called."))


def in_a_row(stay: Stay) -> list[Attempt]:
    """The attempts since somebody last looked."""
    at = now()
    return attempts_since(last_look_at(stay.episode_id, at), stay, at)


def form_page(request: SignedInRequest, stay: Stay, form: AttemptForm) -> HttpResponse:
    """The form, with the attempts that were made before it."""
    context = {
        "stay": stay,
        "now": now(),
        "form": form,
        "why": question(form["reason"], str(form.fields["reason"].label)),
        "next": question(form["next"], str(form.fields["next"].label)),
        "tried": question(form["tried"], str(form.when_label)),
        "fold": form["tried_fold"] if form.asks_which_hour else None,
        "attempts": in_a_row(stay),
        "problems": problems(form),
    }
    return render(request, "nurse/attempt.html", context, status=status_of(form))
