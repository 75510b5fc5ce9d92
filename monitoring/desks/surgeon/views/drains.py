"""Drains: all of a patient's on one page with a quick form for each; placed, removed, corrected, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.checks.forms import RetractForm
from monitoring.desks.common.drain_shown import DrainShown, shown_drains, taken_back
from monitoring.desks.common.drain_words import Clock, drain_name, named_line_words, rule_words
from monitoring.desks.common.options import Question, question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.desks.common.visit import visit_of
from monitoring.pathway.actions.drains import correct_drain, record_drain, retract_drain
from monitoring.pathway.drain_forms import CORRECTIONS, DrainForm, PlacingForm, ReadingForm, RemovalForm
from monitoring.pathway.models import DrainEntry
from monitoring.pathway.queries import drain_lines, removal_rule
from wards.access import May, current_stay_or_404, entry_or_404, may, require, stay_or_404
from wards.models import Stay
from wards.times import zone_of


@dataclass(frozen=True, slots=True)
class Quick:
    """A form for a reading of one drain: several stand on one page."""

    drain: UUID
    form: ReadingForm

    @property
    def happened(self) -> Question:
        return question(self.form["happened"], self.form.when_label)

    @property
    def fold(self) -> forms.BoundField | None:
        return self.form["happened_fold"] if self.form.asks_which_hour else None


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def drains(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Every drain of the episode. What is sent is a reading of the one that it names."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.VIEW_STAY, stay)
    if request.method != "POST":
        return drains_page(request, stay)
    require(request.user, May.RECORD_DRAIN, stay)
    placed = placing_or_404(stay, request.POST.get("drain", ""))
    quick = quick_form(stay, placed.drain, today(stay.ward), request.POST)
    entry = saved(
        quick.form,
        lambda: record_drain(
            stay, by=request.user, at=quick.form.at, facts=quick.form.facts(placed.drain), key=quick.form.key
        ),
    )
    return drains_page(request, stay, quick) if entry is None else done(request, stay, entry, placed.label)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def place(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A drain is there from now on. Its form's key names it: sent twice, it is one drain."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_DRAIN, stay)
    form = PlacingForm(sent(request), ward=stay.ward, initial={"happened_date": today(stay.ward)})
    if request.method == "POST":
        entry = saved(
            form,
            lambda: record_drain(stay, by=request.user, at=form.at, facts=form.facts(form.key), key=form.key),
        )
        if entry is not None:
            return done(request, stay, entry, entry.label)
    return form_page(request, stay, form, title=_("Place a drain"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def remove(request: SignedInRequest, public_id: UUID, drain: UUID) -> HttpResponse:
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_DRAIN, stay)
    placed = placing_or_404(stay, str(drain))
    form = RemovalForm(sent(request), ward=stay.ward, initial={"happened_date": today(stay.ward)})
    if request.method == "POST":
        entry = saved(
            form,
            lambda: record_drain(stay, by=request.user, at=form.at, facts=form.facts(drain), key=form.key),
        )
        if entry is not None:
            return done(request, stay, entry, placed.label)
    title = _("%(drain)s is removed") % {"drain": drain_name(placed.label)}
    return form_page(request, stay, form, title=title)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Nothing that is assessed rests on a drain, so a correction has nothing to show before it is saved."""
    entry = entry_or_404(request.user, DrainEntry, public_id)
    stay = current_stay_or_404(request.user, entry.episode_id)
    require(request.user, May.RECORD_DRAIN, stay)
    form = CORRECTIONS[entry.stage](sent(request), entry=entry, ward=stay.ward)
    label = placing_or_404(stay, str(entry.drain)).label
    if request.method == "POST":
        corrected = saved(
            form,
            lambda: correct_drain(
                entry,
                by=request.user,
                at=form.at,
                facts=form.facts(entry.drain),
                reason=form.cleaned_data["reason"],
                key=form.key,
            ),
        )
        if corrected is not None:
            messages.success(request, _("Corrected: %(what)s.") % {"what": named_line_words(corrected, label)})
            return redirect("drains", stay.public_id)
    title = _("Correct: %(what)s") % {"what": named_line_words(entry, label)}
    return form_page(request, stay, form, title=title, entry=entry)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    entry = entry_or_404(request.user, DrainEntry, public_id)
    stay = current_stay_or_404(request.user, entry.episode_id)
    require(request.user, May.RECORD_DRAIN, stay)
    form = RetractForm(sent(request))
    if request.method == "POST":
        gone = saved(form, lambda: retract_drain(entry, by=request.user, reason=form.cleaned_data["reason"]))
        if gone is not None:
            messages.success(request, _("The entry is retracted. It stays visible, struck through."))
            return redirect("drains", stay.public_id)
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "entry": entry,
        "is_own": entry.recorded_by_id == request.user.pk,
        "words": named_line_words(entry, placing_or_404(stay, str(entry.drain)).label),
        "problems": problems(form),
    }
    return render(request, "surgeon/drain_retract.html", context, status=status_of(form))


