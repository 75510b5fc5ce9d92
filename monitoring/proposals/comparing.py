"""What two versions of the protocol say of one history, and how that differs. Nothing here touches the database.

Both are asked of the protocol itself, moment by moment (`protocol.passage`), and of what alerts say (`Evidence`).
What people did about an alert is left out: it cannot be known what they would have done about another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple, Self

from monitoring.alerts.evidence import Evidence
from monitoring.protocol import Action, Assessment, Level, Moment, Rule, Settings, Timeline, passage

DAY = timedelta(days=1)
SHORTEST = timedelta(minutes=1)  # between two checks: settings may say 0


class Signal(StrEnum):
    """What can hold at a moment and be compared: that the level is this or a higher one, an action, a check missed."""

    CRITICAL = "critical"
    CONCERN = "concern"
    WATCH = "watch"
    IMAGE_AND_EXPLORE = "image_and_explore"
    OVERDUE = "overdue"
    UNTESTED = "untested"


LEVELS = {Signal.CRITICAL: Level.CRITICAL, Signal.CONCERN: Level.CONCERN, Signal.WATCH: Level.WATCH}
CALLS = (*LEVELS, Signal.IMAGE_AND_EXPLORE)
"""What calls somebody: each time that it differs is told with its stay. Of the others the number is."""


class How(StrEnum):
    """How the proposed version differs from the one in force."""

    MORE = "more"
    FEWER = "fewer"
    EARLIER = "earlier"
    LATER = "later"


class Span(NamedTuple):
    """A signal holds from `start` until `end`, unbroken. `why`: the rules, or the reasons, that began it."""

    start: datetime
    end: datetime
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One time at which the two versions differ: under one of them alone, or sooner or later."""

    signal: Signal
    how: How
    before: datetime | None
    after: datetime | None
    why: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "signal": self.signal.value,
            "how": self.how.value,
            "before": self.before and self.before.isoformat(),
            "after": self.after and self.after.isoformat(),
            "why": list(self.why),
        }


