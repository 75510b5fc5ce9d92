"""What one check found, as a value: said by a form, judged by the rules, stored as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from monitoring.checks.models import Check, Flag, Untested, column
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from wards.models import Staff

LOWEST_GRADE, HIGHEST_GRADE = 0, 5
WORST_PAIN = 10

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CheckFindings:
    """What the examiner found. A muscle or flag that is not named was not looked at, which is not normal.

    `muscles`: an MRC grade 0–5, or why there is none. `flags`: by the protocol's name. `pain`: 0–10, None where it
    was not asked. `catheter`: a urinary catheter is in place, so that retention cannot show.
    """

    muscles: Mapping[Muscle, int | Untested] = field(default_factory=dict)
    flags: Mapping[str, Flag] = field(default_factory=dict)
    catheter: bool = False
    pain: int | None = None
    second_examiner: Staff | None = None
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The check's columns, all of them: what was left out is said as left out."""
        values: dict[str, Any] = {}
        for muscle in MUSCLES:
            look = self.muscles.get(muscle)
            reason = isinstance(look, Untested)
            values[column(muscle)] = None if reason else look
            values[f"{column(muscle)}_untested"] = look if reason else ""
        for flag in FLAGS:
            values[flag] = self.flags.get(flag, "")
        said = {"pain": self.pain, "second_examiner": self.second_examiner, "note": self.note}
        return values | said | {"catheter": self.catheter}

    def errors(self) -> Errors:
        """What no check may say, by column."""
        errors: Errors = {}
        for muscle, look in self.muscles.items():
            if not isinstance(look, Untested) and not is_whole(look, LOWEST_GRADE, HIGHEST_GRADE):
                errors[column(muscle)] = [_("An MRC grade is a whole number from 0 to 5.")]
        if self.pain is not None and not is_whole(self.pain, 0, WORST_PAIN):
            errors["pain"] = [_("Pain is a whole number from 0 to 10.")]
        if Untested.OTHER in self.muscles.values() and not self.note.strip():
            errors["note"] = [_("Say in the note what kept the muscle marked “NT: other” from being tested.")]
        if not self.looks_at_something():
            errors["__all__"] = [_("This check looks at nothing: record at least one muscle or red flag.")]
        return errors

    def looks_at_something(self) -> bool:
        """True where a muscle was graded or has a reason for not being, or a flag was found present or absent."""
        return bool(self.muscles) or any(flag in {Flag.PRESENT, Flag.ABSENT} for flag in self.flags.values())


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether it is a whole number within bounds, both included; True is not 1 here, and 5.0 not 5."""
    return type(value) is int and low <= value <= high


def findings_of(check: Check) -> CheckFindings:
    """What a stored check found."""
    muscles: dict[Muscle, int | Untested] = {}
    for muscle in MUSCLES:
        grade: int | None = getattr(check, column(muscle))
        untested: str = getattr(check, f"{column(muscle)}_untested")
        if grade is not None:
            muscles[muscle] = grade
        elif untested:
            muscles[muscle] = Untested(untested)
    return CheckFindings(
        muscles=muscles,
        flags={flag: Flag(status) for flag in FLAGS if (status := getattr(check, flag))},
        catheter=check.catheter,
        pain=check.pain,
        second_examiner=check.second_examiner,
        note=check.note,
    )
