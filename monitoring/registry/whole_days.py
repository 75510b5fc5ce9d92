"""Every set of whole days that a published number of patients, mean and standard deviation leave possible. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

Days = tuple[int, ...]
HALF = Fraction(1, 20)
"""Half a unit of the one decimal that is printed. Both ends count, however the paper rounded."""


class Published(NamedTuple):
    """A row of a table: `n` patients, mean and SD printed with one decimal."""

    n: int
    mean: float
    sd: float


@cache
def whole_days(published: Published, first: int, last: int, *, population: bool = False) -> tuple[Days, ...]:
    """All of them between the days `first` and `last`, each in rising order, none twice.

    The SD is the sample's, divided by n - 1, as every statistics program prints it; `population`: by n.
    """
    low, high = printed_as(published.mean)
    sums = range(math.ceil(published.n * low), math.floor(published.n * high) + 1)
    return tuple(
        days
        for total in sums
        for days in _adding_up_to(total, published.n, first, last)
        if has_sd(days, published.sd, population=population)
    )


def has_sd(days: Days, printed: float, *, population: bool = False) -> bool:
    """Whether their standard deviation could be printed so. Exact: fractions, and squares instead of roots."""
    n, total = len(days), sum(days)
    squares = sum(day * day for day in days) - Fraction(total * total, n)
    low, high = printed_as(printed)
    return low * low <= squares / (n if population else n - 1) <= high * high


def printed_as(printed: float) -> tuple[Fraction, Fraction]:
    """The numbers that this one may stand for."""
    exactly = Fraction(str(printed))
    return exactly - HALF, exactly + HALF


def _adding_up_to(total: int, n: int, low: int, high: int) -> Iterator[Days]:
    """Every rising row of `n` whole numbers from `low` to `high` with this sum."""
    if n == 0:
        if total == 0:
            yield ()
        return
    smallest = max(low, total - (n - 1) * high)
    for day in range(smallest, min(high, total // n) + 1):
        for rest in _adding_up_to(total - day, n - 1, day, high):
            yield day, *rest
