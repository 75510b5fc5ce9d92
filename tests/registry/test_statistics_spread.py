"""Mean, SD, median, range and quantiles."""

from __future__ import annotations

import math
from dataclasses import astuple
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics.estimates import LARGEST, NotEstimable, Why
from monitoring.registry.statistics.spread import Quantiles, Spread, quantiles, spread
from tests.registry.published import OZONE

VALUES = st.lists(st.floats(-LARGEST, LARGEST), min_size=1, max_size=30)


def test_the_haematomas_of_the_paper() -> None:
    """Five on day 1 and four on day 2 is all that 1.4 ± 0.5 can be; its SD by hand: √((13/9 - 1)·5/9·9/8)."""
    days = [1, 1, 1, 1, 1, 2, 2, 2, 2]
    found = spread(days)
    assert isinstance(found, Spread)
    assert astuple(found) == pytest.approx((9, 13 / 9, math.sqrt(20 / 72), 1, 1, 2))
    assert f"{13 / 9:.1f} ± {math.sqrt(20 / 72):.1f}" == "1.4 ± 0.5"


def test_the_ozone_of_may_as_r_s_summary_has_it() -> None:
    """`summary(airquality$Ozone[airquality$Month == 5])` and `sd`."""
    found, parts = spread(OZONE["May"]), quantiles(OZONE["May"])
    assert isinstance(found, Spread)
    assert isinstance(parts, Quantiles)
    assert (found.low, found.median, found.high) == (1, 18, 115)
    assert (found.mean, found.sd) == pytest.approx((23.61538, 22.22445), abs=5e-6)
    assert (parts.low, parts.q25, parts.median, parts.q75, parts.high) == (1, 11, 18, 31.5, 115)


def test_a_quantile_between_two_values_is_interpolated() -> None:
    for values in ([1, 2, 3, 4], [4, 1]):
        found = quantiles(values)
        assert isinstance(found, Quantiles)
        assert astuple(found) == pytest.approx((len(values), 1, 1.75, 2.5, 3.25, 3.7, 4))


def test_of_one_value_there_is_no_sd() -> None:
    assert spread([4]) == Spread(1, 4, None, 4, 4, 4)
    assert quantiles([4]) == Quantiles(1, 4, 4, 4, 4, 4, 4)


def test_zero_is_a_value() -> None:
    assert spread([0]) == Spread(1, 0, None, 0, 0, 0)
    assert spread([0, 0]) == Spread(2, 0, 0, 0, 0, 0)


def test_of_nothing_there_is_no_spread() -> None:
    assert spread([]) == quantiles([]) == NotEstimable(Why.NO_DATA)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e13])
def test_what_is_no_number_is_not_estimable(value: float) -> None:
    assert spread([1, value]) == quantiles([1, value]) == NotEstimable(Why.NOT_A_NUMBER)


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_it_is_always_numbers_in_order(values: list[float]) -> None:
    found, parts = spread(values), quantiles(values)
    assert isinstance(found, Spread)
    assert isinstance(parts, Quantiles)
    assert found.low <= found.mean <= found.high
    assert found.low <= found.median <= found.high
    slack = 1e-9 * max(1.0, found.high - found.low, abs(found.low), abs(found.high))
    order = (parts.low, parts.q25, parts.median, parts.q75, parts.q90, parts.high)
    assert all(one <= other + slack for one, other in pairwise(order))
    assert parts.median == pytest.approx(found.median, abs=slack)
    if len(values) == 1:
        assert found.sd is None
    else:
        assert found.sd is not None
        squares = math.fsum((value - found.mean) ** 2 for value in values)
        assert found.sd == pytest.approx(math.sqrt(squares / (len(values) - 1)), rel=1e-6, abs=slack)


@pytest.mark.parametrize("month", OZONE)
def test_it_agrees_with_scipy(month: str) -> None:
    values, found, parts = OZONE[month], spread(OZONE[month]), quantiles(OZONE[month])
    assert isinstance(found, Spread)
    assert isinstance(parts, Quantiles)
    told = scipy_stats().describe(values)
    assert (found.n, found.low, found.high) == (told.nobs, *told.minmax)
    assert (found.mean, found.sd) == pytest.approx((float(told.mean), math.sqrt(told.variance)))
    by_scipy = [float(value) for value in scipy_stats().mstats.mquantiles(values, (0.25, 0.5, 0.75, 0.9), 1, 1)]
    assert [parts.q25, parts.median, parts.q75, parts.q90] == pytest.approx(by_scipy)