@dataclass(slots=True)
class Tally:
    """How often a signal began under each version, and how: `after` = `before` + `more` − `fewer`."""

    before: int = 0
    after: int = 0
    more: int = 0
    fewer: int = 0
    earlier: int = 0
    later: int = 0

    def add(self, other: Tally) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def to_json(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Compared:
    """One stay under the version in force (`before`) and the proposed one (`after`).

    `asked`: how many checks each version asks for, had each been done when it was due. `watched`: how long an operation
    was behind the patient, for checks are asked for from then on.
    """

    tallies: Mapping[Signal, Tally]
    changes: Sequence[Change]
    asked: tuple[float, float]
    watched: timedelta

    @property
    def differs(self) -> bool:
        """Whether anything that calls somebody, or shows on the board, is otherwise."""
        return bool(self.changes) or any(tally.more or tally.fewer for tally in self.tallies.values())

    def to_json(self) -> dict[str, Any]:
        counts = {signal.value: [tally.before, tally.after] for signal, tally in self.tallies.items()}
        changes = [change.to_json() for change in self.changes]
        return {"counts": counts, "changes": changes, "asked": list(self.asked), "days": self.watched / DAY}


@dataclass(slots=True)
class Totals:
    """The sums over the stays of a replay. `unwatched`: without an operation, so that no rule applies to them."""

    stays: int = 0
    differing: int = 0
    unwatched: int = 0
    days: float = 0
    asked_before: float = 0
    asked_after: float = 0
    tallies: dict[Signal, Tally] = field(default_factory=lambda: {signal: Tally() for signal in Signal})

    def add(self, stay: Compared) -> None:
        self.stays += 1
        self.differing += stay.differs
        self.unwatched += not stay.watched
        self.days += stay.watched / DAY
        self.asked_before += stay.asked[0]
        self.asked_after += stay.asked[1]
        for signal, tally in stay.tallies.items():
            self.tallies[signal].add(tally)

    def to_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "tallies"}
        return plain | {"tallies": {signal.value: tally.to_json() for signal, tally in self.tallies.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The totals of a replay; of none yet where there is nothing."""
        if not stored:
            return cls()
        plain = {name: stored[name] for name in cls.__slots__ if name != "tallies"}
        return cls(**plain, tallies={signal: Tally(**stored["tallies"][signal.value]) for signal in Signal})


def compare(timeline: Timeline, since: datetime, until: datetime, *, before: Settings, after: Settings) -> Compared:
    """A history from `since` until `until` under two versions of the settings."""
    past = passage(timeline, before, min(since, until), until)
    then = passage(timeline, after, min(since, until), until)
    tallies, changes = {}, list[Change]()
    old, new = spans(past), spans(then)
    for signal in Signal:
        found = [change for pair in paired(old[signal], new[signal]) if (change := _change(signal, *pair))]
        tallies[signal] = _tally(old[signal], new[signal], found)
        changes += found if signal in CALLS else []
    changes.sort(key=lambda change: (min(at for at in (change.before, change.after) if at), change.signal))
    watched = sum((end.at - start.at for start, end in pairwise(past) if _interval(start)), timedelta())
    return Compared(tallies, changes, (asked(past), asked(then)), watched)


def spans(moments: Sequence[Moment]) -> dict[Signal, list[Span]]:
    """When each signal held. One that still holds at the last moment ends there."""
    found: dict[Signal, list[Span]] = {signal: [] for signal in Signal}
    on: dict[Signal, tuple[datetime, tuple[str, ...]]] = {}
    for moment in moments:
        holds = held(moment.assessment)
        for signal in [signal for signal in on if signal not in holds]:
            start, why = on.pop(signal)
            found[signal].append(Span(start, moment.at, why))
        for signal, why in holds.items():
            on.setdefault(signal, (moment.at, why))
    for signal, (start, why) in on.items():
        found[signal].append(Span(start, moments[-1].at, why))
    return found


def held(assessment: Assessment) -> dict[Signal, tuple[str, ...]]:
    """The signals that an assessment gives, each with its reasons."""
    told = Evidence.of(assessment)
    holds = {
        signal: tuple(rule.value for rule in Rule if rule in told.rules and rule.level >= level)
        for signal, level in LEVELS.items()
        if told.level >= level
    }
    if Action.IMAGE_AND_EXPLORE in told.actions:
        holds[Signal.IMAGE_AND_EXPLORE] = tuple(reason.value for reason in assessment.because)
    if assessment.overdue:
        holds[Signal.OVERDUE] = ()
    if any(finding.rule is Rule.UNTESTED for finding in assessment.findings):
        holds[Signal.UNTESTED] = (Rule.UNTESTED.value,)
    return holds


def paired(before: Sequence[Span], after: Sequence[Span]) -> list[tuple[Span | None, Span | None]]:
    """Each span of one version with the one of the other that it overlaps, the earliest first; the rest alone."""
    left, pairs = list(before), list[tuple[Span | None, Span | None]]()
    for span in after:
        same = next((other for other in left if other.start <= span.end and span.start <= other.end), None)
        if same is not None:
            left.remove(same)
        pairs.append((same, span))
    return [*pairs, *((span, None) for span in left)]


def _change(signal: Signal, before: Span | None, after: Span | None) -> Change | None:
    if before is None and after is not None:
        return Change(signal, How.MORE, None, after.start, after.why)
    if after is None and before is not None:
        return Change(signal, How.FEWER, before.start, None, before.why)
    if before is None or after is None or before.start == after.start:
        return None
    how = How.EARLIER if after.start < before.start else How.LATER
    return Change(signal, how, before.start, after.start, after.why)


def _tally(before: Sequence[Span], after: Sequence[Span], changes: Sequence[Change]) -> Tally:
    tally = Tally(len(before), len(after))
    for change in changes:
        setattr(tally, change.how.value, getattr(tally, change.how.value) + 1)
    return tally


def asked(moments: Sequence[Moment]) -> float:
    """How many checks the schedule asks for over these moments (protocol §8): time over the interval that holds."""
    stretches = ((end.at - start.at, _interval(start)) for start, end in pairwise(moments))
    return sum((length / max(interval, SHORTEST) for length, interval in stretches if interval is not None), 0.0)


def _interval(moment: Moment) -> timedelta | None:
    """From the last look to the next check; None before the first operation."""
    due, look = moment.assessment.next_check_due, moment.assessment.last_look
    return None if due is None or look is None else due - look
