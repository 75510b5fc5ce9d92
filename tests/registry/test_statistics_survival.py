"""Cumulative incidence by day, and the limits of a funnel plot."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics.estimates import NotEstimable, Why
from monitoring.registry.statistics.proportions import Proportion, proportion
from monitoring.registry.statistics.survival import FunnelLimits, cumulative_incidence, funnel_limits


def limits(p0: float, n: int) -> FunnelLimits:
    found = funnel_limits(p0, n)
    assert isinstance(found, FunnelLimits)
    return found


def test_who_had_it_by_the_end_of_each_day() -> None:
    steps = cumulative_incidence([0.0, 0.4, 1.0, 1.1, 3.0, 8.2, 40], 100, until=9)
    assert [step.day for step in steps] == list(range(1, 10))
    assert [step.k for step in steps] == [3, 4, 5, 5, 5, 5, 5, 5, 6]
    assert {step.n for step in steps} == {100}


def test_each_step_has_wilson_s_interval() -> None:
    for step in cumulative_incidence([1, 2, 2, 3], 30, until=4):
        whole = proportion(step.k, 30)
        assert isinstance(whole, Proportion)
        assert (step.share, step.low, step.high) == (whole.share, whole.low, whole.high)


def test_nobody_with_the_event_is_nought_on_every_day() -> None:
    assert [(step.k, step.low) for step in cumulative_incidence([], 50, until=3)] == [(0, 0), (0, 0), (0, 0)]


@pytest.mark.parametrize(("days", "n"), [([], 0), ([1, 2], 1), ([math.nan], 5), ([math.inf], 5)])
def test_there_are_no_steps_where_there_is_no_share(days: list[float], n: int) -> None:
    assert cumulative_incidence(days, n, until=9) == ()


@given(st.lists(st.floats(0, 20), max_size=20), st.integers(0, 30))
@settings(max_examples=50, deadline=None)
def test_it_never_falls(days: list[float], others: int) -> None:
    steps = cumulative_incidence(days, len(days) + others, until=14)
    assert len(steps) == (14 if days or others else 0)
    assert [step.k for step in steps] == sorted(step.k for step in steps)
    assert not steps or steps[-1].k == sum(day <= 14 for day in days)


def test_the_limits_of_a_coin_thrown_ten_times() -> None:
    """Of 1024 throws 11 have at most one head, 56 at most two; one has none, which is not yet one in a thousand."""
    found = limits(0.5, 10)
    assert (found.low95, found.high95) == (0.2, 0.8)
    assert (found.low998, found.high998) == (0.1, 0.9)
    assert 11 / 1024 < 0.025 < 56 / 1024
    assert 1 / 1024 < 0.001 < 11 / 1024


def test_of_nobody_there_are_no_limits() -> None:
    assert funnel_limits(0.5, 0) == NotEstimable(Why.NO_DATA)


@pytest.mark.parametrize(("p0", "n"), [(-0.1, 5), (1.1, 5), (math.nan, 5), (0.5, -1)])
def test_what_is_no_share_has_no_limits(p0: float, n: int) -> None:
    assert funnel_limits(p0, n) == NotEstimable(Why.IMPOSSIBLE)


def test_where_all_or_none_have_it_there_is_nothing_beside() -> None:
    assert limits(0, 7) == FunnelLimits(7, 0, 0, 0, 0)
    assert limits(1, 7) == FunnelLimits(7, 1, 1, 1, 1)


@given(st.floats(0.001, 0.999), st.integers(1, 2000))
@settings(max_examples=50, deadline=None)
def test_outside_is_only_who_is_there_by_chance_as_seldom_as_the_limit_says(p0: float, n: int) -> None:
    found, binomial = limits(p0, n), scipy_stats().binom
    assert 0 <= found.low998 <= found.low95 <= found.high95 <= found.high998 <= 1
    for low, high, tail in ((found.low95, found.high95, 0.025), (found.low998, found.high998, 0.001)):
        lowest, highest = round(low * n), round(high * n)
        assert float(binomial.cdf(lowest - 1, n, p0)) < tail * (1 + 1e-9)
        assert float(binomial.sf(highest, n, p0)) <= tail * (1 + 1e-9)
        assert float(binomial.cdf(lowest, n, p0)) >= tail * (1 - 1e-9)
        assert highest == 0 or float(binomial.sf(highest - 1, n, p0)) > tail * (1 - 1e-9)
