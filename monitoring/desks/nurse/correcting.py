"""A correction in two steps: the form, then what it changes, and only what was shown is saved.

Nothing is kept between the steps but what the page carries: it works without script, and survives a lost session.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from monitoring.alerts.rehearsal import rehearse
from monitoring.desks.common.effect import Effect, effect_of
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import saved
from monitoring.desks.nurse.differences import differences
from monitoring.due.clock import now
from wards.models import ClinicalEntry, Stay

EntryT = TypeVar("EntryT", bound=ClinicalEntry)
EDIT = "edit"  # back to the form, with everything kept
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "shown", "step"})


def correct_page(
    request: SignedInRequest,
    stay: Stay,
    entry: EntryT,
    form: forms.Form,
    *,
    act: Callable[[], EntryT],
    form_page: Callable[[], HttpResponse],
    done: Callable[[EntryT], HttpResponse],
) -> HttpResponse:
    """The answer to a correction's form: the form, what it would change, or `done` with what was stored by `act`.

    Where the entry no longer stands there is nothing to show: `act` gives the answer of the first time, or says why
    not. Where the patient's assessment fails nothing can be shown, and the correction may be what mends it.
    """
    if request.method != "POST" or request.POST.get("step") == EDIT:
        return form_page()
    if entry.is_standing and stay.watch.failing_since is None:
        effect = saved(form, lambda: effect_of(rehearse(stay, act)))
        if effect is None:
            return form_page()
        if request.POST.get("shown") != effect.digest:
            return _confirm_page(request, stay, entry, form, effect)
    corrected = saved(form, act)
    return form_page() if corrected is None else done(corrected)


def _confirm_page(
    request: SignedInRequest, stay: Stay, entry: ClinicalEntry, form: forms.Form, effect: Effect
) -> HttpResponse:
    at = now()
    carried = [(name, value) for name, values in request.POST.lists() for value in values if name not in NOT_CARRIED]
    context = {
        "stay": stay,
        "now": at,
        "entry": entry,
        "is_own": entry.recorded_by_id == request.user.pk,
        "reason": form.cleaned_data["reason"],
        "differences": differences(form, entry.at, at),
        "effect": effect,
        "has_moved": "shown" in request.POST,
        "carried": carried,
    }
    return render(request, "nurse/correction.html", context)
