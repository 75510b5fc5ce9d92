"""Where values lie and how far apart. The standard library computes these."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from monitoring.registry.statistics.estimates import NotEstimable, Why, all_numbers

TWENTIETHS: Final = 20


@dataclass(frozen=True, slots=True)
class Spread:
    """`sd` is the sample's (divided by n - 1), None of a single value; `low` and `high` are the range."""

    n: int
    mean: float
    sd: float | None
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The values that a quarter, half, three quarters and nine tenths of all do not exceed; and the range."""

    n: int
    low: float
    q25: float
    median: float
    q75: float
    q90: float
    high: float


def spread(values: Sequence[float]) -> Spread | NotEstimable:
    """Mean, standard deviation, median and range."""
    if why := _unusable(values):
        return NotEstimable(why)
    low, high = float(min(values)), float(max(values))
    mean = min(max(statistics.fmean(values), low), high)
    sd = float(statistics.stdev(values)) if len(values) > 1 else None
    return Spread(len(values), mean, sd, float(statistics.median(values)), low, high)


def quantiles(values: Sequence[float]) -> Quantiles | NotEstimable:
    """By linear interpolation between the ordered values, the smallest at 0 and the largest at 1.

    That is `statistics.quantiles(method="inclusive")`, R's and numpy's default (type 7 of Hyndman and Fan, Am Stat
    1996;50:361). Of a single value all are that value.
    """
    if why := _unusable(values):
        return NotEstimable(why)
    cuts = statistics.quantiles(values, n=TWENTIETHS, method="inclusive") if len(values) > 1 else [*values] * TWENTIETHS
    q25, median, q75, q90 = (float(cuts[place - 1]) for place in (5, 10, 15, 18))
    return Quantiles(len(values), float(min(values)), q25, median, q75, q90, float(max(values)))


def _unusable(values: Sequence[float]) -> Why | None:
    if not values:
        return Why.NO_DATA
    return None if all_numbers(values) else Why.NOT_A_NUMBER
