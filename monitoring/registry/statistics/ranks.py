"""Comparisons of groups by rank: Mann-Whitney, Kruskal-Wallis, and Holm's correction for several of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Final

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics.estimates import Comparison, NotEstimable, Test, Why, all_numbers, probability

__all__ = ["Comparison", "Pair", "Pairs", "holm", "kruskal", "mann_whitney", "pairwise"]

SMALL: Final = 50
"""Below it in both groups the exact distribution is used where there are no ties, as R's `wilcox.test` does."""
ARRANGEMENTS: Final = 20_000
"""As many ways of dealing tied ranks into two groups are counted out: 11 and 5 have 4368, 8 and 8 have 12870."""

Values = Sequence[float]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of several groups. `p` is corrected after Holm for all pairs that could be compared; None: this could not."""

    one: str
    other: str
    comparison: Comparison | NotEstimable
    p: float | None


Pairs = tuple[Pair, ...]


def mann_whitney(a: Values, b: Values) -> Comparison | NotEstimable:
    """The Wilcoxon-Mann-Whitney test, two-sided; `statistic` is U of `a`: R's W, the pairs in which `a` is larger.

    Without ties and with fewer than 50 in each group the p value is exact. With ties it is exact too where all
    arrangements of the midranks can be counted out (twice the smaller tail, at most 1); else it is the normal
    approximation, corrected for ties and continuity, which is R's `wilcox.test`. All by scipy's `mannwhitneyu`.
    Sources: Mann and Whitney, Ann Math Stat 1947;18:50; Hollander and Wolfe, Nonparametric Statistical Methods, §4.1.
    """
    if why := _incomparable([a, b]):
        return NotEstimable(why)
    stats, ties, method = scipy_stats(), _has_ties([a, b]), "asymptotic"
    test, lone = Test.MANN_WHITNEY_ASYMPTOTIC, min(len(a), len(b)) == 1
    if not ties and max(len(a), len(b)) < SMALL:
        test, method = Test.MANN_WHITNEY_EXACT, "exact"
    elif ties and math.comb(len(a) + len(b), len(a)) <= ARRANGEMENTS:
        test = Test.MANN_WHITNEY_EXACT_TIED
        method = method if lone else stats.PermutationMethod(n_resamples=ARRANGEMENTS)
    found = stats.mannwhitneyu(a, b, alternative="two-sided", use_continuity=True, method=method)
    p = _p_of_a_lone_value(a, b) if lone and test is Test.MANN_WHITNEY_EXACT_TIED else float(found.pvalue)
    return Comparison(test, float(found.statistic), probability(p), ties, (len(a), len(b)))


def _p_of_a_lone_value(a: Values, b: Values) -> float:
    """Exact: it could as well be any of them. scipy counts arrangements of two values or more only."""
    (lone,), others = sorted((a, b), key=len)
    every = [lone, *others]
    return 2 * min(sum(value <= lone for value in every), sum(value >= lone for value in every)) / len(every)


def kruskal(groups: Sequence[Values]) -> Comparison | NotEstimable:
    """The Kruskal-Wallis test: H corrected for ties, p from chi-square. Empty groups are left out.

    scipy's `kruskal`, as R's `kruskal.test`. The approximation is rough where groups hold fewer than five.
    Source: Kruskal and Wallis, J Am Stat Assoc 1952;47:583.
    """
    filled = [group for group in groups if len(group)]
    if why := _incomparable(filled):
        return NotEstimable(why)
    found = scipy_stats().kruskal(*filled)
    sizes = tuple(len(group) for group in filled)
    return Comparison(Test.KRUSKAL_WALLIS, float(found.statistic), probability(found.pvalue), _has_ties(filled), sizes)


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """The p values corrected for their number, in the order given: R's `p.adjust(method = "holm")`.

    The smallest is multiplied by how many there are, the next by one less, and so on; none falls below the one
    before it, none exceeds 1. Source: Holm, Scand J Stat 1979;6:65.
    """
    corrected, least = [0.0] * len(ps), 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=lambda place: ps[place])):
        least = max(least, min(1.0, (len(ps) - rank) * ps[place]))
        corrected[place] = least
    return tuple(corrected)


def pairwise(groups: Mapping[str, Values]) -> Pairs | NotEstimable:
    """Each group against each other by Mann-Whitney, corrected after Holm: R's `pairwise.wilcox.test`.

    Groups without a value make no pair; what cannot be compared is not counted in the correction.
    """
    filled = {name: group for name, group in groups.items() if len(group)}
    if len(filled) < 2:
        return NotEstimable(Why.ONE_GROUP if filled else Why.NO_DATA)
    found = {pair: mann_whitney(filled[pair[0]], filled[pair[1]]) for pair in combinations(filled, 2)}
    told = {pair: each.p for pair, each in found.items() if isinstance(each, Comparison)}
    corrected = dict(zip(told, holm(list(told.values())), strict=True))
    return tuple(Pair(*pair, each, corrected.get(pair)) for pair, each in found.items())


def _incomparable(groups: Sequence[Values]) -> Why | None:
    """Why these cannot be compared, if so."""
    filled = sum(1 for group in groups if len(group))
    if filled < 2:
        return Why.ONE_GROUP if filled else Why.NO_DATA
    values = list(chain.from_iterable(groups))
    if not all_numbers(values):
        return Why.NOT_A_NUMBER
    if len(values) == filled:
        return Why.TOO_FEW
    return Why.ALL_TIED if len(set(values)) == 1 else None


def _has_ties(groups: Sequence[Values]) -> bool:
    values = list(chain.from_iterable(groups))
    return len(set(values)) < len(values)
