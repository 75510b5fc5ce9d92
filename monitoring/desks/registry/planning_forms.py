"""What the planning page is asked: two schedules and the assumptions beside them, read from the address.

All of it may be left out; what is there is taken as it stands, so that an address gives the same numbers anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.common.schedule_rows import EMPTY_ROWS, MOST_ROWS, ScheduleRowForm
from monitoring.desks.registry.planning_versions import Version
from monitoring.protocol import InvalidSettings, ScheduleRow, Settings
from monitoring.registry.planning import Ladder, Plan, Schedule, TooManyLooks, looks_of
from monitoring.registry.planning.bedside import MOST_LOOKS
from monitoring.registry.planning.plan import FEWEST_DEFICITS, LAST_SEED, MOST_DEFICITS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

IDS: Final = "plan_%s"
A_WEEK = 7 * 24 * 60  # minutes
A_DAY = 24 * 60
TWO_WEEKS = 14 * 24  # hours
PERCENT = 100


def number_field(label: StrPromise, least: int, most: int, *, whole: bool = True, **said: Any) -> forms.IntegerField:
    """A number of that range; `whole` or with decimals."""
    kind = forms.IntegerField if whole else forms.FloatField
    words = lazy("Give a whole number, {least} to {most}.") if whole else lazy("Give a number, {least} to {most}.")
    message = format_lazy(words, least=least, most=most)
    widget = forms.NumberInput(attrs={"inputmode": "numeric"} if whole else {"inputmode": "decimal", "step": "any"})
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), message)
    return kind(label=label, min_value=least, max_value=most, widget=widget, error_messages=errors, **said)


def minutes_field(label: StrPromise, *, least: int = 0, most: int = A_DAY, **said: Any) -> forms.IntegerField:
    return number_field(label, least, most, **said)


class RowForm(ScheduleRowForm):
    """A row of a schedule to plan with: two weeks are simulated."""

    until = number_field(lazy("until hour"), 0, TWO_WEEKS, whole=False, required=False)
    every = minutes_field(lazy("every, min"), least=1, most=A_WEEK, required=False)


class ScheduleForm(forms.Form):
    """One schedule: its rows, and how often after the last of them. `usual` where the address has nothing of it."""

    then = minutes_field(lazy("Then, until discharge, every (min)"), least=1, most=A_WEEK)

    def __init__(self, data: Mapping[str, str], *, name: str, usual: Schedule) -> None:
        said = {key: value for key, value in data.items() if key.startswith(f"{name}-")} or typed(name, usual)
        super().__init__(said, prefix=name, auto_id=IDS)
        filled = [
            number
            for number in range(MOST_ROWS)
            if said.get(f"{name}-{number}-until") or said.get(f"{name}-{number}-every")
        ]
        count = min(max(filled, default=-1) + 1 + EMPTY_ROWS, MOST_ROWS)
        self.rows = [RowForm(said, prefix=f"{name}-{number}", auto_id=IDS) for number in range(count)]

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        if not all(row.is_valid() for row in self.rows):
            raise ValidationError(_("A row of the schedule is not right: see beside it."))
        self._require_rising()
        return said

    def _require_rising(self) -> None:
        """The protocol's own rule of its rows; said beside the first that breaks it."""
        rows: list[ScheduleRow] = []
        for form in self.rows:
            row = form.row()
            if row is None:
                continue
            rows.append(row)
            try:
                Settings(schedule=(*rows, ScheduleRow(None, 1)))
            except InvalidSettings:
                form.add_error("until", _("The hours must be above 0 and rise from row to row."))
                raise ValidationError(_("A row of the schedule is not right: see beside it.")) from None

    @property
    def schedule(self) -> Schedule:
        """Once it is valid."""
        rows = [row for form in self.rows if (row := form.row()) is not None]
        return (*rows, ScheduleRow(None, self.cleaned_data["then"]))


