"""Numbers of one to four are not told, nor what gives them away; and no line that leaves names anybody."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.registry.cohort import Asked, lines
from monitoring.registry.deidentified import HEAD, age_told, rows, told
from monitoring.registry.disclosure import FEW, hidden
from tests.cast import Cast
from tests.registry.lines import CASE, brought, line


@pytest.mark.parametrize(
    ("counts", "left_out"),
    [
        ({}, ""),
        ({"a": 0, "b": 5}, ""),
        ({"a": 4, "b": 7, "c": 9}, "ab"),
        ({"a": 1, "b": 2, "c": 9}, "ab"),
        ({"a": 1, "b": 0, "c": 0}, "a"),
        ({"a": 1}, "a"),
        ({"a": 11, "b": 9, "c": 5, "d": 5}, ""),
    ],
)
def test_small_numbers_and_what_would_give_one_away_are_left_out(counts: dict[str, int], left_out: str) -> None:
    assert hidden(counts) == frozenset(left_out)


@given(st.dictionaries(st.integers(), st.integers(0, 30), max_size=6))
def test_no_small_number_can_be_found_by_taking_the_others_from_the_total(counts: dict[int, int]) -> None:
    left_out = hidden(counts)
    assert {key for key, n in counts.items() if 0 < n < FEW} <= left_out
    others = [n for key, n in counts.items() if key not in left_out and n]
    assert len(left_out) != 1 or not others


@pytest.mark.parametrize(("age", "said"), [(0, 0), (89, 89), (90, "90+"), (104, "90+")])
def test_ages_over_89_are_one_group(age: int, said: object) -> None:
    assert age_told(age) == said


@pytest.mark.parametrize(
    ("fact", "said"), [(None, ""), (0, 0), (True, "yes"), (False, "no"), (0.0, 0.0), (2.34567, 2.35), ("home", "home")]
)
def test_what_is_not_known_is_empty_and_zero_is_zero(fact: object, said: object) -> None:
    assert told(fact) == said
    assert isinstance(told(fact), type(said))


def test_a_line_that_leaves_has_no_date_no_key_and_no_ward_by_name(cast: Cast) -> None:
    line(cast.ward_7b, brought(cast.adam), operated_on=date(2014, 3, 7), **(CASE | {"age": 93, "grade_at_deficit": 0}))
    (row,) = rows(lines(Asked(wards=[cast.ward_7b], today=date(2026, 11, 28))), {cast.ward_7b.pk: "A"})
    said = dict(zip(HEAD, row, strict=True))
    assert (said["line"], said["ward"], said["year"], said["age"]) == (1, "A", 2014, "90+")
    assert (said["standing"], said["source"], said["grade_at_deficit"], said["relief"]) == (
        "case",
        "imported",
        0,
        "yes",
    )
    words = " ".join(map(str, row)).lower()
    assert all(mark not in words for mark in ("2014-03", "-07", "7b", "theatre book", " k"))


def test_the_order_is_another_one_each_time(cast: Cast) -> None:
    by = brought(cast.adam)
    for age in range(40, 80):
        line(cast.ward_7b, by, age=age)
    found = lines(Asked(wards=[cast.ward_7b], today=date(2026, 11, 28)))
    first, second = ([row[3] for row in rows(found, {cast.ward_7b.pk: "A"})] for _ in range(2))
    assert first != second
    assert sorted(first) == sorted(second) == list(range(40, 80))


def test_every_pair_of_small_and_large_is_covered() -> None:
    for one, other in product(range(1, FEW), range(FEW, 9)):
        assert hidden({"one": one, "other": other}) == {"one", "other"}
