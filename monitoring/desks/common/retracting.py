"""The page that takes an entry back: whose it is, what that changes, and why. One for every kind of entry."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from monitoring.alerts.rehearsal import rehearse
from monitoring.checks.forms import RetractForm
from monitoring.desks.common.effect import Effect, effect_of
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.visit import visit_of
from wards.models import ClinicalEntry, Stay

NO_REASON_YET = "-"  # for the rehearsal, of which nothing is kept


def retract_page(
    request: SignedInRequest,
    stay: Stay,
    entry: ClinicalEntry,
    *,
    words: str,
    act: Callable[[str], ClinicalEntry],
    asks_first: bool = False,
) -> HttpResponse:
    """The page, and the retraction by `act` with a reason, once what it changes has been shown.

    `asks_first`: what it changes is worked out once the reason is given, and not for whoever only looks.

    Where the entry no longer stands there is nothing to show: `act` gives the answer of the first time, or says why
    not. Where the patient's assessment fails nothing can be shown, and the retraction may be what mends it.
    """
    form = RetractForm(sent(request))
    waits = asks_first and not form.is_valid() and entry.is_standing
    effect, refusal = (None, []) if waits else _effect(stay, entry, act)
    has_moved = "shown" in request.POST and effect is not None and request.POST["shown"] != effect.digest
    was_shown = not waits and (effect is None or request.POST.get("shown") == effect.digest)
    if request.method == "POST" and was_shown and saved(form, lambda: act(form.cleaned_data["reason"])) is not None:
        messages.success(request, _("The entry is retracted. It stays visible, struck through."))
        return redirect("stay", stay.public_id)
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "entry": entry,
        "words": words,
        "is_own": entry.recorded_by_id == request.user.pk,
        "effect": effect,
        "waits": waits,
        "refusal": refusal,
        "has_moved": has_moved,
        "problems": problems(form),
    }
    return render(request, "common/retract.html", context, status=status_of(form))


def _effect(stay: Stay, entry: ClinicalEntry, act: Callable[[str], ClinicalEntry]) -> tuple[Effect | None, list[str]]:
    """What taking it back changes; none, with the reasons, where that is refused or it no longer stands."""
    if stay.watch.failing_since is not None:
        return None, []
    try:
        rehearsal = rehearse(stay, lambda: act(NO_REASON_YET))
    except ValidationError as error:
        return None, error.messages
    return (effect_of(rehearsal) if entry.is_standing else None), []
