"""The columns of an operation in the registry, each with its meaning: for the template, its reader, and to explain.

They bear the names of `Line`'s fields, and mean the same. None names a patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from monitoring.pathway.vocabulary import Finding
from monitoring.registry.vocabulary import Deficit, Ended, Reoperation
from wards.models import Level, Operation, Patient, Stay

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_KEY: Final = 40
"""Characters of a case's number."""


class Kind(Enum):
    """What a cell holds. DECIMAL takes whole numbers too; GRADE is 0 to 5, and 0 is paralysis."""

    KEY = auto()
    WARD = auto()
    DAY = auto()
    CHOICE = auto()
    YES_NO = auto()
    WHOLE = auto()
    DECIMAL = auto()
    GRADE = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `choices` are what may stand in it with their words, `low` and `high` the numbers; both are included.

    Empty means not known where it is not `required`. `unit` is empty where there is none.
    """

    name: str
    meaning: StrPromise
    kind: Kind
    example: str
    unit: StrPromise | str = ""
    choices: Mapping[str, StrPromise | str] | None = None
    low: int = 0
    high: int = 0
    required: bool = False

    @property
    def allowed(self) -> str:
        """What may stand in it, in words; the codes themselves where it is one of several."""
        if self.choices is not None:
            return ", ".join(self.choices)
        if self.kind is Kind.KEY:
            return _("up to %(n)d letters, digits and . _ / -, one digit among them") % {"n": MAX_KEY}
        if self.kind is Kind.WARD:
            return _("the code of a ward of yours")
        if self.kind is Kind.DAY:
            return _("a day as 2016-03-07, not in the future")
        range_ = {"low": self.low, "high": self.high}
        if self.kind is Kind.DECIMAL:
            return _("%(low)d to %(high)d, with a decimal point") % range_
        return _("%(low)d to %(high)d, whole") % range_


NO: Final = "no"
YES: Final = "yes"
FUSIONS: Final = {one.value: one.label for one in Operation.Procedure if one != Operation.Procedure.OTHER}
DEPARTURES: Final = {one.value: one.label for one in Stay.LEAVING}
OVER: Final = {one.value: one.label for one in Ended if one != Ended.OPEN}
"""No alert of ours is open about an operation that was done elsewhere, or before."""

A_YEAR, TEN_YEARS = 366, 3660
DAYS, HOURS, MINUTES = lazy("days of 24 h"), lazy("hours"), lazy("minutes")
MRC = lazy("MRC grade")


def _choice(
    name: str, meaning: StrPromise, of: Mapping[str, StrPromise | str], example: str, *, required: bool = False
) -> Column:
    return Column(name, meaning, Kind.CHOICE, example, choices=of, required=required)


def _yes_no(name: str, meaning: StrPromise, example: str) -> Column:
    words = {YES: pgettext_lazy("registry", "yes"), NO: pgettext_lazy("registry", "no")}
    return Column(name, meaning, Kind.YES_NO, example, choices=words)


def _days(name: str, meaning: StrPromise, example: str, high: int) -> Column:
    return Column(name, meaning, Kind.DECIMAL, example, unit=DAYS, high=high)


def _minutes(name: str, meaning: StrPromise, example: str) -> Column:
    return Column(name, meaning, Kind.DECIMAL, example, unit=MINUTES, high=A_YEAR * 24 * 60)


def _grade(name: str, meaning: StrPromise, example: str) -> Column:
    return Column(name, meaning, Kind.GRADE, example, unit=MRC, high=5)


OF_THE_OPERATION: Final = (
    Column(
        "case_key",
        lazy("The study’s own number of this operation. Never a name, a record number or a date of birth."),
        Kind.KEY,
        "2016-0412",
        required=True,
    ),
    Column("ward", lazy("The ward where the patient lay when the operation ended."), Kind.WARD, "7b", required=True),
    Column("operated_on", lazy("The day of the index operation."), Kind.DAY, "2016-03-07", required=True),
    _choice("sex", lazy("Sex; X: other or not known."), dict(Patient.Sex.choices), "F", required=True),
    Column(
        "age",
        lazy("Age on the day of the index operation."),
        Kind.WHOLE,
        "62",
        unit=lazy("completed years"),
        high=120,
        required=True,
    ),
    _choice(
        "diagnosis",
        lazy("Why the patient was operated."),
        dict(Operation.Diagnosis.choices),
        "stenosis",
        required=True,
    ),
    _choice("procedure", lazy("The index fusion."), FUSIONS, "PLIF", required=True),
    _choice("level_upper", lazy("The uppermost vertebra of the fusion."), dict(Level.choices), "L3"),
    _choice("level_lower", lazy("The lowest vertebra of the fusion."), dict(Level.choices), "S1"),
    Column(
        "segments",
        lazy("The fused motion segments: L3 to S1 are 3. May be left out where both levels are given."),
        Kind.WHOLE,
        "3",
        unit=lazy("motion segments"),
        low=1,
        high=20,
    ),
    _choice(
        "symptomatic_side",
        lazy("The patient’s side of the symptoms before the operation."),
        dict(Operation.SymptomaticSide.choices),
        "left",
    ),
    _yes_no("coagulopathy", lazy("Whether a coagulopathy was known before the operation."), "no"),
    _yes_no("deformity_correction", lazy("Whether a deformity was corrected."), "no"),
    _choice(
        "departure",
        lazy("How the patient left. Of whom nobody knows it, the follow-up counts as incomplete."),
        DEPARTURES,
        "home",
    ),
    _days("departure_days", lazy("From the index operation’s end until the patient left."), "14", TEN_YEARS),
)

OF_THE_DEFICIT: Final = (
    _choice(
        "deficit",
        lazy("The worst weakness after the index operation. It must be said: nothing known is not the same as none."),
        dict(Deficit.choices),
        "severe",
        required=True,
    ),
    _days(
        "onset_days",
        lazy("From the index operation’s end until the deficit was first seen. Less than 1 is taken as 1."),
        "3",
        A_YEAR,
    ),
    _choice("ended", lazy("What became of the deficit."), OVER, "explored"),
    _choice(
        "reoperation",
        lazy("Why the patient was operated again: for the deficit if that was a reason, else the first time."),
        dict(Reoperation.choices),
        "deficit",
        required=True,
    ),
    _days("reoperation_days", lazy("From the index operation’s end until that operation’s end."), "3.5", TEN_YEARS),
    _choice(
        "finding",
        lazy("What the re-operation for a deficit found. Empty is counted as not recorded, and is not “none found”."),
        dict(Finding.choices),
        Finding.MALPOSITION.value,
    ),
    _grade("grade_at_deficit", lazy("The lowest strength of the deficit’s muscles before the re-operation."), "1"),
    _grade("grade_day3", lazy("The lowest strength of the same muscles on day 3 after the re-operation."), "3"),
    _grade("grade_day7", lazy("The lowest strength of the same muscles on day 7 after the re-operation."), "4"),
    _yes_no("relief", lazy("Whether the re-operation relieved the weakness."), "yes"),
)

OF_THE_TIMES: Final = (
    Column(
        "good_to_decompression_hours",
        lazy("From the last check that was still good to the re-operation’s end."),
        Kind.DECIMAL,
        "7.5",
        unit=HOURS,
        high=A_YEAR * 24,
    ),
    _minutes("minutes_to_alert", lazy("From the examination that found the deficit until somebody was alerted."), "4"),
    _minutes("minutes_to_acknowledged", lazy("From that examination until somebody acknowledged the alert."), "9"),
    _minutes("minutes_to_imaging", lazy("From that examination until imaging was done."), "55"),
    _minutes("minutes_to_theatre", lazy("From that examination until the re-operation began."), "190"),
    Column("checks_done", lazy("Strength checks after the index operation."), Kind.WHOLE, "30", high=99_999),
    Column("checks_late", lazy("How many of the strength checks were overdue."), Kind.WHOLE, "2", high=99_999),
)

COLUMNS: Final = (*OF_THE_OPERATION, *OF_THE_DEFICIT, *OF_THE_TIMES)
BY_NAME: Final[Mapping[str, Column]] = {column.name: column for column in COLUMNS}
REQUIRED: Final = tuple(column.name for column in COLUMNS if column.required)
