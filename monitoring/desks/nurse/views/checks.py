"""Strength checks: record one, see what it means, correct it, take it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from monitoring.checks.actions import correct_check, record_check, retract_check
from monitoring.checks.forms import CheckForm, CorrectCheckForm, RetractForm
from monitoring.checks.models import Check, column
from monitoring.checks.queries import check_history
from monitoring.desks.common.history import lems_of
from monitoring.desks.common.options import question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.desks.common.state import current_stay_or_404, shown
from monitoring.desks.nurse.muscle_grid import muscle_words, previous_grades, rows
from monitoring.due.clock import now
from monitoring.protocol import MUSCLES
from wards.access import May, entry_or_404, require, stay_or_404
from wards.models import ClinicalEntry, Staff, Stay
from wards.times import zone_of

FLAG_QUESTIONS = {
    "saddle_anaesthesia": "Saddle numbness?",
    "bladder_bowel": "New bladder or bowel trouble?",
}
WORDS = FLAG_QUESTIONS | {column(muscle): muscle_words(muscle) for muscle in MUSCLES}  # as the page calls its fields


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The form, empty; and the check stored once, however often it is sent."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_CHECK, stay.ward)
    form = CheckForm(sent(request), ward=stay.ward, by=request.user, initial={"examined_date": today(stay.ward)})
    if request.method == "POST":
        check = saved(
            form,
            lambda: record_check(stay, by=request.user, at=form.at, findings=form.findings(), key=form.key),
        )
        if check is not None:
            return redirect("check-result", check.public_id)
    return _form_page(request, stay, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The form filled in with what was recorded, and why it is changed."""
    check = entry_or_404(request.user, Check, public_id)
    stay = current_stay_or_404(request.user, check.episode_id)
    require(request.user, May.RECORD_CHECK, stay.ward)
    form = CorrectCheckForm(sent(request), check=check, ward=stay.ward, by=request.user)
    if request.method == "POST":
        corrected = saved(
            form,
            lambda: correct_check(
                check,
                by=request.user,
                at=form.at,
                findings=form.findings(),
                reason=form.cleaned_data["reason"],
                key=form.key,
            ),
        )
        if corrected is not None:
            return redirect("check-result", corrected.public_id)
    return _form_page(request, stay, form, correcting=check)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Takes a check back, with a reason; it stays visible."""
    check = entry_or_404(request.user, Check, public_id)
    stay = current_stay_or_404(request.user, check.episode_id)
    require(request.user, May.RECORD_CHECK, stay.ward)
    form = RetractForm(sent(request))
    if (
        request.method == "POST"
        and saved(form, lambda: retract_check(check, by=request.user, reason=form.cleaned_data["reason"])) is not None
    ):
        messages.success(request, "The check is retracted. It stays visible, struck through.")
        return redirect("stay", stay.public_id)
    context = {
        "stay": stay,
        "form": form,
        "entry": check,
        "words": f"strength check, LEMS {lems_of(check)}",
        "problems": problems(form),
    }
    return render(request, "nurse/retract.html", context, status=status_of(form))


@login_required
@never_cache
@require_GET
def result(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What a check means, as soon as it has been assessed; the same page's inside alone for htmx."""
    check = entry_or_404(request.user, Check, public_id)
    stay = current_stay_or_404(request.user, check.episode_id)
    require(request.user, May.VIEW_STAY, stay.ward)
    context = {
        "stay": stay,
        "check": check,
        "now": (at := now()),
        "state": shown(stay, at),
        "draft": draft_of(request.user, stay, check.supersedes),
    }
    return render(request, "nurse/_result.html" if request.htmx else "nurse/check_result.html", context)


def draft_of(staff: Staff, stay: Stay, correcting: ClinicalEntry | None) -> str:
    """Where the browser keeps what is being typed: one place a person and stay, or entry that is corrected."""
    return f"{staff.pk}:{correcting.public_id if correcting else stay.public_id}"


def _form_page(request: SignedInRequest, stay: Stay, form: CheckForm, correcting: Check | None = None) -> HttpResponse:
    """The check form. A correction is compared with the checks before it, a new check with the last ones."""
    at, zone = now(), zone_of(stay.ward)
    before = [
        row.entry
        for row in check_history(stay)
        if isinstance(row.entry, Check) and row.struck is None
        if correcting is None or row.entry.examined_at < correcting.examined_at
    ]
    context = {
        "stay": stay,
        "now": at,
        "form": form,
        "correcting": correcting,
        "rows": rows(form),
        "questions": [question(form[flag], words) for flag, words in FLAG_QUESTIONS.items()],
        "examined": question(form["examined"], "Examined at"),
        "fold": form["examined_fold"] if form.asks_which_hour else None,
        "pain": question(form["pain"], "Pain"),
        "previous": previous_grades(before, now=at, zone=zone),
        "draft": draft_of(request.user, stay, correcting),
        "problems": problems(form, WORDS),
    }
    return render(request, "nurse/check_form.html", context, status=status_of(form))
