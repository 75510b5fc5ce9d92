"""Parsing of a search, of break-glass, and of its review."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from monitoring.breakglass.models import SHORTEST_REASON
from monitoring.breakglass.search import Asked

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SHORTEST = 2
NO_DATE = _("This is not a date: write it as 1963-03-07, or as 07.03.1963.")
FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
QUIET = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


def birth_date(*, required: bool, help_text: str | StrPromise = "") -> forms.DateField:
    return forms.DateField(
        label=_("Date of birth"),
        required=required,
        input_formats=FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        help_text=help_text,
        error_messages={"invalid": NO_DATE, "required": _("Give the date of birth.")},
    )


class SearchForm(forms.Form):
    """A patient within reach."""

    text = forms.CharField(
        label=_("Record number or name"),
        max_length=120,
        widget=forms.TextInput(attrs=QUIET | {"autofocus": True}),
        help_text=_("The whole number, or how a name begins. Capitals and accents do not matter; ü is ue is u."),
        error_messages={"required": _("Type a record number, or how a name begins.")},
    )
    born = birth_date(required=False, help_text=_("Only if it helps."))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        letters = [letter for letter in text if letter.isalnum()]
        if len(letters) < SHORTEST and not any(letter > "\u2e7f" for letter in letters):  # one Chinese sign is a name
            raise ValidationError(gettext("Type at least two letters or figures."))
        return text

    @property
    def asked(self) -> Asked:
        return Asked(self.cleaned_data["text"], self.cleaned_data["born"])


class ElsewhereForm(forms.Form):
    """A patient on a ward that is not one's own: both identifiers, exactly."""

    record_number = forms.CharField(
        label=_("Record number"),
        max_length=32,
        widget=forms.TextInput(attrs=QUIET),
        error_messages={"required": _("Give the record number.")},
    )
    date_of_birth = birth_date(required=True)

    @property
    def who(self) -> tuple[str, date]:
        return self.cleaned_data["record_number"], self.cleaned_data["date_of_birth"]


class BreakGlassForm(ElsewhereForm):
    """Opening that patient's record: why, and who it is that asks. The secret is never shown again."""

    reason = forms.CharField(
        label=_("Why must you see this record?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least ten characters. Whoever leads the ward reads it."),
        error_messages={"required": _("Say why.")},
    )
    pin = forms.CharField(
        label=_("Your PIN"),
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 8}),
        error_messages={"required": _("Type your PIN.")},
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )

    def __init__(self, *args: object, by_password: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.secret = "password" if by_password else "pin"
        del self.fields["pin" if by_password else "password"]
        for name in ("record_number", "date_of_birth"):
            self.fields[name].widget = self.fields[name].hidden_widget()

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if len(reason) < SHORTEST_REASON:
            raise ValidationError(gettext("Say why in at least ten characters."))
        return reason


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("What you found"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what you found.")},
    )
