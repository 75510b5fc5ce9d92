"""Counts compared: chi-square where enough is expected, else Fisher's exact test."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics import estimates
from monitoring.registry.statistics.categories import chi_square_or_fisher
from monitoring.registry.statistics.estimates import Comparison, NotEstimable, Why
from tests.registry.published import CONVICTIONS, JOBS, PARTIES, TEA

KINDS = estimates.Test


def compared(table: object) -> Comparison:
    found = chi_square_or_fisher(table)  # type: ignore[arg-type]
    assert isinstance(found, Comparison)
    return found


def test_fisher_s_tea_drinker() -> None:
    """`fisher.test(TeaTasting)`: 0.2429 one-sided, p-value = 0.4857: 34 of 70."""
    found = compared(TEA)
    assert (found.test, found.statistic, found.sizes) == (KINDS.FISHER, None, (4, 4))
    assert found.p == pytest.approx(34 / 70)


def test_fisher_s_convictions_are_counted_with_chi_square_where_enough_is_expected() -> None:
    """`fisher.test(Convictions)`: p-value = 0.0005367; every count expected is 5 or more, so it is not asked."""
    assert float(scipy_stats().fisher_exact(CONVICTIONS).pvalue) == pytest.approx(0.0005367, abs=5e-8)
    found = compared(CONVICTIONS)
    assert found.test is KINDS.CHI_SQUARE_YATES
    assert found.statistic == pytest.approx(30 * (abs(2 * 3 - 10 * 15) - 15) ** 2 / (12 * 18 * 17 * 13))


def test_agresti_s_party_by_sex() -> None:
    """`chisq.test(M)`: X-squared = 30.07, df = 2, p-value = 2.954e-07."""
    found = compared(PARTIES)
    assert (found.test, found.sizes) == (KINDS.CHI_SQUARE, (1557, 1200))
    assert found.statistic == pytest.approx(30.07, abs=5e-3)
    assert found.p == pytest.approx(2.954e-07, abs=5e-11)


def test_agresti_s_job_satisfaction_is_sampled_near_the_exact_p() -> None:
    """`fisher.test(Job)`: p-value = 0.7827. Four standard errors of 99,999 tables are 0.005."""
    found = compared(JOBS)
    assert (found.test, found.statistic) == (KINDS.FISHER_SAMPLED, None)
    assert found.p == pytest.approx(0.7827, abs=0.005)


def test_sampled_is_always_the_same() -> None:
    assert compared(JOBS) == compared(JOBS)


def test_a_small_table_sampled_is_as_counted_by_hand() -> None:
    """Three rows of 1 and columns of 2 and 1: three tables, all as likely. Rows of 2, 1, 1 and columns of 2, 2: the
    two with the pair in one column have 1/6 each, the four others 4/6 together, each 1/3 and 1/3."""
    assert compared([[1, 0], [1, 0], [0, 1]]).p == 1
    assert compared([[2, 0], [0, 1], [0, 1]]).p == pytest.approx(2 / 6, abs=0.006)


def test_many_patients_with_a_rare_category_are_sampled_too() -> None:
    found = compared([[12, 18, 0], [1800, 2200, 3]])
    assert found.test is KINDS.FISHER_SAMPLED
    assert 0.5 < found.p < 1


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ([[5, 5], [5, 5]], KINDS.CHI_SQUARE_YATES),
        ([[4, 5], [5, 5]], KINDS.FISHER),
        ([[5, 5], [5, 5], [5, 5]], KINDS.CHI_SQUARE),
        ([[4, 5], [5, 5], [5, 5]], KINDS.FISHER_SAMPLED),
    ],
)
def test_five_must_be_expected_in_every_cell(table: list[list[int]], kind: object) -> None:
    assert compared(table).test is kind


def test_empty_rows_and_columns_are_left_out() -> None:
    assert compared([[3, 0, 1], [0, 0, 0], [1, 0, 3]]) == compared(TEA)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ([], Why.NO_DATA),
        ([[]], Why.NO_DATA),
        ([[], []], Why.NO_DATA),
        ([[0, 0], [0, 0]], Why.NO_DATA),
        ([[3, 4]], Why.ONE_GROUP),
        ([[3, 4], [0, 0]], Why.ONE_GROUP),
        ([[3, 0], [4, 0]], Why.ONE_GROUP),
        ([[3], [4]], Why.ONE_GROUP),
        ([[3, -1], [4, 2]], Why.IMPOSSIBLE),
        ([[3, 1], [4]], Why.IMPOSSIBLE),
    ],
)
def test_it_says_why_there_is_no_comparison(table: list[list[int]], why: Why) -> None:
    assert chi_square_or_fisher(table) == NotEstimable(why)


def test_one_case_in_each_group_is_a_value() -> None:
    assert compared([[1, 0], [0, 1]]).p == 1


@pytest.mark.parametrize("table", [TEA, JOBS, PARTIES, CONVICTIONS, [[0, 3, 1], [4, 0, 0]]])
def test_turned_about_it_is_the_same(table: list[list[int]]) -> None:
    found, turned = compared(table), compared(list(zip(*table, strict=True)))
    assert turned.test is found.test
    assert turned.p == pytest.approx(found.p, abs=0.007)


@pytest.mark.thorough
@given(st.integers(2, 4), st.integers(2, 4), st.data())
@settings(max_examples=50, deadline=None)
def test_it_is_a_p_and_the_same_turned_about(rows: int, columns: int, data: st.DataObject) -> None:
    row = st.lists(st.integers(0, 12), min_size=columns, max_size=columns)
    table = data.draw(st.lists(row, min_size=rows, max_size=rows))
    found, turned = chi_square_or_fisher(table), chi_square_or_fisher(list(zip(*table, strict=True)))
    if isinstance(found, NotEstimable):
        assert turned == found
        return
    assert isinstance(turned, Comparison)
    assert 0 <= found.p <= 1
    assert turned.test is found.test
    assert turned.p == pytest.approx(found.p, abs=0.012 if found.test is KINDS.FISHER_SAMPLED else 1e-9)
    if found.test is KINDS.CHI_SQUARE:
        told = [line for line in table if any(line)]
        kept = list(zip(*[column for column in zip(*told, strict=True) if any(column)], strict=True))
        assert found.p == pytest.approx(float(scipy_stats().chi2_contingency(kept).pvalue))
