"""What the forms about wards and beds say, parsed. They write nothing: views hand their words to the actions."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as lazy

from wards.bed_actions import LONGEST_LABEL
from wards.phones import LONGEST_PHONE
from wards.ward_actions import LONGEST_CODE, LONGEST_NAME, WardFacts

OFF = {"autocomplete": "off"}


def zones() -> list[str]:
    """What a time zone's field offers, by place: without the old abbreviations."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/")))


class WardForm(forms.Form):
    """What a ward is called, and whose clock hangs on its wall."""

    name = forms.CharField(
        label=lazy("Name"),
        help_text=lazy("As people say it: Spine ward 7B."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=OFF),
        error_messages={"required": lazy("Give the ward a name.")},
    )
    time_zone = forms.CharField(
        label=lazy("Time zone"),
        help_text=lazy("Times are typed and shown on this clock: Europe/London."),
        max_length=64,
        widget=forms.TextInput(attrs=OFF | {"list": "zones"}),
        error_messages={"required": lazy("Give the time zone.")},
    )

    def facts(self) -> WardFacts:
        """What is to be kept, once the form is valid."""
        return WardFacts(self.cleaned_data["name"], self.cleaned_data["time_zone"])


class EditWardForm(WardForm):
    """As it is kept, to be changed. The page writes what it showed: a stale one overwrites nothing."""

    seen_name = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_time_zone = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, kept: WardFacts) -> None:
        super().__init__(data, initial={"name": kept.name, "time_zone": kept.time_zone})

    def seen(self) -> WardFacts:
        return WardFacts(self.cleaned_data["seen_name"], self.cleaned_data["seen_time_zone"])


class NewWardForm(WardForm):
    """A ward that is not there yet."""

    code = forms.CharField(
        label=lazy("Code"),
        help_text=lazy("Short, as on doors and wristbands: 7B. It is not changed later."),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs=OFF | {"spellcheck": "false"}),
        error_messages={"required": lazy("Give the ward a code.")},
    )
    phone = forms.CharField(
        label=lazy("The ward’s own phone"),
        help_text=lazy("Shown on its board, and given to be called back on."),
        required=False,
        max_length=LONGEST_PHONE,
        widget=forms.TextInput(attrs=OFF | {"type": "tel"}),
    )
    surgeon_phone = forms.CharField(
        label=lazy("The number that always finds a surgeon"),
        help_text=lazy("Shown wherever a surgeon must be phoned: a registrar’s phone, or the switchboard."),
        required=False,
        max_length=LONGEST_PHONE,
        widget=forms.TextInput(attrs=OFF | {"type": "tel"}),
    )
    field_order = ["code", "name", "time_zone", "phone", "surgeon_phone"]


class AddBedsForm(forms.Form):
    """New beds, one or many."""

    labels = forms.CharField(
        label=lazy("Labels of the new beds"),
        help_text=lazy("One, or several with commas between: 01, 02, 03."),
        max_length=1000,
        widget=forms.TextInput(attrs=OFF),
        error_messages={"required": lazy("Give at least one bed a label.")},
    )

    def clean_labels(self) -> list[str]:
        return [label for label in re.split(r"[,;、，\n]", self.cleaned_data["labels"]) if label.strip()]


class BedForm(forms.Form):
    """What a bed is called. The page writes what it showed."""

    label = forms.CharField(
        label=lazy("Label"),
        help_text=lazy("What is past shows the new label too."),
        max_length=LONGEST_LABEL,
        widget=forms.TextInput(attrs=OFF),
        error_messages={"required": lazy("Give the bed a label.")},
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
