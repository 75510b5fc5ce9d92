"""What the forms about a version of the protocol say, parsed. The rules are the protocol's own, and the room's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.admin.protocol_words import CLAUSES, DEFAULTS, PATHWAY_WORDS, grades_words, value_lines
from monitoring.desks.admin.signing import SignedForm
from monitoring.desks.common.schedule_rows import EMPTY_ROWS, MOST_ROWS, ScheduleRowForm
from monitoring.protocol import ScheduleRow, Settings
from wards.fields import NOW, WallClockField, fold_field, local_instant
from wards.models import Staff, Ward
from wards.times import zone_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LATER = "later"
A_WEEK = 7 * 24 * 60  # minutes
A_YEAR = 366 * 24  # hours
LEAST = {"untested_after_minutes": 1, "raised_interval_minutes": 1}
DAMAGED = lazy("This page is incomplete. Reload it.")
ONE_OF_THESE = lazy("Choose one of these.")


def seen_field() -> forms.IntegerField:
    """What the page showed, which writes it itself: a stale page decides nothing."""
    return forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), DAMAGED),
    )


def reason_field(label: StrPromise, missing: StrPromise) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": missing}
    )


def minutes_field(*, least: int = 0, required: bool = True, **said: Any) -> forms.IntegerField:
    """Whole minutes, up to a week."""
    message = format_lazy(lazy("Give whole minutes, {least} to {most}."), least=least, most=A_WEEK)
    return forms.IntegerField(
        min_value=least,
        max_value=A_WEEK,
        required=required,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
        **said,
    )


def default_words(name: str) -> str:
    """What the form says beside a setting: its default, and where that comes from."""
    clause = CLAUSES[name]
    said = {"value": "; ".join(value_lines(name, DEFAULTS)), "clause": clause.clause}
    if clause.is_local:
        return _("Default: %(value)s. A local default (protocol %(clause)s).") % said
    return _("Default: %(value)s (protocol %(clause)s).") % said


class RowForm(ScheduleRowForm):
    """A row of a ward's own schedule: up to a year of hours."""

    until = forms.FloatField(
        label=lazy("until hour"),
        min_value=0,
        max_value=A_YEAR,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), lazy("Give hours after the operation, up to a year.")
        ),
    )
    every = minutes_field(least=1, required=False, label=lazy("every, min"))


ScheduleFormSet = forms.formset_factory(RowForm, extra=EMPTY_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


class SettingsForm(forms.Form):
    """Every setting of the protocol, and why. The schedule's last row, until discharge, is the field `schedule`.

    `seen`: of a new proposal the number of the version in force on the page, of one that is changed its revision.
    """

    seen = seen_field()
    reason = reason_field(lazy("Why?"), lazy("Say why: it stays on the record."))

    def __init__(self, data: Any, *, shown: Settings, seen: int, reason: str = "") -> None:
        plain = {name: getattr(shown, name) for name in CLAUSES} | {"schedule": shown.schedule[-1].every_minutes}
        super().__init__(data, initial=plain | {"seen": seen, "reason": reason})
        for name, clause in CLAUSES.items():
            self.fields[name] = _field_of(name, clause.label)
        self.order_fields([*CLAUSES, "reason"])
        rows = [{"until": until, "every": every} for until, every in shown.schedule[:-1]]
        self.rows = ScheduleFormSet(data, initial=rows if data is None else None, prefix="rows")

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        if not self.rows.is_valid():
            raise ValidationError(
                [*self.rows.non_form_errors(), _("A row of the schedule is not right: see beside it.")]
            )
        return said

    def values(self) -> dict[str, object]:
        """The settings by name, once the form is valid."""
        said = {name: self.cleaned_data[name] for name in CLAUSES}
        rows = [row for form in self.rows if (row := form.row()) is not None]
        return said | {"schedule": (*rows, ScheduleRow(None, said["schedule"]))}


def _field_of(name: str, label: StrPromise) -> forms.Field:
    if name.endswith("_minutes"):
        in_minutes = format_lazy(lazy("{setting} (min)"), setting=label)
        return minutes_field(least=LEAST.get(name, 0), label=in_minutes, help_text=default_words(name))
    if name == "schedule":
        return minutes_field(least=1, label=lazy("Then, until discharge, every (min)"), help_text=default_words(name))
    choices: list[tuple[Any, Any]] = list(PATHWAY_WORDS.items())
    if name == "major_drop_grades":
        choices = [(grades, grades_words(grades)) for grades in range(1, 6)]
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=int if name == "major_drop_grades" else str,
        widget=forms.RadioSelect,
        help_text=default_words(name),
        error_messages=dict.fromkeys(("required", "invalid_choice"), ONE_OF_THESE),
    )


class ApproveForm(SignedForm):
    """From when; signed."""

    seen = seen_field()
    replay = forms.UUIDField(widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), DAMAGED))
    when = forms.ChoiceField(
        label=lazy("In force from"),
        choices=[(NOW, lazy("at once")), (LATER, lazy("a later time…"))],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), lazy("Say from when.")),
    )
    at = WallClockField(label=lazy("From"))
    at_fold = fold_field()
    field_order = ["seen", "replay", "when", "at", "at_fold", "secret"]

    def __init__(self, data: Any, *, staff: Staff, ward: Ward, seen: int, replay: UUID | None) -> None:
        super().__init__(data, staff=staff, initial={"seen": seen, "replay": replay})
        self.ward = ward
        self.fields["at"].required = False

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        typed, when = said.get("at"), said.get("when")
        if when == LATER and typed is None and "at" not in self.errors:
            self.add_error("at", _("Give the date and time."))
        if when == NOW and typed is not None:
            self.add_error("at", _("You typed a time as well. Choose “a later time” to use it, or clear it."))
        if typed is not None and "at" not in self.errors:
            said["at"] = self._instant(typed)
        return said

    def _instant(self, wall: datetime) -> datetime | None:
        try:
            return local_instant(wall, zone_of(self.ward), self.cleaned_data.get("at_fold", ""))
        except ValidationError as error:
            self.add_error("at_fold" if error.code == "fold" else "at", error)
            return None

    @property
    def asks_which_hour(self) -> bool:
        return "at_fold" in self.errors or bool(self["at_fold"].value())


class EndForm(forms.Form):
    """Why a proposal is not to come in force."""

    seen = seen_field()
    reason = reason_field(lazy("Why?"), lazy("Say why: it stays on the record."))
