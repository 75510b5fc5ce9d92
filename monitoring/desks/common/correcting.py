"""A correction: the form, then what it changes beside the entry that it replaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from monitoring.alerts.rehearsal import Rehearsal, rehearse
from monitoring.desks.common.confirming import carried, confirmed_page
from monitoring.desks.common.differences import differences
from monitoring.desks.common.effect import Effect
from monitoring.desks.common.requests import SignedInRequest
from monitoring.due.clock import now
from wards.models import ClinicalEntry, Stay

EntryT = TypeVar("EntryT", bound=ClinicalEntry)


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
    can_be_shown = entry.is_standing and stay.watch.failing_since is None

    def confirm_page(_rehearsal: Rehearsal, effect: Effect) -> HttpResponse:
        return _confirm_page(request, stay, entry, form, effect)

    return confirmed_page(
        request,
        form,
        rehearsed=(lambda: rehearse(stay, act)) if can_be_shown else None,
        act=act,
        form_page=form_page,
        confirm_page=confirm_page,
        done=done,
    )


def _confirm_page(
    request: SignedInRequest, stay: Stay, entry: ClinicalEntry, form: forms.Form, effect: Effect
) -> HttpResponse:
    at = now()
    context = {
        "stay": stay,
        "now": at,
        "entry": entry,
        "is_own": entry.recorded_by_id == request.user.pk,
        "reason": form.cleaned_data["reason"],
        "differences": differences(form, entry.at, at),
        "effect": effect,
        "has_moved": "shown" in request.POST,
        "carried": carried(request),
    }
    return render(request, "common/correction.html", context)
