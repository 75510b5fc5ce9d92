"""Whom an alert calls, and after how long: a ward's ladders, and a new version of one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import Problem, problems, saved, sent, status_of
from monitoring.desks.nurse.ladder_forms import PLACES, LadderForm
from monitoring.desks.nurse.ladders import BEGINS_WORDS, KEY_WORDS, group_names, ladders_shown, versions_of
from monitoring.escalation.actions import save_ladder
from monitoring.escalation.ladder import DEFAULTS, Key, ladder_from_json
from wards.access import May, may, require, ward_or_404


@require_safe
@login_required
@never_cache
def ladders(request: SignedInRequest, code: str) -> HttpResponse:
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_ROTA, ward)
    context = {
        "ward": ward,
        "ladders": ladders_shown(ward),
        "may_edit": may(request.user, May.EDIT_LADDER, ward),
        "may_edit_numbers": may(request.user, May.EDIT_WARD_CONTACTS, ward),
    }
    return render(request, "nurse/ladders.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, code: str, name: str) -> HttpResponse:
    """`?default` fills the form in with the local default instead of what is in force."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.EDIT_LADDER, ward)
    if name not in set(Key):
        raise Http404("No such ladder.")
    key = Key(name)
    versions = versions_of(ward, [key])
    in_force = ladder_from_json(versions[0].rungs) if versions and "default" not in request.GET else DEFAULTS[key]
    seen = versions[0].number if versions else 0
    form = LadderForm(sent(request), ladder=in_force, seen=seen, groups=group_names(ward))
    if request.method == "POST":
        version = saved(
            form,
            lambda: save_ladder(
                ward,
                key,
                by=request.user,
                rungs=form.rungs(),
                reason=form.cleaned_data["reason"],
                after=form.cleaned_data["seen"],
            ),
        )
        if version is not None:
            words = _("%(ladder)s: version %(number)d is in force for alerts that open from now on.")
            messages.success(request, words % {"ladder": KEY_WORDS[key], "number": version.number})
            return redirect("ladders", ward.code)
    context = {
        "ward": ward,
        "key": key,
        "words": KEY_WORDS[key],
        "begins": BEGINS_WORDS[key],
        "form": form,
        "version": versions[0] if versions else None,
        "problems": ladder_problems(form),
    }
    return render(request, "nurse/ladder_form.html", context, status=status_of(form))


def ladder_problems(form: LadderForm) -> list[Problem]:
    """What is wrong with the rungs, by their places on the page, and with the rest."""
    if not form.is_bound:
        return []
    found = [
        problem
        for number, row in enumerate(form.rows, start=1)
        for problem in problems(row, {name: words % {"number": number} for name, words in PLACES.items()})
    ]
    return found + problems(form)
