"""What a page's address asks for: of one's wards which, and from one day until another, both included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from wards.models import Ward

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


class WardsPeriodForm(forms.Form):
    """Which ward, and from one day until another, read from a page's address.

    Heirs have the fields `since` and `until`; one of the days may be left out where its field says so.
    """

    ward = forms.ChoiceField(label=lazy("Ward"), required=False)

    def __init__(self, data: Any, *, wards: Sequence[Ward]) -> None:
        super().__init__(data, auto_id="filter_%s")  # the page may have other forms beside it
        self.wards = {ward.code: ward for ward in wards}
        field = self.fields["ward"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", lazy("every ward of mine")), *((code, str(ward)) for code, ward in self.wards.items())]

    def clean(self) -> dict[str, Any] | None:
        """Say beside a day what keeps the two from being a period."""
        said = super().clean() or self.cleaned_data
        since, until = said.get("since"), said.get("until")
        for name, day in (("since", since), ("until", until)):
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, lazy("No calendar of ours holds this date."))
        if since is not None and until is not None and until < since:
            self.add_error("until", lazy("This is before the first day."))
        return said
