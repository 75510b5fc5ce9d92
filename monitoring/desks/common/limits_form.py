"""Parsing of a ward's limits. The rules are in `wards.limits`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from wards.limits import BOUNDS, WardLimits

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

INCOMPLETE = lazy("This page is incomplete. Reload it.")


def limit_field(name: str, label: StrPromise, help_text: StrPromise) -> forms.IntegerField:
    """A whole number within the bounds of the limit."""
    least, most = BOUNDS[name]
    errors = {"required": lazy("Give a number."), "invalid": lazy("Write a whole number.")}
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=most, error_messages=errors)


def seen_field() -> forms.IntegerField:
    """What was in force on the page, which writes it itself: a stale page overwrites nothing."""
    return forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})


class LimitsForm(forms.Form):
    locks_after = limit_field(
        "locks_after",
        lazy("Screens lock after so many minutes without a touch"),
        lazy("From 2 to 5. Who works on several wards has the shortest of theirs."),
    )
    drain_limit_ml = limit_field(
        "drain_limit_ml",
        lazy("A drain may come out under so many ml a day"),
        lazy("From 1 to 500. In the paper: under 50 ml a day on 3 consecutive days (protocol §11)."),
    )
    drain_days = limit_field("drain_days", lazy("On so many consecutive days"), lazy("From 1 to 14."))
    seen_locks_after = seen_field()
    seen_drain_limit_ml = seen_field()
    seen_drain_days = seen_field()

    def __init__(self, data: Any, *, in_force: WardLimits) -> None:
        super().__init__(data, initial={name: getattr(in_force, name) for name in BOUNDS})

    def limits(self) -> WardLimits:
        """What is to be in force, once the form is valid."""
        return WardLimits(**{name: self.cleaned_data[name] for name in BOUNDS})

    def seen(self) -> WardLimits:
        """What was in force on the page that was filled in."""
        return WardLimits(**{name: self.cleaned_data[f"seen_{name}"] for name in BOUNDS})
