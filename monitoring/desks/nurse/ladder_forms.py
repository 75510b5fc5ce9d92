"""A ladder as it is edited: its rungs with a few empty ones below, and why it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.nurse.ladders import TRACK_WORDS
from monitoring.escalation.ladder import LONGEST_MINUTES, MOST_RUNGS, WHOM_WORDS, Ladder, Rung, Track, Whom

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

EMPTY_ROWS = 3
PLACES = {
    "track": lazy("rung %(number)d, track"),
    "whom": lazy("rung %(number)d, whom"),
    "groups": lazy("rung %(number)d, groups"),
    "after": lazy("rung %(number)d, after"),
    "repeat": lazy("rung %(number)d, again every"),
}


def minutes(label: StrPromise, *, least: int, required: bool) -> forms.IntegerField:
    """Whole minutes, up to a day."""
    message = format_lazy(lazy("Give whole minutes, {least} to {most}."), least=least, most=LONGEST_MINUTES)
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=LONGEST_MINUTES,
        required=required,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
    )


class RungForm(forms.Form):
    """One rung. A row that was empty and stays so is none; one that is to go is ticked."""

    track = forms.TypedChoiceField(
        choices=list(TRACK_WORDS.items()),
        coerce=Track,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), lazy("Nursing or surgical?")),
    )
    whom = forms.TypedMultipleChoiceField(
        choices=[(whom.value, lazy(words)) for whom, words in WHOM_WORDS.items()],
        coerce=Whom,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    groups = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": lazy("This group is gone. Choose again whom to call.")},
    )
    after = minutes(lazy("after, min"), least=0, required=True)
    repeat = minutes(lazy("again every, min"), least=1, required=False)

    def __init__(self, *args: Any, groups: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["groups"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = list(groups.items())

    @property
    def minutes_fields(self) -> list[forms.BoundField]:
        return [self["after"], self["repeat"]]

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        if not said.get("whom") and not said.get("groups") and "groups" not in self.errors:
            self.add_error("whom", _("Choose whom to call, or remove this rung."))
        return said

    def rung(self) -> Rung:
        said = self.cleaned_data
        return Rung(said["track"], tuple(said["whom"]), said["after"], said["repeat"], tuple(said["groups"]))


RungFormSet = forms.formset_factory(
    RungForm, extra=EMPTY_ROWS, max_num=MOST_RUNGS, absolute_max=MOST_RUNGS, can_delete=True
)


class LadderForm(forms.Form):
    """The whole ladder. `seen` is the number of the version that the page showed."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), lazy("This form is damaged: open it again.")
        ),
    )
    reason = forms.CharField(
        label=lazy("Why does it change?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": lazy("Say why the ladder changes.")},
    )

    def __init__(self, data: Any, *, ladder: Ladder, seen: int, groups: Mapping[str, str]) -> None:
        super().__init__(data, initial={"seen": seen})
        rows = [
            {"track": rung.track.value, "whom": list(rung.whom), "groups": list(rung.groups)}
            | {"after": rung.after, "repeat": rung.repeat}
            for rung in ladder
        ]
        # What was sent says itself which rows it has; another version may be in force by now.
        self.rows = RungFormSet(
            data, initial=rows if data is None else None, prefix="rungs", form_kwargs={"groups": groups}
        )

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        if not self.rows.is_valid():
            raise ValidationError([*self.rows.non_form_errors(), _("A rung is not complete: see beside it.")])
        return said

    def rungs(self) -> list[Rung]:
        """The rungs that are to be, once the form is valid."""
        kept = [row for row in self.rows if row not in self.rows.deleted_forms]
        return [row.rung() for row in kept if row.cleaned_data]
