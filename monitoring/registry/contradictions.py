"""What in the paper does not add up, computed from what it published (`monitoring.registry.paper`). Pure.

Onset is taken in whole days from 1 to 9, as the paper counts it. So few sets of whole days have the published number,
mean and SD (`monitoring.registry.whole_days`) that all of them can be looked through.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import chain, product
from typing import Final

from monitoring.registry import paper
from monitoring.registry.libraries import scipy_stats
from monitoring.registry.paper import IllustratedPatient, PublishedShare
from monitoring.registry.whole_days import Days, Published, has_sd, printed_as, whole_days

NORMAL: Final = 5


def rounds_to(value: float | Fraction, printed: str) -> bool:
    """Whether `value` could be printed so, whichever way a half is rounded."""
    decimals = len(printed.partition(".")[2])
    return abs(Fraction(value) - Fraction(printed)) <= Fraction(1, 2 * 10**decimals)


# Percentages


@dataclass(frozen=True, slots=True)
class ShareCheck:
    """A printed percentage beside `k` of `n`: `percent` unrounded, `rounded` as it should be printed."""

    published: PublishedShare
    percent: float
    rounded: str
    agrees: bool


def shares() -> tuple[ShareCheck, ...]:
    """Every percentage of the paper. One does not agree: 11 of 30, printed 36 %, is 36.7 %."""
    return tuple(map(_share_check, paper.SHARES))


def _share_check(published: PublishedShare) -> ShareCheck:
    exactly = Fraction(100 * published.k, published.n)
    decimals = len(published.percent.partition(".")[2])
    rounded = f"{float(exactly):.{decimals}f}"
    return ShareCheck(published, float(exactly), rounded, rounds_to(exactly, published.percent))


# The range of the onset


@dataclass(frozen=True, slots=True)
class LatestOnset:
    """The latest onset of one cause that its number, mean and SD leave possible.

    `whole_day`: in whole days, None where no whole days have that mean and SD at all. `any_time`: of any times
    whatever, no value of n lies further above their mean than SD·(n - 1)/√n (Samuelson, J Am Stat Assoc 1968;63:1522).
    """

    cause: str
    sets: int
    whole_day: int | None
    any_time: float


def latest_onsets(*, population: bool = False) -> tuple[LatestOnset, ...]:
    """Of each cause. None comes to the day 9 that ends the paper's range; `population`: nor if the SDs divide by n."""
    return tuple(_latest_onset(cause, population) for cause in paper.ONSET)


def _latest_onset(cause: str, population: bool) -> LatestOnset:
    onset, found = paper.ONSET[cause], sets_of(cause, population=population)
    mean, sd = (float(printed_as(printed)[1]) for printed in (onset.mean, onset.sd))
    reach = math.sqrt(onset.n - 1) * (1 if population else math.sqrt((onset.n - 1) / onset.n))
    return LatestOnset(cause, len(found), max(map(max, found), default=None), mean + sd * reach)


def sets_of(cause: str, *, population: bool = False) -> tuple[Days, ...]:
    """Every set of whole days within the paper's range that has the cause's published number, mean and SD."""
    onset = paper.ONSET[cause]
    return whole_days(Published(onset.n, onset.mean, onset.sd), *paper.ONSET_RANGE, population=population)


# Mean and SD of all


@dataclass(frozen=True, slots=True)
class WholeOnset:
    """All cases' onset, from the causes': every mean and SD that `sets` sets of whole days can have."""

    sets: int
    means: tuple[float, float]
    sds: tuple[float, float]
    mean_agrees: bool
    sd_agrees: bool


def whole_onset() -> WholeOnset:
    """The causes' figures give the mean of all, 2.9, but an SD that would be printed 1.6 and not 1.7."""
    mean, sd = paper.ONSET_WHOLE
    every = [tuple(chain.from_iterable(each)) for each in product(*(sets_of(cause) for cause in paper.ONSET))]
    means, sds = [statistics.fmean(each) for each in every], [statistics.stdev(each) for each in every]
    return WholeOnset(
        len(every),
        (min(means), max(means)),
        (min(sds), max(sds)),
        any(rounds_to(Fraction(sum(each), len(each)), str(mean)) for each in every),
        any(has_sd(each, sd) for each in every),
    )


# The p values


class Way(StrEnum):
    """How a program computes the p value of a Mann-Whitney test, two-sided."""

    EXACT = "exact"  # every arrangement of the tied ranks counted out, twice the smaller tail
    EXACT_UNTIED = "exact_untied"  # from the distribution without ties, which whole days always have
    ASYMPTOTIC = "asymptotic"  # normal, corrected for ties
    ASYMPTOTIC_CONTINUITY = "asymptotic_continuity"  # and for continuity


@dataclass(frozen=True, slots=True)
class Reach:
    """All p values that whole days with one cause's and root oedema's published figures can give, by `Way`.

    `sets`: how many pairs of such sets there are. `ways` has the lowest and the highest p; `reached` the ways in which
    some pair gives the published one, as rounded.
    """

    cause: str
    published: str
    sets: int
    ways: Mapping[Way, tuple[float, float]]
    reached: tuple[Way, ...]

    @property
    def lowest(self) -> float:
        return min(low for low, _ in self.ways.values())

    @property
    def highest(self) -> float:
        return max(high for _, high in self.ways.values())


@cache
def reaches() -> tuple[Reach, ...]:
    """Of each published p value. None is reached in any way.

    With SDs divided by n there is nothing to look through: insufficient decompression then has no whole days at all.
    """
    return tuple(_reach(cause, p) for cause, p in paper.PUBLISHED_P.items())


def _reach(cause: str, published: str) -> Reach:
    pairs = list(product(sets_of(cause), sets_of(paper.COMPARED_WITH)))
    found = {way: [p_value(way, one, other) for one, other in pairs] for way in Way}
    return Reach(
        cause,
        published,
        len(pairs),
        {way: (min(ps), max(ps)) for way, ps in found.items()},
        tuple(way for way, ps in found.items() if any(rounds_to(p, published) for p in ps)),
    )


def p_value(way: Way, one: Sequence[int], other: Sequence[int]) -> float:
    """By scipy's `mannwhitneyu`."""
    stats = scipy_stats()
    method = {
        Way.EXACT: stats.PermutationMethod(n_resamples=math.comb(len(one) + len(other), len(one))),
        Way.EXACT_UNTIED: "exact",
    }.get(way, "asymptotic")
    return float(stats.mannwhitneyu(one, other, use_continuity=way is not Way.ASYMPTOTIC, method=method).pvalue)


# Who was to be counted


def drops_beyond_criterion_2() -> tuple[tuple[int, int], ...]:
    """The grades before and after that only "declined by more than three grades" would include. There are none."""
    return tuple(
        (before, after)
        for before in range(NORMAL + 1)
        for after in range(before)
        if before - after > paper.DECLINED_BY_MORE_THAN and after not in paper.FELL_TO
    )


def illustrated_but_not_included() -> tuple[IllustratedPatient, ...]:
    """Those of Figs. 2 to 4 who meet neither criterion to the letter, though normal before: Fig. 3's, at grade 2."""
    return tuple(
        patient
        for patient in paper.ILLUSTRATED
        if NORMAL - patient.grade <= paper.DECLINED_BY_MORE_THAN and patient.grade not in paper.FELL_TO
    )
