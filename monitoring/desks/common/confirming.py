"""An entry in two steps: the form, then what it changes, and only what was shown is saved.

Nothing is kept between the steps but what the page carries: it works without script, and survives a lost session.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse

from monitoring.alerts.rehearsal import Rehearsal
from monitoring.desks.common.effect import Effect, effect_of
from monitoring.desks.common.saving import saved

StoredT = TypeVar("StoredT")
EDIT = "edit"  # back to the form, with everything kept
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "shown", "step"})


def confirmed_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    rehearsed: Callable[[], Rehearsal] | None,
    act: Callable[[], StoredT],
    form_page: Callable[[], HttpResponse],
    confirm_page: Callable[[Rehearsal, Effect], HttpResponse],
    done: Callable[[StoredT], HttpResponse],
) -> HttpResponse:
    """The form, what it would change, or `done` with what `act` has stored.

    `rehearsed` tells what `act` would change; None where nothing can be shown, and `act` answers at once.
    """
    if request.method != "POST" or request.POST.get("step") == EDIT:
        return form_page()
    if rehearsed is not None:
        rehearsal = saved(form, rehearsed)
        if rehearsal is None:
            return form_page()
        effect = effect_of(rehearsal)
        if request.POST.get("shown") != effect.digest:
            return confirm_page(rehearsal, effect)
    stored = saved(form, act)
    return form_page() if stored is None else done(stored)


def carried(request: HttpRequest, *, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """What was sent, for the page to send again with the confirmation."""
    left_out = NOT_CARRIED.union(without)
    return [(name, value) for name, values in request.POST.lists() for value in values if name not in left_out]
