"""How cases add up over the days, and how far wards may lie apart by chance alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics.estimates import NotEstimable, Why, all_numbers
from monitoring.registry.statistics.proportions import Proportion, proportion

FIRST_DAY: Final = 1


@dataclass(frozen=True, slots=True)
class Step(Proportion):
    """`k` of `n` had the event by the end of `day`, of 24 h from the operation; the first is day 1, as in the paper."""

    day: int


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The shares between which a ward of `n` patients lies by chance: 95 % and 99.8 % of the time, or more."""

    n: int
    low95: float
    high95: float
    low998: float
    high998: float


def cumulative_incidence(days: Sequence[float], n: int, until: int) -> tuple[Step, ...]:
    """The share of `n` patients with the event by the end of each day from 1 to `until`, with Wilson's interval.

    `days` are the times of those who had it: 1.0 belongs to day 1, 1.2 to day 2; who had it later counts among the `n`
    alone. It is the crude share, all `n` taken as followed until then, which is Kaplan-Meier's estimate where nobody
    is lost. Empty where there is no share: nobody, more events than patients, or a day that is no number.
    """
    if not all_numbers(days) or len(days) > n:
        return ()
    on_day = Counter(max(math.ceil(day), FIRST_DAY) for day in days)
    had = accumulate(on_day[day] for day in range(FIRST_DAY, until + 1))
    by_day = [(day, proportion(k, n)) for day, k in enumerate(had, FIRST_DAY)]
    return tuple(Step(one.k, one.n, one.low, one.high, day) for day, one in by_day if isinstance(one, Proportion))


def funnel_limits(p0: float, n: int) -> FunnelLimits | NotEstimable:
    """The limits of a funnel plot about the share `p0`: quantiles of the binomial distribution, divided by `n`.

    A ward with k of n lies above a limit only if k or more would be seen in at most 2.5 % (0.1 %) of such wards, and
    below one likewise. Source: Spiegelhalter, Stat Med 2005;24:1185, appendix A.1.1, without its interpolation, which
    would call some wards outside that by the exact distribution are not.
    """
    if n == 0:
        return NotEstimable(Why.NO_DATA)
    if n < 0 or not 0 <= p0 <= 1:
        return NotEstimable(Why.IMPOSSIBLE)
    low998, low95, high95, high998 = (
        max(float(each), 0.0) / n for each in scipy_stats().binom.ppf([0.001, 0.025, 0.975, 0.999], n, p0)
    )
    return FunnelLimits(n, low95, high95, low998, high998)