def placing_or_404(stay: Stay, drain: str) -> DrainEntry:
    """The line with which a drain of the stay's episode began, standing or not: it has the name.

    Raises Http404 where there is none.
    """
    try:
        name = UUID(drain)
    except ValueError:
        raise Http404("No such drain.") from None
    lines = DrainEntry.objects.filter(episode=stay.episode_id, drain=name, stage=DrainEntry.Stage.PLACED)
    placed = lines.order_by("pk").last()
    if placed is None:
        raise Http404("No such drain.")
    return placed


def quick_form(stay: Stay, drain: UUID, day: date, data: QueryDict | None = None) -> Quick:
    """The form of one drain: its fields are named after it, so that several can stand on one page."""
    prefix, initial = f"drain-{drain.hex[:12]}", {"happened_date": day}
    return Quick(drain, ReadingForm(data, ward=stay.ward, prefix=prefix, initial=initial))


def done(request: SignedInRequest, stay: Stay, entry: DrainEntry, label: str) -> HttpResponse:
    messages.success(request, _("Saved: %(what)s.") % {"what": named_line_words(entry, label)})
    return redirect("drains", stay.public_id)


def drains_page(request: SignedInRequest, stay: Stay, refused: Quick | None = None) -> HttpResponse:
    """All drains; of one of them perhaps a form that was refused, with everything kept."""
    visit, rule = visit_of(request), removal_rule(stay.ward)
    entries = drain_lines(stay.episode_id)
    clock = Clock(visit.at, zone_of(stay.ward))
    shown = shown_drains(entries, rule, clock)
    may_record = may(request.user, May.RECORD_DRAIN, stay)
    context = {
        "stay": stay,
        "now": visit.at,
        "rule": rule_words(rule),
        "cards": [(one, card_form(stay, one, clock.today, refused) if may_record else None) for one in shown],
        "lost": refused if refused is not None and refused.drain not in {one.drain.id for one in shown} else None,
        "gone": taken_back(entries),
        "may_record": may_record,
        "form": refused and refused.form,
        "problems": problems(refused.form, {"volume_ml": _("volume")}) if refused else [],
    }
    return render(request, "surgeon/drains.html", context, status=status_of(refused.form) if refused else 200)


def card_form(stay: Stay, shown: DrainShown, day: date, refused: Quick | None) -> Quick:
    if refused is not None and refused.drain == shown.drain.id:
        return refused
    return quick_form(stay, shown.drain.id, day)


def form_page(
    request: SignedInRequest, stay: Stay, form: DrainForm, *, title: str, entry: DrainEntry | None = None
) -> HttpResponse:
    """The form of one line. `entry`: the line that it corrects."""
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "title": title,
        "entry": entry,
        "asked": [form[name] for name in ("label", "suction", "volume_ml") if name in form.fields],
        "happened": question(form["happened"], form.when_label),
        "fold": form["happened_fold"] if form.asks_which_hour else None,
        "problems": problems(form, {"volume_ml": _("volume")}),
    }
    return render(request, "surgeon/drain_form.html", context, status=status_of(form))
