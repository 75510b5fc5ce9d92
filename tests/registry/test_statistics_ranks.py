"""Mann-Whitney, Kruskal-Wallis, Holm: against R's published examples, worked cases, and scipy called by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics import estimates
from monitoring.registry.statistics.estimates import Comparison, NotEstimable, Why
from monitoring.registry.statistics.ranks import Pair, holm, kruskal, mann_whitney, pairwise
from tests.registry.published import CLEARANCE, OZONE, PERMEABILITY_AT_TERM, PERMEABILITY_EARLY

EXACT = estimates.Test.MANN_WHITNEY_EXACT
EXACT_TIED = estimates.Test.MANN_WHITNEY_EXACT_TIED
ASYMPTOTIC = estimates.Test.MANN_WHITNEY_ASYMPTOTIC


def compared(found: Comparison | NotEstimable) -> Comparison:
    assert isinstance(found, Comparison)
    return found


# Mann-Whitney


def test_hollander_and_wolfe_s_permeability_is_exact_as_in_r() -> None:
    """`wilcox.test(x, y)`: W = 35, p-value = 0.2544 (0.1272 one-sided, in its help)."""
    found = compared(mann_whitney(PERMEABILITY_AT_TERM, PERMEABILITY_EARLY))
    assert (found.test, found.statistic, found.ties, found.sizes) == (EXACT, 35, False, (10, 5))
    assert found.p == pytest.approx(0.2544, abs=5e-5)


def test_r_s_ozone_of_may_and_august_is_asymptotic_with_ties() -> None:
    """`wilcox.test(Ozone ~ Month, data = airquality, subset = Month %in% c(5, 8))`: W = 127.5, p-value = 0.0001208."""
    found = compared(mann_whitney(OZONE["May"], OZONE["August"]))
    assert (found.test, found.statistic, found.ties, found.sizes) == (ASYMPTOTIC, 127.5, True, (26, 26))
    assert found.p == pytest.approx(0.0001208, abs=5e-8)


def test_three_against_three_apart_is_a_tenth() -> None:
    """Of the 20 ways to choose three ranks of six, one is as low and one as high."""
    assert compared(mann_whitney([1, 2, 3], [4, 5, 6])).p == pytest.approx(2 / 20)


def test_ties_are_counted_out_where_they_are_few() -> None:
    """Midranks 1.5 1.5 3.5 | 3.5 5 6: of 20 choices of three, sums of 6.5 or less come twice (1.5 1.5 3.5, either)."""
    found = compared(mann_whitney([1, 1, 2], [2, 3, 4]))
    assert (found.test, found.statistic, found.ties) == (EXACT_TIED, 0.5, True)
    assert found.p == pytest.approx(2 * 2 / 20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 1, 2], [2, 3, 4]),
        ([2, 2, 2, 5], [1, 2]),
        ([0, 0, 1], [0, 1, 1, 1]),
        ([1], [0, 1, 1, 2, 2, 3]),
        ([0, 0, 0, 2, 2, 7, 7], [0]),
        ([3], [1, 1]),
    ],
)
def test_the_exact_p_with_ties_is_twice_the_smaller_tail_of_all_arrangements(
    one: Sequence[int], other: Sequence[int]
) -> None:
    def u_of(chosen: Sequence[int], rest: Sequence[int]) -> float:
        return sum((a > b) + (a == b) / 2 for a in chosen for b in rest)

    every, places = [*one, *other], range(len(one) + len(other))
    us = [
        u_of([every[place] for place in chosen], [every[place] for place in places if place not in chosen])
        for chosen in combinations(places, len(one))
    ]
    seen = u_of(one, other)
    tail = min(sum(u <= seen for u in us), sum(u >= seen for u in us)) / len(us)
    assert compared(mann_whitney(one, other)).p == pytest.approx(min(1, 2 * tail))


def test_where_it_stops_being_exact() -> None:
    few, many = list(range(49)), list(range(50))
    assert compared(mann_whitney([day + 0.5 for day in few], few)).test is EXACT
    assert compared(mann_whitney([day + 0.5 for day in many], few)).test is ASYMPTOTIC
    assert compared(mann_whitney([1, 1, *range(2, 8)], range(8))).test is EXACT_TIED
    assert compared(mann_whitney([1, 1, *range(2, 9)], range(9))).test is ASYMPTOTIC


def test_a_comparison_as_large_as_the_paper_s_is_exact() -> None:
    fixation, oedema = [1, 3, 3, 3, 3, 3, 3, 3, 5, 5, 5], [3, 3, 5, 5, 8]
    found = compared(mann_whitney(fixation, oedema))
    by_scipy = scipy_stats().mannwhitneyu(fixation, oedema, method=scipy_stats().PermutationMethod(n_resamples=4368))
    assert found.test is EXACT_TIED
    assert found.p == pytest.approx(float(by_scipy.pvalue))


# Kruskal-Wallis


def test_r_s_ozone_by_month() -> None:
    """`kruskal.test(Ozone ~ Month, data = airquality)`: chi-squared = 29.267, df = 4, p-value = 6.901e-06."""
    found = compared(kruskal(list(OZONE.values())))
    assert (found.test, found.ties) == (estimates.Test.KRUSKAL_WALLIS, True)
    assert found.sizes == (26, 9, 26, 26, 29)
    assert found.statistic == pytest.approx(29.267, abs=5e-4)
    assert found.p == pytest.approx(6.901e-06, abs=5e-10)


def test_hollander_and_wolfe_s_mucociliary_efficiency() -> None:
    """`kruskal.test(list(x, y, z))`: chi-squared = 0.77143, df = 2, p-value = 0.68."""
    found = compared(kruskal(CLEARANCE))
    assert found.statistic == pytest.approx(0.77143, abs=5e-6)
    assert found.p == pytest.approx(0.68, abs=5e-4)
    assert not found.ties


def test_h_by_hand() -> None:
    """Ranks 1 2 | 3 4 | 5 6: H = 12/(6·7)·(3²/2 + 7²/2 + 11²/2) - 3·7 = 32/7; p of two degrees is exp(-H/2)."""
    found = compared(kruskal([[10, 20], [30, 40], [50, 60]]))
    assert (found.statistic, found.p) == pytest.approx((32 / 7, math.exp(-16 / 7)))


def test_an_empty_group_is_left_out() -> None:
    assert kruskal([[1, 2], [], [3, 5]]) == kruskal([[1, 2], [3, 5]])


# Holm


def test_r_s_correction() -> None:
    """`p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")`."""
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx((0.05, 0.08, 0.09, 0.09, 0.09))


def test_the_order_is_kept_and_nothing_exceeds_1() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))
    assert holm([0.9, 0.5, 0.01]) == pytest.approx((1, 1, 0.03))
    assert holm([0.2]) == (0.2,)
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), max_size=8))
def test_a_corrected_p_lies_between_its_own_and_bonferroni_s(ps: list[float]) -> None:
    for p, corrected in zip(ps, holm(ps), strict=True):
        assert p <= corrected <= min(1, p * len(ps))
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    assert [holm(ps)[place] for place in order] == sorted(holm(ps))


# Pairs


def test_r_s_pairs_of_months() -> None:
    """`pairwise.wilcox.test(Ozone, Month)` in its help, which has no exact p with ties: none of these is small."""
    published = {
        ("May", "June"): 0.5775,
        ("May", "July"): 0.0003,
        ("May", "August"): 0.0011,
        ("May", "September"): 0.4744,
        ("June", "July"): 0.0848,
        ("June", "August"): 0.1295,
        ("June", "September"): 1.0,
        ("July", "August"): 1.0,
        ("July", "September"): 0.0060,
        ("August", "September"): 0.0227,
    }
    found = pairwise(OZONE)
    assert not isinstance(found, NotEstimable)
    assert {(pair.one, pair.other): pair.p for pair in found} == {
        months: pytest.approx(p, abs=5e-5) for months, p in published.items()
    }


def test_what_cannot_be_compared_is_told_and_not_corrected_for() -> None:
    found = pairwise({"a": [1, 1], "b": [1], "c": [], "d": [3, 4]})
    assert not isinstance(found, NotEstimable)
    assert [(pair.one, pair.other) for pair in found] == [("a", "b"), ("a", "d"), ("b", "d")]
    tied, first, second = found
    assert tied == Pair("a", "b", NotEstimable(Why.ALL_TIED), None)
    ps = [compared(pair.comparison).p for pair in (first, second)]
    assert (first.p, second.p) == holm(ps)


# Nothing to compare


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        (([], []), Why.NO_DATA),
        (([1, 2], []), Why.ONE_GROUP),
        (([], [1]), Why.ONE_GROUP),
        (([1], [2]), Why.TOO_FEW),
        (([1], [1]), Why.TOO_FEW),
        (([2, 2], [2, 2, 2]), Why.ALL_TIED),
        (([0, 0], [0]), Why.ALL_TIED),
        (([1, math.nan], [2, 3]), Why.NOT_A_NUMBER),
        (([1, 4], [math.inf, 3]), Why.NOT_A_NUMBER),
    ],
)
def test_it_says_why_there_is_no_comparison(groups: tuple[list[float], list[float]], why: Why) -> None:
    assert mann_whitney(*groups) == kruskal(groups) == NotEstimable(why)


def test_one_value_in_each_of_many_groups_is_too_few() -> None:
    assert kruskal([[1], [2], [3], [4]]) == NotEstimable(Why.TOO_FEW)
    assert kruskal([]) == NotEstimable(Why.NO_DATA)


def test_no_pairs_of_one_group_or_none() -> None:
    assert pairwise({"a": [1, 2], "b": []}) == NotEstimable(Why.ONE_GROUP)
    assert pairwise({"a": []}) == pairwise({}) == NotEstimable(Why.NO_DATA)


def test_one_value_against_several_is_compared() -> None:
    """The lowest of five: two of five places are as far out."""
    assert compared(mann_whitney([1], [2, 3, 4, 5])).p == pytest.approx(2 / 5)
    assert compared(kruskal([[1], [2, 3, 4, 5]])).p == pytest.approx(math.erfc(1))


# Properties

DAYS = st.lists(st.one_of(st.integers(0, 9), st.floats(0, 9)), max_size=12)


@given(DAYS, DAYS)
@settings(max_examples=60, deadline=None)
def test_mann_whitney_is_a_p_and_the_same_from_both_sides(one: list[float], other: list[float]) -> None:
    found, turned = mann_whitney(one, other), mann_whitney(other, one)
    if isinstance(found, NotEstimable):
        assert turned == found
        return
    turned = compared(turned)
    assert 0 <= found.p <= 1
    assert (turned.test, turned.ties, turned.sizes) == (found.test, found.ties, found.sizes[::-1])
    assert turned.p == pytest.approx(found.p)
    assert found.statistic is not None
    assert turned.statistic == len(one) * len(other) - found.statistic


@given(st.lists(DAYS, max_size=5))
@settings(max_examples=60, deadline=None)
def test_kruskal_and_the_pairs_are_ps_whatever_the_order(groups: list[list[float]]) -> None:
    found, turned = kruskal(groups), kruskal(groups[::-1])
    if isinstance(found, NotEstimable):
        assert turned == found
    else:
        assert 0 <= found.p <= 1
        assert compared(turned).p == pytest.approx(found.p)
    pairs = pairwise({str(place): group for place, group in enumerate(groups[:3])})
    for pair in () if isinstance(pairs, NotEstimable) else pairs:
        assert (pair.p is None) is isinstance(pair.comparison, NotEstimable)
        assert pair.p is None or compared(pair.comparison).p <= pair.p <= 1
