"""The paper's tables of a cohort: of no case, of one, of causes without a day, of strength that nobody tested."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from django.utils.translation import override

from monitoring.pathway.vocabulary import Finding
from monitoring.registry.beyond import Band, answers_of, band_of, beginnings_of, decompression_of, wards_of
from monitoring.registry.cohort import Standing
from monitoring.registry.queries import CaseRow, DeficitRow, WardRow
from monitoring.registry.statistics.estimates import Comparison, NotEstimable, Why
from monitoring.registry.statistics.proportions import Proportion
from monitoring.registry.statistics.spread import Spread
from monitoring.registry.study import CAUSES, Study, cause_of, study_of

USUAL = CaseRow(
    sex="F",
    age=60,
    diagnosis="stenosis",
    segments=3,
    finding="root_oedema",
    onset_days=4.0,
    grade_at_deficit=1,
    grade_day3=3,
    grade_day7=4,
    relief=True,
    good_to_decompression_hours=5.0,
)


def case(**facts: Any) -> CaseRow:
    return replace(USUAL, **facts)


def study(*rows: CaseRow, of: int = 1000) -> Study:
    flow = dict.fromkeys(Standing, 0) | {Standing.CASE: len(rows), Standing.NO_EVENT: of - len(rows)}
    return study_of(flow, rows)


def numbers_in(value: Any) -> list[float]:
    """Every number anywhere in it."""
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [value]
    if is_dataclass(value):
        return [n for field in fields(value) for n in numbers_in(getattr(value, field.name))]
    if isinstance(value, dict):
        return [n for one in value.values() for n in numbers_in(one)]
    if isinstance(value, list | tuple):
        return [n for one in value for n in numbers_in(one)]
    return []


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [case()],
        [case(finding=finding) for finding in ("root_oedema", "epidural_haematoma")],
        [case(finding=finding.value) for finding in Finding],
        [case(onset_days=None, relief=None, grade_day3=None, good_to_decompression_hours=None)] * 3,
        [case(), case()],
        [case(finding="")] * 4,
        [case(age=0, onset_days=1.0, grade_at_deficit=0, grade_day3=0, grade_day7=0, relief=False)] * 12,
    ],
)
def test_whatever_the_cases_there_is_a_value_or_a_reason_and_never_a_nan(rows: list[CaseRow]) -> None:
    found = numbers_in(study(*rows)) + numbers_in(decompression_of(rows))
    assert all(math.isfinite(number) for number in found)


def test_of_nothing_nothing_is_estimated() -> None:
    found = study(of=0)
    assert found.incidence == NotEstimable(Why.NO_DATA)
    assert found.age == NotEstimable(Why.NO_DATA)
    assert found.strength.relief == NotEstimable(Why.NO_DATA)
    assert found.onsets.omnibus == NotEstimable(Why.NO_DATA)
    assert isinstance(found.causes.beside_paper, NotEstimable)


def test_a_hospital_without_a_case_has_an_interval_all_the_same() -> None:
    found = study(of=500).incidence
    assert isinstance(found, Proportion)
    assert (found.k, found.low) == (0, 0.0)
    assert found.high == pytest.approx(0.00763, abs=1e-5)  # Wilson: z² / (n + z²)


def test_every_case_is_in_one_cause_and_one_category_of_each_block() -> None:
    rows = [case(finding=finding.value, segments=n) for n, finding in enumerate(Finding, 1)] + [case(finding="")]
    found = study(*rows)
    for block in (found.sex, found.diagnosis, found.segments, found.causes):
        assert block.cases == len(rows)
    assert found.causes.counts == {
        "fixation": 3,
        "epidural_haematoma": 1,
        "insufficient_decompression": 3,
        "root_oedema": 1,
        "none_found": 1,
        "unknown": 1,
    }
    assert found.segments.counts[">5"] == 4
    assert sum(found.findings.values()) == len(rows) - 1


def test_an_unknown_onset_is_left_out_and_counted() -> None:
    found = study(case(onset_days=None), case(onset_days=2.0), case(onset_days=4.0)).onsets
    spread = found.causes["root_oedema"].spread
    assert isinstance(spread, Spread)
    assert (spread.n, spread.mean, found.causes["root_oedema"].unknown) == (2, 3.0, 1)
    assert found.causes["root_oedema"].against is None
    assert found.causes["fixation"].against == NotEstimable(Why.ONE_GROUP)


def test_grade_zero_is_a_grade_and_unknown_is_none() -> None:
    found = study(case(grade_at_deficit=0, grade_day3=0), case(grade_at_deficit=None, grade_day3=None)).strength
    assert (found.at_deficit[0], found.at_deficit[None]) == (1, 1)
    assert (found.day3[0], found.day3[None]) == (1, 1)
    assert sum(found.day7.values()) == 2


def test_relief_is_a_share_of_those_of_whom_it_is_known() -> None:
    found = study(case(), case(relief=False), case(relief=None)).strength
    assert isinstance(found.relief, Proportion)
    assert (found.relief.k, found.relief.n, found.relief_unknown) == (1, 2, 1)


@pytest.mark.parametrize(
    ("hours", "band"),
    [
        (None, Band.UNKNOWN),
        (0.0, Band.UP_TO_6_H),
        (6.0, Band.UP_TO_6_H),
        (6.01, Band.FROM_6_TO_8_H),
        (8.0, Band.FROM_6_TO_8_H),
        (8.01, Band.PAST_8_H),
    ],
)
def test_the_hour_itself_has_not_passed_it(hours: float | None, band: Band) -> None:
    assert band_of(hours) == band


def test_early_decompression_beside_late_one() -> None:
    rows = [case(good_to_decompression_hours=hours) for hours in (2, 3, 4, 5)]
    rows += [case(good_to_decompression_hours=hours, relief=False) for hours in (9, 10, 12, 30)]
    rows += [case(good_to_decompression_hours=7.0, relief=None), case(good_to_decompression_hours=None)]
    found = decompression_of(rows)
    assert found.by_band[Band.UP_TO_6_H].relief == {True: 4, False: 0, None: 0}
    assert found.by_band[Band.PAST_8_H].n == 4
    assert found.by_band[Band.FROM_6_TO_8_H].share == NotEstimable(Why.NO_DATA)
    assert found.by_band[Band.UNKNOWN].relief[True] == 1
    assert isinstance(found.hours, Comparison)
    assert found.hours.p == pytest.approx(2 / 70)  # of the 70 ways to deal 8 ranks into 4 and 4, the two extreme ones


def test_an_answer_that_never_came_is_unknown_and_not_quick() -> None:
    rows = [DeficitRow(2.0, 1.0, None, 90.0, None), DeficitRow(3.0, -2.0, None, None, None)]
    found = answers_of(rows)
    assert found["minutes_to_acknowledged"].took == NotEstimable(Why.NO_DATA)
    assert [found[name].unknown for name in found] == [0, 2, 1, 2]


def test_days_add_up_and_a_day_that_nobody_knows_is_said() -> None:
    rows = [DeficitRow(day, None, None, None, None) for day in (1.0, 1.5, 9.0, None)]
    found = beginnings_of(rows, 200)
    assert [step.k for step in found.steps if step.day in {1, 2, 8, 9, 14}] == [1, 2, 2, 3, 3]
    assert (found.unknown, found.n) == (1, 200)


def test_a_single_ward_lies_within_limits_about_itself() -> None:
    (only,) = wards_of({1: WardRow(1, 500, 4, 0, 0)}).values()
    assert not isinstance(only.limits, NotEstimable)
    assert only.limits.low95 <= 4 / 500 <= only.limits.high95
    assert only.on_time == NotEstimable(Why.NO_DATA)


def test_no_ward_at_all_is_no_table() -> None:
    assert wards_of({}) == {}
    (empty,) = wards_of({1: WardRow(1, 0, 0, 0, 0)}).values()
    assert empty.share == NotEstimable(Why.NO_DATA)


def test_each_finding_has_its_cause() -> None:
    assert {cause_of(case(finding=finding.value)) for finding in Finding} == {*CAUSES, "none_found"}
    assert cause_of(case(finding="")) == "unknown"


@pytest.mark.parametrize("language", ["en-gb", "zh-hans"])
def test_a_sub_cause_is_called_by_itself_in_every_language(language: str) -> None:
    with override(language):
        for finding in (one for one in Finding if one.sub_cause):
            assert finding.sub_cause_words
            assert str(finding.label).endswith(finding.sub_cause_words)
            assert len(finding.sub_cause_words) < len(str(finding.label))
