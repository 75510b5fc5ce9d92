"""k of n with Wilson's interval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics.estimates import NotEstimable, Why
from monitoring.registry.statistics.proportions import Proportion, proportion


def found(k: int, n: int) -> Proportion:
    one = proportion(k, n)
    assert isinstance(one, Proportion)
    return one


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_four_examples_of_newcombe_1998(k: int, n: int, low: float, high: float) -> None:
    one = found(k, n)
    assert (one.low, one.high) == pytest.approx((low, high), abs=5e-5)


def test_the_incidence_of_the_paper() -> None:
    """By hand: (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)."""
    one, z = found(30, 4078), 1.959964
    middle = 30 / 4078 + z * z / (2 * 4078)
    half = z * math.sqrt(30 / 4078 * 4048 / 4078 / 4078 + z * z / (4 * 4078**2))
    assert one.share == 30 / 4078
    assert one.low == pytest.approx((middle - half) / (1 + z * z / 4078), rel=1e-6)
    assert one.high == pytest.approx((middle + half) / (1 + z * z / 4078), rel=1e-6)


@pytest.mark.parametrize("n", [1, 2, 5, 30, 100_000])
def test_none_and_all_have_an_interval_with_a_width(n: int) -> None:
    none, every = found(0, n), found(n, n)
    assert (none.share, none.low, every.share, every.high) == (0, 0, 1, 1)
    assert 0 < none.high < 1 or n == 1
    assert none.high == pytest.approx(1 - every.low)


def test_of_nobody_there_is_no_share() -> None:
    assert proportion(0, 0) == NotEstimable(Why.NO_DATA)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (6, 5), (-1, 5), (0, -5), (-6, -5)])
def test_counts_that_contradict_each_other_are_not_estimable(k: int, n: int) -> None:
    assert proportion(k, n) == NotEstimable(Why.IMPOSSIBLE)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_the_interval_holds_the_share_and_mirrors_that_of_the_others(k: int, others: int) -> None:
    if k + others == 0:
        return
    one, mirrored = found(k, k + others), found(others, k + others)
    assert 0 <= one.low <= one.share <= one.high <= 1
    assert one.low < one.high
    assert one.low == pytest.approx(1 - mirrored.high, abs=1e-12)
    interval = scipy_stats().binomtest(k, k + others).proportion_ci(method="wilson")
    assert (one.low, one.high) == pytest.approx((float(interval.low), float(interval.high)), abs=1e-12)
