"""What the forms of a drain say, parsed. The rules are in `drain_rules`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as lazy

from monitoring.checks.forms import reason_field
from monitoring.pathway.facts import DrainFacts
from monitoring.pathway.models import DrainEntry
from wards.fields import KeyField, WhenForm
from wards.models import Ward

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LABEL_LENGTH, NOTE_LENGTH = 24, 200
ON_SUCTION = [("yes", lazy("on suction")), ("no", lazy("not on suction"))]
CHOOSE_SUCTION = lazy("Say whether it is on suction.")
WHOLE_ML = lazy("Write the volume in ml as a whole number. If nothing ran, write 0.")


def note_field() -> forms.CharField:
    return forms.CharField(label=lazy("note"), max_length=NOTE_LENGTH, required=False)


class DrainForm(WhenForm):
    """One line about a drain, now or earlier. Nothing is filled in."""

    when, when_label = "happened", lazy("When?")
    stage: ClassVar[DrainEntry.Stage]

    idempotency_key = KeyField()

    def facts(self, drain: uuid.UUID) -> DrainFacts:
        """What was said of this drain, once the form is valid."""
        said = self.cleaned_data
        own = {name: said[name] for name in ("label", "suction", "volume_ml", "note") if name in said}
        return DrainFacts(drain=drain, stage=self.stage, **own)

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class PlacingForm(DrainForm):
    """A drain that lies from now on. It has no other name than its label, which is on the bag."""

    when_label: StrPromise = lazy("When was it placed?")
    stage = DrainEntry.Stage.PLACED

    label = forms.CharField(
        label=lazy("name"),
        max_length=LABEL_LENGTH,
        help_text=lazy("As it is written on the bag, for example: Drain 1."),
        error_messages={"required": lazy("Name the drain, so that nobody reads the wrong one.")},
    )
    suction = forms.TypedChoiceField(
        label=lazy("suction"),
        choices=ON_SUCTION,
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_SUCTION, "invalid_choice": CHOOSE_SUCTION},
    )
    note = note_field()


class ReadingForm(DrainForm):
    """What a drain gave. 0 is a volume; nothing written is none."""

    when_label: StrPromise = lazy("When was it read?")
    stage = DrainEntry.Stage.READ

    volume_ml = forms.IntegerField(
        label=lazy("ml since the last reading (emptied then)"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": WHOLE_ML, "invalid": WHOLE_ML},
    )
    note = note_field()


class RemovalForm(DrainForm):
    """A drain that is out."""

    when_label: StrPromise = lazy("When was it removed?")
    stage = DrainEntry.Stage.REMOVED

    note = note_field()


class Corrects(DrainForm):
    """A line again, as it should have been, and why: filled in with what was recorded."""

    reason = reason_field(lazy("Say why it is corrected."))

    def __init__(self, *args: Any, entry: DrainEntry, ward: Ward, **kwargs: Any) -> None:
        suction = {None: None, True: "yes", False: "no"}[entry.suction]
        recorded = {"label": entry.label, "suction": suction, "volume_ml": entry.volume_ml, "note": entry.note}
        super().__init__(*args, ward=ward, recorded=entry.happened_at, initial=recorded, **kwargs)


class CorrectPlacingForm(Corrects, PlacingForm):
    """Where and when a drain was placed, again."""


class CorrectReadingForm(Corrects, ReadingForm):
    """A reading again."""


class CorrectRemovalForm(Corrects, RemovalForm):
    """A removal again."""


CORRECTIONS: dict[str, type[Corrects]] = {
    DrainEntry.Stage.PLACED: CorrectPlacingForm,
    DrainEntry.Stage.READ: CorrectReadingForm,
    DrainEntry.Stage.REMOVED: CorrectRemovalForm,
}
"""By the stage of the line that was wrong."""
