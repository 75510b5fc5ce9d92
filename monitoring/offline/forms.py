"""The forms of a held check. What was found is not theirs to change: only when, with whom, and a note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.checks.forms import NOTE_LENGTH, colleague_field, reason_field
from monitoring.offline.actions import CLOCK_CHANGED
from monitoring.offline.models import Held
from wards.fields import EARLIER, WhenForm
from wards.times import zone_of


class FileForm(WhenForm):
    """When it was examined, the second examiner and the note, filled in with what the device said.

    The time is left empty where the device's clock was changed: nobody guesses it.
    """

    when, when_label = "examined", _("Examined at")

    note = forms.CharField(
        label=_("note"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, held: Held, **kwargs: Any) -> None:
        ward = held.stay.ward
        super().__init__(*args, ward=ward, initial=_typed(held), **kwargs)
        self.fields["second_examiner"] = colleague_field(ward=ward, by=held.examined_by)
        self.fields["examined"].choices = [(EARLIER, _("at"))]  # type: ignore[attr-defined]

    def changes(self) -> dict[str, str]:
        """What is said here instead of what the device sent, as the check form's own values."""
        names = ("examined", "examined_date", "examined_time", "examined_fold", "second_examiner", "note")
        return {name: self.data.get(name, "") for name in names}


class DropForm(forms.Form):
    """Not to be filed, and why."""

    reason = reason_field(_("Say why it is not filed."))


def _typed(held: Held) -> dict[str, Any]:
    """The values that the form begins with."""
    typed = {name: held.values.get(name, "") for name in ("second_examiner", "note")} | {"examined": EARLIER}
    if held.values.get("examined") == EARLIER:
        return typed | {name: held.values.get(name, "") for name in ("examined_date", "examined_time")}
    if CLOCK_CHANGED in held.refusals:
        return typed
    at = held.examined_at.astimezone(zone_of(held.stay.ward))
    return typed | {"examined_date": at.date(), "examined_time": at.time()}
