"""What the forms about displays say, parsed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wards.displays import LONGEST_NAME


class DisplayForm(forms.Form):
    """Where the screen hangs."""

    name = forms.CharField(
        label=_("where it hangs"),
        max_length=LONGEST_NAME,
        help_text=_("So that people know which one it is: “nurses’ station”."),
        error_messages={"required": _("Say where it hangs.")},
    )


class NamesForm(forms.Form):
    """Whether the displays show who lies in the beds."""

    names = forms.ChoiceField(
        label=_("Patients’ names on the displays"),
        choices=[("hidden", _("not shown")), ("shown", _("shown"))],
        widget=forms.RadioSelect,
    )

    @property
    def is_hidden(self) -> bool:
        return bool(self.cleaned_data["names"] == "hidden")
