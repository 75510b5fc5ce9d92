"""Days that a page's address asks for: from one until another, both included."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

FIRST_YEAR, LAST_YEAR = 1900, 9000


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """One day, typed as 2026-03-07."""
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": lazy("Give the date."),
            "invalid": lazy("This is not a date: write it as 2026-03-07."),
        },
    )


def require_period(form: forms.Form, since: date | None, until: date | None) -> None:
    """Say beside the fields `since` and `until` of a form what keeps two days from being a period."""
    for name, day in (("since", since), ("until", until)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            form.add_error(name, lazy("No calendar of ours holds this date."))
    if since is not None and until is not None and until < since:
        form.add_error("until", lazy("This is before the first day."))
