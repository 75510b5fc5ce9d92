"""The steps of a deficit's story, one for each thing that was recorded of it, in order of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import Literal, TypeAlias

from monitoring.alerts.models import Alert, AlertEvent, Milestone, SpokenReport
from monitoring.checks.models import LATE_AFTER, Acceptance, Check, Treatment
from monitoring.checks.queries import Struck, struck
from monitoring.pathway.models import Exploration, Imaging, TheatrePlan
from monitoring.pathway.recovery import OutcomeCheck
from monitoring.protocol import Muscle
from wards.models import Operation, Staff

Source: TypeAlias = (
    Acceptance
    | Alert
    | AlertEvent
    | Check
    | Exploration
    | Imaging
    | Milestone
    | Operation
    | OutcomeCheck
    | SpokenReport
    | TheatrePlan
    | Treatment
)
Entry: TypeAlias = Acceptance | Check | Exploration | Imaging | Operation | TheatrePlan | Treatment


class Told(StrEnum):
    """What a step tells. Of equal times the one named here first comes first."""

    LAST_GOOD = auto()
    SEEN = auto()
    CHECKED = auto()
    OPENED = auto()
    ROSE = auto()
    FELL = auto()
    ACKNOWLEDGED = auto()
    REPORTED = auto()
    ACCEPTED = auto()
    HANDED_OVER = auto()
    TREATED = auto()
    IMAGED = auto()
    MILESTONE = auto()
    LAPSED = auto()
    DECIDED = auto()
    PLANNED = auto()
    OPERATION_STARTED = auto()
    OPERATION_ENDED = auto()
    FOUND = auto()
    REFERENCE_ACCEPTED = auto()
    SUPERSEDED = auto()
    CLOSED = auto()
    REOPENED = auto()
    MENDED = auto()
    OUTCOME = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one check says of one of the deficit's muscles. `reference` is what the alert held it to."""

    muscle: Muscle
    grade: int | Literal["NT", "NA"] | None
    reference: int
    assumed: bool

    @property
    def is_below(self) -> bool:
        return isinstance(self.grade, int) and self.grade < self.reference


@dataclass(frozen=True, slots=True)
class Step:
    """One line. `by` is empty where the software did it.

    `recorded_at`: when it was written down, where that was late; of what was first seen always. `struck`: why the entry
    counts no longer. `overtaken`: what came later has taken its place. `muscles` and `flags` are those of a check.
    `times`, `last_at`: checks that follow each other and say the same stand once. `shown_at`: of a closing, when the
    checks were made that show its outcome.
    """

    at: datetime
    told: Told
    source: Source | None
    by: Sequence[Staff] = ()
    recorded_at: datetime | None = None
    struck: Struck | None = None
    overtaken: bool = False
    muscles: Sequence[Seen] = ()
    flags: Sequence[tuple[str, str]] = ()
    times: int = 1
    last_at: datetime | None = None
    shown_at: Sequence[datetime] = ()


def noted(source: SpokenReport | Milestone, told: Told) -> Step:
    """What somebody wrote down about an alert."""
    return Step(source.at, told, source, by=[source.recorded_by], recorded_at=_late(source.at, source.recorded_at))


def entry_step(entry: Entry, told: Told, at: datetime) -> Step:
    """A signed entry, of which something happened at `at`."""
    late = _late(at, entry.recorded_at)
    return Step(at, told, entry, by=[entry.recorded_by], recorded_at=late, struck=struck(entry))


def check_step(check: Check, told: Told, alert: Alert) -> Step:
    """A check by what it says of the alert's muscles and flags."""
    step = entry_step(check, told, check.examined_at)
    flags = [(flag, getattr(check, flag)) for flag in alert.flags]
    return replace(step, muscles=seen_in(check, alert), flags=flags)


def _late(at: datetime, recorded_at: datetime) -> datetime | None:
    return recorded_at if recorded_at - at > LATE_AFTER else None


def seen_in(check: Check, alert: Alert) -> list[Seen]:
    """The alert's muscles in this check, in the protocol's order; None where it left one out."""
    return [
        Seen(muscle, check.grade(muscle), found["reference"], found["assumed"])
        for muscle in Muscle
        if (found := alert.muscles.get(muscle.value)) is not None
    ]


def in_order(steps: Iterable[Step]) -> list[Step]:
    """By the second, and of equal times by what they tell; checks that say the same one after the other stand once."""
    order = list(Told)
    return list(_together(sorted(steps, key=lambda step: (step.at.replace(microsecond=0), order.index(step.told)))))


def _together(steps: Iterable[Step]) -> Iterator[Step]:
    before: Step | None = None
    for step in steps:
        if before is not None and _says_the_same(before, step):
            others = [who for who in step.by if who not in before.by]
            before = replace(before, by=[*before.by, *others], times=before.times + 1, last_at=step.at)
            continue
        if before is not None:
            yield before
        before = step
    if before is not None:
        yield before


def _says_the_same(one: Step, other: Step) -> bool:
    """Whether two checks in a row may stand as one: neither late nor struck, with the same grades and flags."""
    plain = all(step.told == Told.CHECKED and step.struck is None and step.recorded_at is None for step in (one, other))
    return plain and (one.muscles, one.flags) == (other.muscles, other.flags)
