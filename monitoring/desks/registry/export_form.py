"""Taking lines out of the hospital: why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as lazy


class ExportForm(forms.Form):
    """The reason stands in the audit log."""

    why = forms.CharField(
        label=lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": lazy("Say why you export this. It stands in the audit log.")},
    )
