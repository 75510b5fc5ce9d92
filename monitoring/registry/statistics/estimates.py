"""What a statistic comes to: a value with the name of its test, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Why(StrEnum):
    """Why a statistic cannot be estimated."""

    NO_DATA = "no_data"
    ONE_GROUP = "one_group"  # only one group, or category, has any data: there is nothing to compare it with
    ALL_TIED = "all_tied"  # every value is the same
    TOO_FEW = "too_few"  # one value in each group: whatever they are, the answer is the same
    IMPOSSIBLE = "impossible"  # the counts contradict each other: negative, or more cases than patients
    NOT_A_NUMBER = "not_a_number"  # a value is no number, or larger than anything that is measured


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """There is no value, and why."""

    why: Why


class Test(StrEnum):
    """How a p value was computed."""

    MANN_WHITNEY_EXACT = "mann_whitney_exact"
    MANN_WHITNEY_EXACT_TIED = "mann_whitney_exact_tied"  # every arrangement of the tied ranks counted
    MANN_WHITNEY_ASYMPTOTIC = "mann_whitney_asymptotic"  # normal, corrected for ties and continuity
    KRUSKAL_WALLIS = "kruskal_wallis"  # chi-square, corrected for ties
    CHI_SQUARE = "chi_square"
    CHI_SQUARE_YATES = "chi_square_yates"
    FISHER = "fisher"
    FISHER_SAMPLED = "fisher_sampled"  # from random tables with the same margins, always the same ones


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test of "no difference"; `p` is two-sided. `statistic` is U of the first group, H or chi-square, or None.

    `ties`: some values are equal. `sizes` are those of the groups compared, in order.
    """

    test: Test
    statistic: float | None
    p: float
    ties: bool
    sizes: tuple[int, ...]


LARGEST: Final = 1e12
"""Beyond any age, day or minute; sums and squares of such values stay numbers."""


def all_numbers(values: Iterable[float]) -> bool:
    """Whether one can count with all of them: no NaN, no infinity, nothing beyond `LARGEST`."""
    return all(math.isfinite(value) and abs(value) <= LARGEST for value in values)


def probability(p: float) -> float:
    """Within 0 to 1, from which rounding may have carried it by a last digit."""
    return min(max(float(p), 0.0), 1.0)