class PlanningForm(forms.Form):
    """The page's address, read. `versions` are those of the protocol that may be named, by how an address does."""

    protocol = forms.ChoiceField(
        label=lazy("The protocol’s settings"),
        help_text=lazy("What is asked for once a deficit is found. Their own schedule does not count: A and B do."),
        error_messages={"invalid_choice": lazy("No such version of the protocol on your wards.")},
    )
    late = minutes_field(lazy("A check is done so late (min)"), help_text=lazy("The next is due by it."))
    missed = number_field(
        lazy("A look misses the deficit (%)"), 0, 90, help_text=lazy("Each look by itself; the next comes in its time.")
    )
    falls = number_field(
        lazy("Falls to grade 0 or 1 (%)"),
        0,
        PERCENT,
        help_text=lazy(
            "Of severe deficits; the others go from 5 to 2. The paper does not say: two of the three patients it shows."
        ),
    )
    check = minutes_field(lazy("A nurse’s time for one check (min)"), least=1, most=120)
    surgeon = minutes_field(lazy("From the check until a surgeon has it (min)"))
    imaging = minutes_field(lazy("From then until imaging is done (min)"))
    decision = minutes_field(lazy("From imaging to the decision (min)"))
    theatre = minutes_field(lazy("From the decision until the operation has started (min)"))
    free = minutes_field(lazy("From its start until the nerve is free (min)"))
    spread = number_field(
        lazy("One in ten takes longer than so many times that"), 1, 10, whole=False, help_text=lazy("1: no spread.")
    )
    n = number_field(lazy("Simulated deficits"), FEWEST_DEFICITS, MOST_DEFICITS)
    seed = number_field(
        lazy("Seed"), 0, LAST_SEED, help_text=lazy("The same seed draws the same deficits, on any machine.")
    )

    def __init__(self, data: Mapping[str, str], *, versions: Mapping[str, Version], in_force: str) -> None:
        usual = usual_of(Plan()) | {"protocol": in_force}
        said = usual | {name: data[name] for name in usual if name in data}
        super().__init__(said, auto_id=IDS)
        self.versions = versions
        field = self.fields["protocol"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, version.label) for name, version in versions.items()]
        chosen = versions.get(said["protocol"], versions[in_force])
        self.a = ScheduleForm(data, name="a", usual=chosen.settings.schedule)
        self.b = ScheduleForm(data, name="b", usual=Plan().b)

    @property
    def schedules(self) -> Sequence[ScheduleForm]:
        return (self.a, self.b)

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        for schedule in self.schedules:
            if schedule.is_valid() and "protocol" in said and "late" in said:
                self._require_few_looks(schedule, said)
        if not all(schedule.is_valid() for schedule in self.schedules):
            raise ValidationError(_("A schedule is not right: see beside it."))
        return said

    def _require_few_looks(self, schedule: ScheduleForm, said: Mapping[str, Any]) -> None:
        plan = Plan(a=schedule.schedule, settings=self.versions[said["protocol"]].settings)
        try:
            looks_of(plan.settings_under(plan.a), said["late"])
        except TooManyLooks:
            message = _("These are more than %(most)d checks of a patient until day 14: look less often.")
            schedule.add_error("then", message % {"most": MOST_LOOKS})

    @property
    def plan(self) -> Plan:
        """What a valid form asks to simulate."""
        said = self.cleaned_data
        return Plan(
            a=self.a.schedule,
            b=self.b.schedule,
            settings=self.versions[said["protocol"]].settings,
            late_minutes=said["late"],
            missed=said["missed"] / PERCENT,
            falls=said["falls"] / PERCENT,
            ladder=Ladder(
                to_surgeon=said["surgeon"],
                to_imaging=said["imaging"],
                to_decision=said["decision"],
                to_theatre=said["theatre"],
                to_decompression=said["free"],
                spread=said["spread"],
            ),
            check_minutes=said["check"],
            deficits=said["n"],
            seed=said["seed"],
        )

    @property
    def version(self) -> Version:
        """The one that a valid form names."""
        return self.versions[self.cleaned_data["protocol"]]

    @property
    def address(self) -> str:
        """The query of this page with all that a valid form says, and nothing that is empty."""
        said = {name: str(self[name].value()) for name in self.fields}
        return "?" + urlencode(said | typed("a", self.a.schedule) | typed("b", self.b.schedule))


def usual_of(plan: Plan) -> dict[str, str]:
    """What the form says where the address says nothing."""
    ladder = plan.ladder
    usual = {
        "late": plan.late_minutes,
        "missed": round(PERCENT * plan.missed),
        "falls": round(PERCENT * plan.falls),
        "check": plan.check_minutes,
        "surgeon": ladder.to_surgeon,
        "imaging": ladder.to_imaging,
        "decision": ladder.to_decision,
        "theatre": ladder.to_theatre,
        "free": ladder.to_decompression,
        "spread": ladder.spread,
        "n": plan.deficits,
        "seed": plan.seed,
    }
    return {name: f"{value:g}" for name, value in usual.items()}


def typed(name: str, schedule: Schedule) -> dict[str, str]:
    """A schedule as an address has it."""
    said: dict[str, str] = {}
    for number, row in enumerate(schedule[:-1]):
        said |= {f"{name}-{number}-until": f"{row.until_hours:g}", f"{name}-{number}-every": str(row.every_minutes)}
    return said | {f"{name}-then": str(schedule[-1].every_minutes)}
