"""What the forms of the theatre plan and of a re-operation's findings say, parsed (see `forms`)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.checks.forms import reason_field
from monitoring.pathway.drain_forms import CHOOSE_SUCTION, ON_SUCTION
from monitoring.pathway.facts import DrainFacts, ExplorationFacts
from monitoring.pathway.forms import asked, in_words, indication_field, level_field, side_field
from monitoring.pathway.models import DrainEntry, Exploration, TheatrePlan
from monitoring.pathway.vocabulary import Finding
from wards.fields import SAME, KeyField, as_recorded, fold_field, local_instant
from wards.models import Ward
from wards.times import zone_of

AT = "at"
SPANS = [("30", lazy("in 30 min")), ("60", lazy("in 1 hour")), ("120", lazy("in 2 hours"))]
MOST_DRAINS = 4
NOT_FOR_WEAKNESS = ("", lazy("nothing to say: it was not for weakness"))


class PlanForm(forms.Form):
    """When theatre is planned, and why.

    `planned` is "30", "60", "120" (minutes from now) or "at", with `planned_date` and `planned_time` on the ward's
    clock, and `planned_fold` for the hour that comes twice.
    """

    idempotency_key = KeyField()
    planned = asked(lazy("When does theatre begin?"), [*SPANS, (AT, lazy("at a time"))], lazy("Say when."))
    planned_date = forms.DateField(
        label=lazy("date"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": lazy("This is not a date: write it as 2026-03-07.")},
    )
    planned_time = forms.TimeField(
        label=lazy("time"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": lazy("This is not a time: write it as 03:14, on the 24-hour clock.")},
    )
    planned_fold = fold_field()
    indication = indication_field(lazy("Why is the patient operated again?"))
    note = forms.CharField(
        label=lazy("note"), max_length=TheatrePlan._meta.get_field("note").max_length, required=False
    )

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone_of(ward)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("planned", "")
        if chosen == AT:
            cleaned["planned_at"] = self._typed(cleaned)
        elif chosen and self._says_another_time(cleaned):
            self.add_error("planned_time", _("You chose one time and typed another. Choose “at a time”, or clear it."))
        elif chosen.isdigit():
            cleaned["planned_at"] = timedelta(minutes=int(chosen))
        return cleaned

    def _says_another_time(self, cleaned: dict[str, Any]) -> bool:
        """Whether a time was typed beside a choice that is not "at a time"."""
        return cleaned.get("planned_time") is not None

    def _typed(self, cleaned: dict[str, Any]) -> datetime | None:
        """The typed moment; None with an error beside the field that is wrong."""
        date, time = cleaned.get("planned_date"), cleaned.get("planned_time")
        for name, value, missing in (
            ("planned_date", date, _("Give the date.")),
            ("planned_time", time, _("Give the time.")),
        ):
            if value is None and name not in self.errors:
                self.add_error(name, missing)
        if date is None or time is None:
            return None
        try:
            return local_instant(datetime.combine(date, time), self.zone, cleaned.get("planned_fold", ""))
        except ValidationError as error:
            self.add_error("planned_fold" if error.code == "fold" else "planned_time", error)
            return None

    def facts(self) -> dict[str, Any]:
        """The plan, once the form is valid, as the actions ask for it. `planned_at` None: as recorded."""
        said = self.cleaned_data
        return {"planned_at": said.get("planned_at"), "indication": said["indication"], "note": said["note"]}

    @property
    def asks_which_hour(self) -> bool:
        """Whether the typed time comes twice, so that the page must ask which one."""
        return "planned_fold" in self.errors or bool(self["planned_fold"].value())

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class ChangePlanForm(PlanForm):
    """Another time, or another reason to operate, and why it is changed."""

    reason = reason_field(lazy("Say why it is changed."))

    def __init__(self, *args: Any, plan: TheatrePlan, ward: Ward, **kwargs: Any) -> None:
        self.shown = plan.planned_at.astimezone(zone_of(ward))
        initial = {
            "planned": SAME,
            "planned_date": self.shown.date(),
            "planned_time": self.shown.time(),
            "indication": plan.indication,
            "note": plan.note,
        }
        super().__init__(*args, ward=ward, initial=initial, **kwargs)
        field = self.fields["planned"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(SAME, as_recorded(self.shown)), *SPANS, (AT, lazy("at another time"))]

    def _says_another_time(self, cleaned: dict[str, Any]) -> bool:
        """Whether the time that the page was filled in with was changed beside a choice that does not use it."""
        date, time = cleaned.get("planned_date"), cleaned.get("planned_time")
        other_day = date is not None and date != self.shown.date()
        return other_day or (time is not None and (time.hour, time.minute) != (self.shown.hour, self.shown.minute))


class FoundForm(forms.Form):
    """Why a patient was operated again and what was found: a cause where it was for a deficit, and nothing else."""

    idempotency_key = KeyField()
    indication = indication_field(lazy("Why was the patient operated again?"))
    finding = forms.ChoiceField(
        label=lazy("What was found?"),
        choices=[*Finding.choices, NOT_FOR_WEAKNESS],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": lazy("Choose one of these.")},
    )
    side = side_field()
    level = level_field()
    text = in_words(lazy("in words"))

    def facts(self) -> ExplorationFacts:
        """What was found, once the form is valid."""
        return ExplorationFacts(
            **{name: self.cleaned_data[name] for name in ("indication", "finding", "side", "level", "text")}
        )

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class FindingsForm(FoundForm):
    """The findings with the drains that were placed at the operation's end.

    `drains` is how many, and 0 is an answer; of so many, `drain_1_label` and `drain_1_suction` and so on are read.
    `taken`: the names of the drains that lie already; a fresh one begins with a number that is none of them.
    """

    drains = forms.TypedChoiceField(
        label=lazy("How many drains were placed?"),
        choices=[(str(number), str(number)) for number in range(MOST_DRAINS + 1)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": lazy("Say how many. 0 is an answer."),
            "invalid_choice": lazy("Choose one of these."),
        },
    )

    def __init__(self, *args: Any, taken: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = (name for name in map(str, range(1, MOST_DRAINS + len(taken) + 1)) if name not in taken)
        for number, label in zip(range(1, MOST_DRAINS + 1), free, strict=False):
            self.fields[f"drain_{number}_label"] = forms.CharField(
                label=_("drain %(number)d: its name") % {"number": number},
                initial=label,
                required=False,
                max_length=DrainEntry._meta.get_field("label").max_length,
            )
            self.fields[f"drain_{number}_suction"] = forms.ChoiceField(
                label=_("drain %(number)d: suction") % {"number": number},
                choices=ON_SUCTION,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": CHOOSE_SUCTION},
            )

    def clean(self) -> dict[str, Any] | None:
        """Each drain by its own fields; the actions' rules judge them once more, and know those that lie already."""
        cleaned = super().clean() or self.cleaned_data
        named: set[str] = set()
        for name in self._asked_for():
            label = cleaned.get(f"{name}_label", "").casefold()
            if not label:
                self.add_error(f"{name}_label", _("Name the drain, so that nobody reads the wrong one."))
            elif label in named:
                self.add_error(f"{name}_label", _("Two drains of one name: give this one another."))
            if not cleaned.get(f"{name}_suction") and f"{name}_suction" not in self.errors:
                self.add_error(f"{name}_suction", ValidationError(CHOOSE_SUCTION))
            named.add(label)
        return cleaned

    @property
    def rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """The fields of each drain that there can be: its number, its name, its suction."""
        return [
            (number, self[f"drain_{number}_label"], self[f"drain_{number}_suction"])
            for number in range(1, MOST_DRAINS + 1)
        ]

    def _asked_for(self) -> Iterator[str]:
        for number in range(1, (self.cleaned_data.get("drains") or 0) + 1):
            yield f"drain_{number}"

    def drains_placed(self) -> list[DrainFacts]:
        """The drains, once the form is valid. Sent again they are the same: their ids follow from the form's key."""
        said = self.cleaned_data
        return [
            DrainFacts(
                drain=uuid.uuid5(self.key, name),
                stage=DrainEntry.Stage.PLACED,
                label=said[f"{name}_label"],
                suction=said[f"{name}_suction"] == "yes",
            )
            for name in self._asked_for()
        ]


class CorrectFindingsForm(FoundForm):
    """Findings again, as they should have been, and why. Drains are corrected each on its own."""

    reason = reason_field(lazy("Say why it is corrected."))

    def __init__(self, *args: Any, exploration: Exploration, **kwargs: Any) -> None:
        recorded = {name: getattr(exploration, name) for name in ("indication", "finding", "side", "level", "text")}
        super().__init__(*args, **kwargs | {"initial": recorded})
