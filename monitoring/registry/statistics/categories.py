"""Counts in categories, compared between groups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from monitoring.registry.libraries import scipy_stats
from monitoring.registry.statistics.estimates import Comparison, NotEstimable, Test, Why, probability

EXPECTED: Final = 5
"""The least count to be expected in every cell for chi-square to be used (Cochran, Biometrics 1954;10:417)."""
RANDOM_TABLES: Final = 99_999
SEED: Final = 1931
SAME: Final = 1 + 1e-7
"""Probabilities as near as this are the same one: R's `fisher.test` allows for rounding so."""

Table = list[list[int]]


def chi_square_or_fisher(table: Sequence[Sequence[int]]) -> Comparison | NotEstimable:
    """Whether rows and columns are independent. Rows and columns without any count are left out.

    Pearson's chi-square where every expected count is 5 or more, with Yates's correction for two by two: scipy's
    `chi2_contingency`, as R's `chisq.test`. Else Fisher's exact test: for two by two scipy's `fisher_exact`, as R's
    `fisher.test`; for larger tables the share of 99,999 random tables with the same margins (scipy's `random_table`,
    one seed for ever) that are no likelier than this one, this one counted among them: R's
    `fisher.test(simulate.p.value = TRUE)`. Source: Agresti, Categorical Data Analysis, §3.2 and §3.5.
    `sizes` are the totals of the rows, and `ties` says nothing here.
    """
    if len({len(row) for row in table}) > 1 or any(count < 0 for row in table for count in row):
        return NotEstimable(Why.IMPOSSIBLE)
    counted = _without_empty(table)
    if not counted:
        return NotEstimable(Why.NO_DATA)
    if len(counted) == 1 or len(counted[0]) == 1:
        return NotEstimable(Why.ONE_GROUP)
    test, statistic, p = _tested(counted)
    return Comparison(test, statistic, probability(p), False, tuple(sum(row) for row in counted))


def _without_empty(table: Sequence[Sequence[int]]) -> Table:
    columns = [place for place, column in enumerate(zip(*table, strict=True)) if any(column)]
    return [[int(row[place]) for place in columns] for row in table if any(row)]


def _tested(table: Table) -> tuple[Test, float | None, float]:
    """The test that fits, its statistic and p. Fisher's test has none that is always a number."""
    stats = scipy_stats()
    two_by_two = len(table) == len(table[0]) == 2
    if float(stats.contingency.expected_freq(table).min()) >= EXPECTED:
        found = stats.chi2_contingency(table, correction=True)
        return Test.CHI_SQUARE_YATES if two_by_two else Test.CHI_SQUARE, float(found.statistic), float(found.pvalue)
    if two_by_two:
        return Test.FISHER, None, float(stats.fisher_exact(table).pvalue)
    return Test.FISHER_SAMPLED, None, _sampled(tuple(tuple(row) for row in table))


@lru_cache(maxsize=256)  # a page asks for four of them, always the same ones until a case comes
def _sampled(table: tuple[tuple[int, ...], ...]) -> float:
    """scipy's `fisher_exact` would do this, but mistakes the shape of the tables where they hold many patients."""
    margins = scipy_stats().random_table(
        [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    )
    drawn = margins.rvs(size=RANDOM_TABLES, random_state=SEED)
    as_unlikely = int((margins.pmf(drawn) <= float(margins.pmf(table)) * SAME).sum())
    return (1 + as_unlikely) / (1 + RANDOM_TABLES)
