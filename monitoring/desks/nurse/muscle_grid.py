"""The ten muscles of a check form, laid out as one faces the patient: the patient's RIGHT at the left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from monitoring.checks.models import NEVER_TESTABLE, Check, Untested, column
from monitoring.desks.common.options import Option, value_of
from monitoring.desks.common.presentation import MYOTOME_WORDS, clock_words
from monitoring.protocol import MUSCLES, MYOTOMES, Muscle

FACING: Final = ("right", "left")
GRADES: Final = tuple(str(grade) for grade in range(6))
NOT_NOW: Final = tuple(reason for reason in Untested if reason not in NEVER_TESTABLE)
NEVER: Final = tuple(reason for reason in Untested if reason in NEVER_TESTABLE)


@dataclass(frozen=True, slots=True)
class MuscleBox:
    """One muscle's buttons, in the three groups that the form shows: grades, NT for a reason, never testable.

    `label` is its accessible name ("Left, L4 ankle up"); `loud` the same with the side in capitals, for the eye.
    """

    column: str
    side: str
    label: str
    loud: str
    grades: tuple[Option, ...]
    not_now: tuple[Option, ...]
    never: tuple[Option, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MyotomeRow:
    myotome: str
    movement: str
    boxes: tuple[MuscleBox, ...]


def rows(form: forms.BaseForm) -> list[MyotomeRow]:
    """L2 to S1, each with its right and left box."""
    return [
        MyotomeRow(
            myotome=myotome,
            movement=MYOTOME_WORDS[myotome],
            boxes=tuple(_box(form, Muscle.parse(f"{myotome} {side}")) for side in FACING),
        )
        for myotome in MYOTOMES
    ]


def muscle_words(muscle: Muscle) -> str:
    """As it is said at the bedside: "Left, L4 ankle up"."""
    return f"{muscle.side.capitalize()}, {muscle.myotome} {MYOTOME_WORDS[muscle.myotome]}"


def _box(form: forms.BaseForm, muscle: Muscle) -> MuscleBox:
    field = form[column(muscle)]
    chosen, label = value_of(field), muscle_words(muscle)
    return MuscleBox(
        column=column(muscle),
        side=muscle.side,
        label=label,
        loud=label.replace(muscle.side.capitalize(), muscle.side.upper()),
        grades=tuple(Option(grade, grade, f"{label}, grade {grade}", chosen == grade) for grade in GRADES),
        not_now=_reasons(label, chosen, NOT_NOW),
        never=_reasons(label, chosen, NEVER),
        errors=tuple(str(error) for error in field.errors),
    )


def _reasons(label: str, chosen: str, reasons: Iterable[Untested]) -> tuple[Option, ...]:
    """Without the "NT: " or "NA: " that the heading above them says."""
    return tuple(
        Option(reason.value, str(reason.label).split(": ")[1], f"{label}, {reason.label}", chosen == reason.value)
        for reason in reasons
    )


def previous_grades(checks: Iterable[Check], *, now: datetime, zone: ZoneInfo) -> Mapping[str, dict[str, Any]]:
    """Each muscle's last grade and when, by column, out of standing checks given newest first.

    The page carries it as data: its script shows a muscle's only after the examiner has chosen an own grade.
    """
    previous: dict[str, dict[str, Any]] = {}
    for check in checks:
        for muscle in MUSCLES:
            grade = check.grade(muscle)
            if column(muscle) not in previous and isinstance(grade, int):
                at = clock_words(check.examined_at, now=now, zone=zone)
                previous[column(muscle)] = {"grade": grade, "at": at}
    return previous
