"""Whether strength came back after a re-operation: each muscle at the deficit, on day 3 and on day 7. Pure.

As the paper tells it: "grade 3 or 4 by the third day" after the second operation, "by the seventh day" grade 4 or
normal (protocol §11). A day's grade is that of the check nearest to so many times 24 h after the operation's end, from
half a day before to a day after (local default); what no check of that time graded is not known. Where no muscle is
known to have fallen before, a check that graded any muscle is the day's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from monitoring.protocol import MUSCLES, Check, Event, Muscle, Operation, Settings, Timeline
from monitoring.protocol.course import Course
from monitoring.protocol.muscles import MuscleRecord

DAYS = (3, 7)
EARLIER, LATER = timedelta(hours=12), timedelta(hours=24)
FELL_BY = 2  # grades; who lost less was not operated for that muscle
RELIEVED = 3  # "recorded at grade 3 or 4 by the third day"
Grade = int | Literal["NT"] | None


class Due(StrEnum):
    """How an outcome check stands."""

    PLANNED = "planned"
    DUE = "due"
    DONE = "done"
    PARTLY = "partly"
    MISSED = "missed"
    OVERTAKEN = "overtaken"  # operated again before it was done: that operation has checks of its own


@dataclass(frozen=True, slots=True)
class OutcomeCheck:
    """The check of day 3 or 7: due at `at`, possible until `until`. `grades` are those of the deficit's muscles."""

    day: int
    at: datetime
    until: datetime
    state: Due
    grades: Mapping[Muscle, Grade]


@dataclass(frozen=True, slots=True)
class Recovery:
    """One re-operation's outcome. `at_deficit`: each muscle's lowest grade before it."""

    operated_at: datetime
    at_deficit: Mapping[Muscle, int]
    checks: Sequence[OutcomeCheck]

    @property
    def relief(self) -> bool | None:
        """As in the paper: on day 3 every muscle of the deficit is at grade 3 or better, and better than it was.

        None while that is not known: not day 3 yet, or a muscle was not tested.
        """
        day3 = self.checks[0]
        grades = [(before, day3.grades.get(muscle)) for muscle, before in self.at_deficit.items()]
        tested = [(before, grade) for before, grade in grades if isinstance(grade, int)]
        if any(grade < RELIEVED or grade <= before for before, grade in tested):
            return False
        return True if grades and len(tested) == len(grades) else None


def recovery(timeline: Timeline, operation: Operation, fallen: Iterable[Muscle], now: datetime) -> Recovery:
    """The outcome of a secondary operation; `fallen` are the muscles that fell by two grades or more, or to 0.

    One alert may tell of several operations: a muscle that had not fallen by two grades in the time before this one is
    none of its deficit's, though it fell afterwards, or before an earlier operation.
    """
    events = [event for event in timeline.standing() if event.at <= now]
    operations = [event for event in events if isinstance(event, Operation)]
    began = max((other.at for other in operations if other.at < operation.at), default=None)
    ended = min((other.at for other in operations if other.at > operation.at), default=None)
    checks = [event for event in events if isinstance(event, Check)]
    before = [check for check in checks if (began is None or check.at > began) and check.at <= operation.at]
    told, low = set(fallen), _low_since(began, (event for event in events if event.at <= operation.at))
    at_deficit = {
        muscle: lowest for muscle in MUSCLES if muscle in told & low and (lowest := _lowest(before, muscle)) is not None
    }
    after = [check for check in checks if check.at > operation.at and (ended is None or check.at <= ended)]
    planned = [_outcome_check(day, operation.at, tuple(at_deficit), after, now=now, ended=ended) for day in DAYS]
    return Recovery(operation.at, at_deficit, planned)


def _low_since(began: datetime | None, history: Iterable[Event]) -> set[Muscle]:
    """The muscles that a check after `began` found two grades or more below what they had, or fallen to 0."""
    course, low = Course(None, Settings()), set[Muscle]()
    for event in history:
        course.take(event)
        if isinstance(event, Check) and (began is None or event.at > began):
            low |= {muscle for muscle, record in course.muscles.items() if _has_fallen(record)}
    return low


def _has_fallen(record: MuscleRecord) -> bool:
    by = max(record.drop, record.shortfall)
    return by >= FELL_BY or (by > 0 and record.latest == 0)


def _lowest(checks: Iterable[Check], muscle: Muscle) -> int | None:
    graded = [grade for check in checks if isinstance(grade := check.grades.get(muscle), int)]
    return min(graded, default=None)


def _outcome_check(
    day: int,
    operated_at: datetime,
    muscles: Sequence[Muscle],
    checks: Sequence[Check],
    *,
    now: datetime,
    ended: datetime | None,
) -> OutcomeCheck:
    """`ended`: when the patient was operated again, if so."""
    at = operated_at + timedelta(days=day)
    within = [check for check in checks if at - EARLIER <= check.at <= at + LATER]
    nearest = sorted(within, key=lambda check: (abs(check.at - at), check.at))
    grades = {muscle: _nearest_grade(nearest, muscle) for muscle in muscles}
    tested = [isinstance(grade, int) for grade in grades.values()] if muscles else [True for _ in _graded(within)]
    return OutcomeCheck(day, at, at + LATER, _state(at, tested, now=now, ended=ended), grades)


def _graded(checks: Iterable[Check]) -> list[Check]:
    """Those that graded a muscle: NT alone is no test (protocol §1)."""
    return [check for check in checks if any(isinstance(grade, int) for grade in check.grades.values())]


def _nearest_grade(nearest: Sequence[Check], muscle: Muscle) -> Grade:
    """The grade nearest in time; NT where it was tried and nothing more; None where nobody looked."""
    seen = [check.grades[muscle] for check in nearest if muscle in check.grades]
    graded = [grade for grade in seen if isinstance(grade, int)]
    if graded:
        return graded[0]
    return "NT" if seen else None


def _state(at: datetime, tested: Sequence[bool], *, now: datetime, ended: datetime | None) -> Due:
    if tested and all(tested):
        return Due.DONE
    if ended is not None and ended <= at + LATER:
        return Due.PARTLY if any(tested) else Due.OVERTAKEN
    if now < at - EARLIER:
        return Due.PLANNED
    if now <= at + LATER:
        return Due.DUE
    return Due.PARTLY if any(tested) else Due.MISSED
