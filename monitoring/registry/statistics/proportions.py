"""k of n, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics.estimates import NotEstimable, Why, probability


@dataclass(frozen=True, slots=True)
class Proportion:
    """`k` of `n`; `low` and `high` bound the share with 95 % confidence. All shares are 0 to 1."""

    k: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.k / self.n


def proportion(k: int, n: int) -> Proportion | NotEstimable:
    """The share with Wilson's score interval, 95 %, no continuity correction: scipy's `proportion_ci(method="wilson")`.

    Sources: Wilson, J Am Stat Assoc 1927;22:209; method 3 of Newcombe, Stat Med 1998;17:857. It never leaves 0 to 1
    and never has width 0, for 0 of n and n of n too.
    """
    if n == 0 and k == 0:
        return NotEstimable(Why.NO_DATA)
    if not 0 <= k <= n:
        return NotEstimable(Why.IMPOSSIBLE)
    interval = scipy_stats().binomtest(k, n).proportion_ci(confidence_level=0.95, method="wilson")
    return Proportion(k, n, min(probability(interval.low), k / n), max(probability(interval.high), k / n))
