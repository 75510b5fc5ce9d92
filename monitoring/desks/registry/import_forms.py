"""Bringing past operations in, and taking them back."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.bodies import LONGEST_FILE, MEBIBYTE
from monitoring.registry.actions.importing import SOURCE_LENGTH

LARGEST = LONGEST_FILE // MEBIBYTE


class ImportForm(forms.Form):
    """The file stays in memory, and is read where it lies. `lists`: only its problems are asked for, from nowhere."""

    file = forms.FileField(
        label=lazy("File (CSV)"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv", "data-largest": LONGEST_FILE}),
    )
    source = forms.CharField(
        label=lazy("Where the operations come from"),
        max_length=SOURCE_LENGTH,
        help_text=lazy("For instance “Theatre books, 2009 to 2018”. It stands beside the import. No names."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Say where the operations come from.")},
    )

    def __init__(self, *args: Any, lists: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = _("Choose a CSV file, of at most %(n)d MB.") % {"n": LARGEST}
        self.fields["file"].error_messages |= {
            "required": none,
            "invalid": none,
            "empty": _("This file is empty."),
        }
        self.fields["source"].required = not lists

    def clean_file(self) -> BinaryIO:
        uploaded = self.cleaned_data["file"]
        if uploaded.size > LONGEST_FILE:
            raise forms.ValidationError(too_large())
        return cast(BinaryIO, uploaded.file)


def too_large() -> str:
    words = _("This file is larger than %(n)d MB. Whoever runs Spinewatch can bring it in: manage.py import_registry.")
    return words % {"n": LARGEST}


class TakeBackForm(forms.Form):
    """Why; it stays on the record."""

    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": lazy("Say why: it stays on the record.")},
    )
