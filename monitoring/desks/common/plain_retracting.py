"""The page that takes back an entry which the protocol does not read: there is no effect to show, only a reason to ask.

What the protocol reads is taken back by `retracting`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy

from monitoring.checks.forms import RetractForm
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.visit import visit_of
from monitoring.desks.common.way_back import alert_named, go_back, way_back
from wards.models import ClinicalEntry, Stay

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class PlainWords:
    """What the page calls it. `means`: what it does and leaves alone; `done`: what is said afterwards."""

    heading: StrOrPromise
    means: StrOrPromise
    button: StrOrPromise
    leave: StrOrPromise
    done: StrOrPromise


RETRACTING = PlainWords(
    heading=lazy("Retract an entry"),
    means=lazy(
        "From now on it counts as if it had never been. It stays on the record, with your name and reason. If it only "
        "has a mistake in it, correct it instead."
    ),
    button=lazy("Retract"),
    leave=lazy("Leave it as it is"),
    done=lazy("The entry is retracted. It stays on the record."),
)


def plain_retract_page(
    request: SignedInRequest,
    stay: Stay,
    entry: ClinicalEntry,
    *,
    words: str,
    act: Callable[[str], ClinicalEntry],
    said: PlainWords = RETRACTING,
) -> HttpResponse:
    """The page, and the retraction by `act` with a reason. `words`: what the entry says."""
    form = RetractForm(sent(request))
    if request.method == "POST" and saved(form, lambda: act(form.cleaned_data["reason"])) is not None:
        messages.success(request, str(said.done))
        return go_back(request, stay)
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "entry": entry,
        "words": words,
        "said": said,
        "is_own": entry.recorded_by_id == request.user.pk,
        "problems": problems(form),
        "alert_id": alert_named(request),
        "leave": way_back(request, stay),
    }
    return render(request, "common/retract_plain.html", context, status=status_of(form))
