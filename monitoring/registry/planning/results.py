"""What a simulation gives: shares with the simulation's own error, delays, a nurse's hours, and one schedule against
the other. Nothing but tuples and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitoring.registry.planning.plan import Plan

SEEN_WITHIN = (1, 2, 4, 6)
"""Hours of the onset."""
DECOMPRESSED_WITHIN = (6, 8)
"""Hours of the onset: the marks of the protocol's clock (§7)."""
WORK_UNTIL = (3, 9, 14)
"""Days after the index operation."""
CURVE_HOURS = tuple(range(25))
HOUR, DAY = 60, 24 * 60  # minutes


class Journey(NamedTuple):
    """One deficit under one schedule: minutes from its onset; inf for what has not come about."""

    seen: float
    decompressed: float


class Share(NamedTuple):
    """A share, and its Monte-Carlo standard error: what simulating more would take away, and nothing else."""

    share: float
    error: float


@dataclass(frozen=True, slots=True)
class Group:
    """The deficits of one cause, or all ("")."""

    cause: str
    deficits: int
    seen: tuple[Share, ...]
    """Within each of `SEEN_WITHIN`."""
    decompressed: tuple[Share, ...]
    """Within each of `DECOMPRESSED_WITHIN`."""
    median: float
    """Minutes from the onset until half are seen; inf where that is never."""
    ninth: float
    """The same of nine in ten."""


@dataclass(frozen=True, slots=True)
class Work:
    """Checks of one patient in whom nothing falls until a day, and the hours of nursing of a hundred such patients."""

    until_day: int
    checks: int
    hours_per_100: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The shares of deficits by each hour since the onset."""

    hours: tuple[int, ...]
    seen: tuple[float, ...]
    decompressed: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One schedule. `unseen` and `undone` are shares: not seen by day 14; seen, and not explored within 12 h."""

    whole: Group
    by_cause: tuple[Group, ...]
    work: tuple[Work, ...]
    unseen: Share
    undone: Share
    curve: Curve


@dataclass(frozen=True, slots=True)
class Compared:
    """B against A, deficit by deficit: each share is B's less A's, with the error of that difference."""

    seen: tuple[Share, ...]
    decompressed: tuple[Share, ...]
    earlier: Share
    """The share that B sees before A does; `later`: after."""
    later: Share
    hours_per_100: tuple[float, ...]
    """More hours of nursing of a hundred patients, until each of `WORK_UNTIL`."""


@dataclass(frozen=True, slots=True)
class Result:
    plan: Plan
    a: Outcome
    b: Outcome
    compared: Compared


def curves(result: Result) -> tuple[Curve, Curve]:
    """What a picture of the two schedules is drawn from: A's and B's."""
    return result.a.curve, result.b.curve


def outcome_of(
    journeys: Sequence[Journey], of_cause: Sequence[str], causes: Iterable[str], work: tuple[Work, ...]
) -> Outcome:
    """`of_cause` has the cause of each journey; `causes` is the order in which they are told."""
    together: dict[str, list[Journey]] = {cause: [] for cause in causes}
    for cause, journey in zip(of_cause, journeys, strict=True):
        together[cause].append(journey)
    return Outcome(
        whole=group_of("", journeys),
        by_cause=tuple(group_of(cause, those) for cause, those in together.items() if those),
        work=work,
        unseen=share_of(math.isinf(one.seen) for one in journeys),
        undone=share_of(math.isinf(one.decompressed) and not math.isinf(one.seen) for one in journeys),
        curve=Curve(
            CURVE_HOURS,
            _by_hour([one.seen for one in journeys]),
            _by_hour([one.decompressed for one in journeys]),
        ),
    )


def group_of(cause: str, journeys: Sequence[Journey]) -> Group:
    seen = sorted(one.seen for one in journeys)
    return Group(
        cause,
        len(journeys),
        seen=tuple(share_of(one <= hours * HOUR for one in seen) for hours in SEEN_WITHIN),
        decompressed=tuple(
            share_of(one.decompressed <= hours * HOUR for one in journeys) for hours in DECOMPRESSED_WITHIN
        ),
        median=_within(seen, 1, 2),
        ninth=_within(seen, 9, 10),
    )


def compared(a: Outcome, b: Outcome, of_a: Sequence[Journey], of_b: Sequence[Journey]) -> Compared:
    """The same deficits under both, in the same order."""
    pairs = list(zip(of_a, of_b, strict=True))
    return Compared(
        seen=tuple(
            mean_of((two.seen <= hours * HOUR) - (one.seen <= hours * HOUR) for one, two in pairs)
            for hours in SEEN_WITHIN
        ),
        decompressed=tuple(
            mean_of((two.decompressed <= hours * HOUR) - (one.decompressed <= hours * HOUR) for one, two in pairs)
            for hours in DECOMPRESSED_WITHIN
        ),
        earlier=share_of(two.seen < one.seen for one, two in pairs),
        later=share_of(two.seen > one.seen for one, two in pairs),
        hours_per_100=tuple(two.hours_per_100 - one.hours_per_100 for one, two in zip(a.work, b.work, strict=True)),
    )


def work_of(looks: Iterable[float], check_minutes: float) -> tuple[Work, ...]:
    """Of the looks at one patient, in minutes after the operation."""
    done = list(looks)
    counted = [(days, sum(at <= days * DAY for at in done)) for days in WORK_UNTIL]
    return tuple(Work(days, checks, 100 * checks * check_minutes / HOUR) for days, checks in counted)


def share_of(happened: Iterable[bool]) -> Share:
    """How many of them; the error is that of a share."""
    return mean_of(int(one) for one in happened)


def mean_of(values: Iterable[int]) -> Share:
    """The mean of independent draws, and its standard error."""
    drawn = list(values)
    mean = sum(drawn) / len(drawn)
    variance = sum(one * one for one in drawn) / len(drawn) - mean * mean
    return Share(mean, math.sqrt(max(variance, 0) / len(drawn)))


def _within(rising: Sequence[float], part: int, of: int) -> float:
    """The least value that at least `part` in `of` do not exceed."""
    return rising[-(-len(rising) * part // of) - 1]


def _by_hour(minutes: Sequence[float]) -> tuple[float, ...]:
    return tuple(sum(one <= hours * HOUR for one in minutes) / len(minutes) for hours in CURVE_HOURS)
