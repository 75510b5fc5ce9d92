"""The made-up hospital has the paper's counts and means to the last one, and every row of it can be imported."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from io import BytesIO, StringIO
from statistics import mean, stdev

import pytest

from monitoring.registry import paper
from monitoring.registry.actions.importing import import_lines
from monitoring.registry.cohort import Standing, segments_name
from monitoring.registry.importing import read_rows
from monitoring.registry.vocabulary import Reoperation
from tests.cast import Cast
from tests.registry.files import NAMES
from tools import synthetic_hospital
from tools.synthetic_hospital import (
    AMELIORATED,
    BELOW_SEVERE,
    HEAD,
    LEFT_EARLY,
    NO_CASES,
    OPERATIONS,
    Row,
    large_hospital,
    paper_hospital,
)

HOSPITAL = paper_hospital()
CASES = [row for row in HOSPITAL if row["reoperation"] == Reoperation.DEFICIT]
WARDS = {"7b": date(2026, 1, 1), "8c": date(2026, 1, 1)}


def file_of(rows: Iterable[Row]) -> BytesIO:
    out = StringIO()
    synthetic_hospital.write(rows, out)
    return BytesIO(out.getvalue().encode())


def counted(column: str, rows: Iterable[Row] = CASES) -> Counter[str]:
    return Counter(row[column] for row in rows)


def rounded(numbers: list[float]) -> tuple[int, str, str]:
    return len(numbers), f"{mean(numbers):.1f}", f"{stdev(numbers):.1f}"


def days(cause: str = "") -> list[float]:
    return [float(row["onset_days"]) for row in CASES if row["finding"].startswith(cause)]


def test_it_is_the_same_each_time() -> None:
    assert paper_hospital() == HOSPITAL
    assert paper_hospital(seed=1) != HOSPITAL
    first = hashlib.sha256(file_of(HOSPITAL).getvalue()).hexdigest()
    assert first == hashlib.sha256(file_of(paper_hospital()).getvalue()).hexdigest()


def test_it_has_the_papers_operations_and_those_that_nobody_can_count_beside_them() -> None:
    assert OPERATIONS == paper.OPERATIONS
    assert len(HOSPITAL) == paper.OPERATIONS + LEFT_EARLY
    since, until = (end(row["operated_on"] for row in HOSPITAL) for end in (min, max))
    assert (since, until) == (f"{paper.YEARS[0]}-01-01", f"{paper.YEARS[1]}-12-31")
    assert len({row["case_key"] for row in HOSPITAL}) == len(HOSPITAL)


def test_its_cases_are_those_of_table_1() -> None:
    assert len(CASES) == paper.CASES
    assert counted("deficit") == {"severe": paper.CASES}
    assert counted("sex") == paper.SEX
    assert rounded([float(row["age"]) for row in CASES]) == (30, "62.9", "12.7")
    assert counted("diagnosis") == paper.DIAGNOSES
    assert Counter(segments_name(int(row["segments"])) for row in CASES) == paper.SEGMENTS


def test_their_causes_are_those_of_fig_1() -> None:
    assert counted("finding") == paper.FINDINGS


@pytest.mark.parametrize("cause", paper.CAUSE_COUNTS)
def test_their_onsets_are_those_of_table_2(cause: str) -> None:
    published = paper.ONSET[cause]
    assert rounded(days(cause)) == (published.n, str(published.mean), str(published.sd))
    assert all(day == int(day) for day in days(cause))


def test_over_all_the_mean_is_the_papers_and_the_sd_is_the_nearest_that_can_be() -> None:
    """Table 2 leaves no whole days with an SD of 1.7 over all, nor a day 9."""
    assert rounded(days()) == (30, str(paper.ONSET_WHOLE[0]), "1.6")
    assert f"{stdev(days()):.3f}" == "1.647"
    assert (min(days()), max(days())) == (1, 8)


def test_their_strength_came_back_as_the_paper_says() -> None:
    day3 = [(row["grade_day3"], row["finding"], row["relief"]) for row in CASES]
    assert Counter(grade in {"3", "4"} for grade, *_ in day3) == {True: paper.RELIEVED, False: 3}
    assert [one for one in day3 if one[0] == "2"] == [("2", "epidural_haematoma", "no")] * 3
    assert {relief for grade, _finding, relief in day3 if grade != "2"} == {"yes"}
    assert counted("grade_day7").keys() == {"4", "5"}
    assert all(int(row["grade_at_deficit"]) <= 2 for row in CASES)


@pytest.mark.parametrize("patient", paper.ILLUSTRATED, ids=lambda one: f"Fig. {one.figure}")
def test_the_patients_of_the_figures_are_among_them(patient: paper.IllustratedPatient) -> None:
    told = (str(patient.age), patient.sex, str(patient.day), str(patient.grade))
    found = [row for row in CASES if (row["age"], row["sex"], row["onset_days"], row["grade_at_deficit"]) == told]
    assert [row["finding"].partition(".")[0] for row in found] == [patient.cause]


@pytest.mark.parametrize("rows", [HOSPITAL, list(large_hospital(3000, wards=("7b", "8c")))], ids=["paper", "large"])
def test_every_row_can_be_read_and_nothing_in_it_contradicts_itself(rows: list[Row]) -> None:
    assert list(HEAD) == NAMES
    read = list(read_rows(file_of(rows), WARDS))
    assert [problem for row in read for problem in row.problems] == []
    assert len(read) == len(rows)


def test_a_large_one_is_made_row_by_row_at_the_papers_rates() -> None:
    rows = list(large_hospital(3000, wards=("7b", "8c")))
    assert rows == list(large_hospital(3000, wards=("7b", "8c")))
    assert counted("ward", rows).keys() == {"7b", "8c"}
    assert 10 < counted("reoperation", rows)["deficit"] < 35
    assert {name for row in rows for name, cell in row.items() if cell} == set(HEAD)


def test_imported_it_is_the_papers_cohort(cast: Cast) -> None:
    """What the pages make of it is tested with the pages."""
    report = import_lines(file_of(HOSPITAL), by=cast.adam, source="A made-up hospital", dry_run=True)
    assert report.problems == 0
    assert report.counts is not None
    standings = report.counts.standings
    assert sum(standings.values()) == len(HOSPITAL)
    assert standings[Standing.CASE] == paper.CASES
    assert standings[Standing.INCOMPLETE] == LEFT_EARLY
    assert sum(standings.values()) - standings[Standing.INCOMPLETE] == paper.OPERATIONS
    assert standings[Standing.AMELIORATED] == AMELIORATED
    others = (Standing.EXUDATION, Standing.INFECTION, Standing.FOREIGN_BODY, Standing.OTHER_REASON)
    assert sum(standings[one] for one in others) == NO_CASES - AMELIORATED - BELOW_SEVERE
    assert standings[Standing.NO_EVENT] == paper.OPERATIONS - paper.CASES - NO_CASES + BELOW_SEVERE
    assert report.counts.findings == paper.FINDINGS
