"""Parsing of the numbers that people dial. What a number looks like is in `wards.phones`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as lazy

from wards.phones import LONGEST_PHONE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def phone_field(label: StrPromise, help_text: StrPromise) -> forms.CharField:
    """A number as it is dialled; empty removes it."""
    dialled = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=LONGEST_PHONE, widget=dialled, strip=True
    )


class PhoneForm(forms.Form):
    phone = phone_field(
        lazy("Number on which colleagues phone me"),
        lazy("As it is dialled on the ward: +49 30 1234, or ext. 4720. It is shown to nurses who must reach you."),
    )


class WardPhonesForm(forms.Form):
    phone = phone_field(lazy("The ward’s own phone"), lazy("Shown on its board, and given to be called back on."))
    surgeon_phone = phone_field(
        lazy("The number that always finds a surgeon"),
        lazy("Shown wherever a surgeon must be phoned: a registrar’s phone, or the switchboard."),
    )
