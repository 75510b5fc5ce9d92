"""The ten muscles of a check form, laid out as one faces the patient: the patient's RIGHT at the left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from monitoring.checks.models import NEVER_TESTABLE, Check, Untested, column
from monitoring.desks.common.options import Option, value_of
from monitoring.desks.common.presentation import MYOTOME_WORDS, clock_words
from monitoring.protocol import MUSCLES, MYOTOMES, Muscle

FACING: Final = ("right", "left")
GRADES: Final = tuple(str(grade) for grade in range(6))
NOT_NOW: Final = tuple(reason for reason in Untested if reason not in NEVER_TESTABLE)
NEVER: Final = tuple(reason for reason in Untested if reason in NEVER_TESTABLE)
REASON_WORDS: Final = {
    Untested.SEDATED: gettext_lazy("sedated"),
    Untested.BLOCK: gettext_lazy("nerve block"),
    Untested.PAIN: pgettext_lazy("why a muscle was not tested", "pain"),
    Untested.CAST: gettext_lazy("cast or brace"),
    Untested.OTHER: pgettext_lazy("why a muscle was not tested", "other"),
    Untested.AMPUTATION: gettext_lazy("amputation"),
    Untested.FUSED_JOINT: gettext_lazy("fused joint"),
}


@dataclass(frozen=True, slots=True)
class ReasonOption(Option):
    """`recap`: how it is said once chosen: "NT: sedated"."""

    recap: str


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
    not_now: tuple[ReasonOption, ...]
    never: tuple[ReasonOption, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MyotomeRow:
    myotome: str
    movement: str
    boxes: tuple[MuscleBox, ...]


def rows(form: forms.BaseForm) -> list[MyotomeRow]:
    """L2 to S1, each with its right and left box.

    The order of examination, too: the patient is asked for one movement, and does it with both legs, which are
    compared there and then; and on a screen as narrow as a phone's the order stays the same.
    """
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
    words = {"myotome": muscle.myotome, "movement": MYOTOME_WORDS[muscle.myotome]}
    left = muscle.side == "left"
    return (_("Left, %(myotome)s %(movement)s") if left else _("Right, %(myotome)s %(movement)s")) % words


def loud_words(muscle: Muscle) -> str:
    """The same for the eye, with the side in capitals: "LEFT, L4 ankle up"."""
    words = {"myotome": muscle.myotome, "movement": MYOTOME_WORDS[muscle.myotome]}
    left = muscle.side == "left"
    return (_("LEFT, %(myotome)s %(movement)s") if left else _("RIGHT, %(myotome)s %(movement)s")) % words


def _box(form: forms.BaseForm, muscle: Muscle) -> MuscleBox:
    field = form[column(muscle)]
    chosen, label = value_of(field), muscle_words(muscle)
    return MuscleBox(
        column=column(muscle),
        side=muscle.side,
        label=label,
        loud=loud_words(muscle),
        grades=tuple(_grade(label, grade, chosen) for grade in GRADES),
        not_now=tuple(_reason(label, reason, chosen) for reason in NOT_NOW),
        never=tuple(_reason(label, reason, chosen) for reason in NEVER),
        errors=tuple(str(error) for error in field.errors),
    )


def _grade(label: str, grade: str, chosen: str) -> Option:
    name = _("%(muscle)s, grade %(grade)s") % {"muscle": label, "grade": grade}
    return Option(grade, grade, name, chosen == grade)


def _reason(label: str, reason: Untested, chosen: str) -> ReasonOption:
    """Why a muscle has no grade. The button itself goes without the "NT" that stands above it."""
    words = REASON_WORDS[reason]
    never = reason in NEVER_TESTABLE
    name = (_("%(muscle)s, NA: %(reason)s") if never else _("%(muscle)s, NT: %(reason)s")) % {
        "muscle": label,
        "reason": words,
    }
    recap = (_("NA, never testable: %(reason)s") if never else _("NT: %(reason)s")) % {"reason": words}
    return ReasonOption(reason.value, str(words), name, chosen == reason.value, recap)


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
