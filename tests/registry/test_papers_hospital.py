"""A hospital with the paper's counts and means, imported from its file: every number of the paper comes out again."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from monitoring.pathway.vocabulary import Finding
from monitoring.registry import paper
from monitoring.registry.actions.importing import import_lines
from monitoring.registry.cohort import Asked, Standing
from monitoring.registry.queries import cases, flow
from monitoring.registry.statistics.estimates import Comparison
from monitoring.registry.statistics.spread import Spread
from monitoring.registry.study import Study, study_of
from tests.cast import Cast
from tests.desks.pages import alerting_works, read, spaced
from tools.synthetic_hospital import paper_hospital, write

TODAY = date(2026, 11, 28)


def papers_file() -> io.BytesIO:
    text = io.StringIO()
    write(paper_hospital(), text)
    return io.BytesIO(text.getvalue().encode())


@pytest.fixture
def hospital(cast: Cast) -> Cast:
    """Ward 7B is the paper's hospital."""
    alerting_works()
    report = import_lines(papers_file(), by=cast.adam, source="the paper's hospital, made up")
    assert report.problems == 0
    return cast


@pytest.fixture
def study(hospital: Cast) -> Study:
    asked = Asked(wards=[hospital.ward_7b], today=TODAY)
    return study_of(flow(asked), cases(asked))


def rounded(spread: object) -> tuple[float, float]:
    assert isinstance(spread, Spread)
    assert spread.sd is not None
    return round(spread.mean, 1), round(spread.sd, 1)


def test_every_count_share_and_mean_is_the_papers(study: Study) -> None:
    assert (study.cases, study.operations) == (30, 4078) == (paper.CASES, paper.OPERATIONS)
    assert {key: n for key, n in study.sex.counts.items() if n} == dict(paper.SEX) == {"M": 12, "F": 18}
    assert rounded(study.age) == paper.AGE == (62.9, 12.7)
    assert {key: n for key, n in study.diagnosis.counts.items() if n} == dict(paper.DIAGNOSES)
    assert {key: n for key, n in study.segments.counts.items() if n} == dict(paper.SEGMENTS)
    assert {key: n for key, n in study.causes.counts.items() if n} == dict(paper.CAUSE_COUNTS)
    assert {key: n for key, n in study.findings.items() if n and Finding(key).sub_cause} == {
        key: n for key, n in paper.FINDINGS.items() if Finding(key).sub_cause
    }
    for cause, published in paper.ONSET.items():
        assert rounded(study.onsets.causes[cause].spread) == (published.mean, published.sd)
    assert (study.strength.day3[2], study.strength.day3[3] + study.strength.day3[4]) == (3, 27)
    assert study.strength.day7[4] + study.strength.day7[5] == 30


def test_where_the_paper_contradicts_itself_the_page_differs(study: Study) -> None:
    whole = study.onsets.whole
    assert isinstance(whole, Spread)
    assert rounded(whole) == (2.9, 1.6)
    assert paper.ONSET_WHOLE == (2.9, 1.7)
    assert (whole.low, whole.high) == (1, 8)
    assert paper.ONSET_RANGE == (1, 9)
    for cause, published in paper.PUBLISHED_P.items():
        found = study.onsets.causes[cause].against
        assert isinstance(found, Comparison)
        assert f"{found.p:.3f}" != published


def test_two_hospitals_with_the_same_counts_do_not_differ(study: Study) -> None:
    for block in (study.sex, study.diagnosis, study.segments, study.causes):
        assert isinstance(block.beside_paper, Comparison)
        assert block.beside_paper.p == pytest.approx(1.0)


def test_those_who_are_no_cases_are_counted_by_reason(study: Study) -> None:
    shown = {standing: study.flow[standing] for standing in Standing if study.flow[standing]}
    assert shown.keys() >= {
        Standing.AMELIORATED, Standing.EXUDATION, Standing.INFECTION, Standing.FOREIGN_BODY, Standing.INCOMPLETE,
    }  # fmt: skip
    assert sum(shown.values()) == 4078 + shown[Standing.INCOMPLETE]


ON_THE_PAGE = [
    "Operations 4078 4078",
    "Cases 30 30",
    "Share 0.74 % 0.74 %",
    "0.52–1.05 % 0.52–1.05 %",
    "female 18 (60.0 %) 18 (60.0 %)",
    "male 12 (40.0 %) 12 (40.0 %)",
    "62.9 ± 12.7 62.9 ± 12.7",
    "lumbar disc herniation 6 (20.0 %) 6 (20.0 %)",
    "stenosis 4 (13.3 %) 4 (13.3 %)",
    "disc herniation and stenosis 11 (36.7 %) 11 (36.7 %)",
    "scoliosis 7 (23.3 %) 7 (23.3 %)",
    "spondylolisthesis 2 (6.7 %) 2 (6.7 %)",
    "2 7 (23.3 %) 7 (23.3 %)",
    "3 11 (36.7 %) 11 (36.7 %)",
    "4 4 (13.3 %) 4 (13.3 %)",
    "5 1 (3.3 %) 1 (3.3 %)",
    "&gt;5 7 (23.3 %) 7 (23.3 %)",
    "Fixation: malposition or loosening 11 (36.7 %) 21.9–54.5 % 11 (36.7 %) 21.9–54.5 %",
    "screw malposition 8 (26.7 %) 14.2–44.4 % 8 (26.7 %) 14.2–44.4 %",
    "loose screw 2 (6.7 %) 1.8–21.3 % 2 (6.7 %) 1.8–21.3 %",
    "cage herniation 1 (3.3 %) 0.6–16.7 % 1 (3.3 %) 0.6–16.7 %",
    "Epidural haematoma 9 (30.0 %)",
    "Insufficient decompression 5 (16.7 %)",
    "ossified ligamentum flavum 2 (6.7 %) 1.8–21.3 % 2 (6.7 %) 1.8–21.3 %",
    "new weakness on the other side 3 (10.0 %) 3.5–25.6 % 3 (10.0 %) 3.5–25.6 %",
    "Nerve-root oedema 5 (16.7 %)",
    "11 3.4 ± 1.2",
    "9 1.4 ± 0.5",
    "5 2.6 ± 1.1",
    "5 4.8 ± 2.0",
    "3.4 ± 1.2 0.238",
    "1.4 ± 0.5 0.026",
    "2.6 ± 1.1 0.079",
    "All 30 2.9 ± 1.6 3 (1–8) 2.9 ± 1.7 (1–9)",
    "Relief 27 (90.0 %) 27 (90.0 %)",
]


def test_the_page_says_them_beside_the_papers(hospital: Cast) -> None:
    said = _words(read(hospital.sam, "/registry/"))
    assert [line for line in ON_THE_PAGE if line not in said] == []


def test_another_ward_sees_nothing_of_it(hospital: Cast) -> None:
    said = _words(read(hospital.sue, "/registry/"))
    assert "Operations 0 4078" in said
    assert "not estimable: no data" in said


def _words(page: str) -> str:
    return spaced(re.sub(r"<[^>]+>", " ", page)) if "<" in page else spaced(page)
