"""What the paper published, and what in it does not add up."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from itertools import combinations_with_replacement

import pytest

from monitoring.pathway.vocabulary import Finding
from monitoring.protocol.causes import PAPER
from monitoring.registry import paper
from monitoring.registry.contradictions import (
    Way,
    drops_beyond_criterion_2,
    illustrated_but_not_included,
    latest_onsets,
    p_value,
    reaches,
    rounds_to,
    sets_of,
    shares,
    whole_onset,
)
from monitoring.registry.whole_days import Published, has_sd, whole_days
from wards.models import Operation, Patient

# As published


def test_the_paper_s_tables_add_up_to_its_30_patients() -> None:
    for counts in (paper.SEX, paper.DIAGNOSES, paper.SEGMENTS, paper.CAUSE_COUNTS, paper.FINDINGS):
        assert sum(counts.values()) == paper.CASES == 30
    for grades in (paper.DAY3, paper.DAY7):
        assert sum(one.patients for one in grades) == 30
    assert sum(one.patients for one in paper.DAY3 if one.low >= 3) == paper.RELIEVED


def test_the_sub_causes_add_up_to_their_causes() -> None:
    told = dict.fromkeys(paper.CAUSE_COUNTS, 0)
    for finding, patients in paper.FINDINGS.items():
        told[Finding(finding).cause] += patients
    assert told == paper.CAUSE_COUNTS == {cause.cause: cause.patients for cause in PAPER}


def test_its_words_are_those_of_the_record() -> None:
    assert set(paper.SEX) < set(Patient.Sex.values)
    assert set(paper.DIAGNOSES) < set(Operation.Diagnosis.values)
    assert set(paper.FINDINGS) < set(Finding.values)


def test_a_p_is_published_against_root_oedema_for_the_other_three() -> None:
    told = {cause: onset.p for cause, onset in paper.ONSET.items()}
    assert told == {
        "fixation": "0.238",
        "epidural_haematoma": "0.026",
        "insufficient_decompression": "0.079",
        "root_oedema": None,
    }
    assert [cause for cause, p in told.items() if p is None] == [paper.COMPARED_WITH]


def test_what_is_published_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        paper.CAUSE_COUNTS["fixation"] = 12  # type: ignore[index]


# Percentages


def test_only_the_share_of_fixation_is_printed_wrong() -> None:
    told = {one.published.what: one for one in shares()}
    assert [what for what, one in told.items() if not one.agrees] == ["fixation"]
    wrong = told["fixation"]
    assert (wrong.published.percent, wrong.rounded) == ("36", "37")
    assert f"{wrong.percent:.1f}" == "36.7"


def test_every_other_share_is_printed_as_it_rounds() -> None:
    assert all(one.rounded == one.published.percent for one in shares() if one.agrees)
    assert {one.published.k for one in shares() if one.published.n == 4078} == {30}


@pytest.mark.parametrize(
    ("value", "printed", "so"),
    [
        ("0.2375", "0.238", True),
        ("0.2385", "0.238", True),
        ("0.2374", "0.238", False),
        ("0.2386", "0.238", False),
        ("36.5", "36", True),
        ("36.6", "36", False),
    ],
)
def test_a_half_may_be_rounded_either_way(value: str, printed: str, so: bool) -> None:
    assert rounds_to(Fraction(value), printed) is so


# Onset in whole days


def test_few_whole_days_have_the_published_figures() -> None:
    assert sets_of("epidural_haematoma") == ((1, 1, 1, 1, 1, 2, 2, 2, 2),)
    assert sets_of("insufficient_decompression") == ((1, 2, 3, 3, 4),)
    assert sets_of("root_oedema") == ((3, 3, 4, 7, 7), (3, 3, 5, 5, 8))
    assert len(sets_of("fixation")) == 10


@pytest.mark.parametrize("cause", paper.ONSET)
@pytest.mark.parametrize("population", [False, True])
def test_they_are_printed_as_published(cause: str, population: bool) -> None:
    onset, sd = paper.ONSET[cause], statistics.pstdev if population else statistics.stdev
    for days in sets_of(cause, population=population):
        assert len(days) == onset.n
        assert (f"{statistics.fmean(days):.1f}", f"{sd(days):.1f}") == (f"{onset.mean}", f"{onset.sd}")


@pytest.mark.parametrize("published", [Published(5, 4.8, 2.0), Published(5, 2.6, 1.1), Published(4, 3.0, 1.4)])
@pytest.mark.parametrize("population", [False, True])
def test_none_is_missed(published: Published, population: bool) -> None:
    sd = statistics.pstdev if population else statistics.stdev
    every = combinations_with_replacement(range(1, 10), published.n)
    expected = [
        days
        for days in every
        if abs(statistics.fmean(days) - published.mean) < 0.0500001 and abs(sd(days) - published.sd) < 0.0500001
    ]
    assert sorted(whole_days(published, 1, 9, population=population)) == expected


def test_an_sd_s_limits_themselves_could_be_printed_so() -> None:
    assert has_sd((0, 3), 2.1)  # 2.1213
    assert has_sd((1, 2), 0.7)
    assert not has_sd((1, 2), 0.6)
    assert has_sd((1, 2), 0.5, population=True)
    assert has_sd((0, 0, 0, 9), 4.5)
    assert not has_sd((0, 0, 0, 9), 4.4)


@pytest.mark.parametrize("population", [False, True])
def test_no_cause_s_figures_leave_room_for_the_ninth_day(population: bool) -> None:
    told = latest_onsets(population=population)
    assert {one.cause for one in told} == set(paper.ONSET)
    last = paper.ONSET_RANGE[1]
    assert all(one.whole_day is None or one.whole_day < last for one in told)
    assert all(one.any_time < last for one in told)


def test_the_latest_is_day_8_of_root_oedema_or_eight_and_a_half_days_of_any_kind() -> None:
    latest = max(latest_onsets(), key=lambda one: one.any_time)
    assert (latest.cause, latest.sets, latest.whole_day) == ("root_oedema", 2, 8)
    assert latest.any_time == pytest.approx(4.85 + 2.05 * 4 / math.sqrt(5))


def test_a_ninth_day_would_be_found_if_it_were_possible() -> None:
    """With an SD of 2.4 it is: 9 and four others that make 24."""
    found = whole_days(Published(5, 4.8, 2.4), 1, 9)
    assert any(max(days) == 9 for days in found)


def test_with_sds_divided_by_n_insufficient_decompression_has_no_whole_days() -> None:
    told = {one.cause: (one.sets, one.whole_day) for one in latest_onsets(population=True)}
    assert told["insufficient_decompression"] == (0, None)


def test_the_causes_make_the_mean_of_all_but_not_its_sd() -> None:
    whole = whole_onset()
    assert (whole.sets, whole.mean_agrees, whole.sd_agrees) == (20, True, False)
    assert whole.means == pytest.approx((2.9, 2.9))
    assert [f"{sd:.1f}" for sd in whole.sds] == ["1.6", "1.6"]
    by_hand = [1] * 5 + [2] * 4 + [1, 2, 3, 3, 4] + [3, 3, 4, 7, 7] + [3] * 10 + [7]
    assert whole.sds[0] == pytest.approx(statistics.stdev(by_hand))


# p values


def test_no_published_p_follows_from_whole_days_in_any_way() -> None:
    assert {one.cause: one.published for one in reaches()} == paper.PUBLISHED_P
    assert [one.reached for one in reaches()] == [(), (), ()]


REACH = {
    "fixation": (20, 0.0434, 0.5371),
    "epidural_haematoma": (2, 0.0010, 0.0023),
    "insufficient_decompression": (2, 0.0661, 0.1508),
}


@pytest.mark.parametrize("cause", REACH)
def test_the_p_values_that_whole_days_can_give(cause: str) -> None:
    (found,) = (one for one in reaches() if one.cause == cause)
    assert (found.sets, round(found.lowest, 4), round(found.highest, 4)) == REACH[cause]
    assert set(found.ways) == set(Way)
    assert all(0 < low <= high <= 1 for low, high in found.ways.values())


def test_a_p_that_could_be_reached_would_be_found() -> None:
    haematoma, oedema = sets_of("epidural_haematoma")[0], sets_of("root_oedema")[0]
    assert p_value(Way.EXACT, haematoma, oedema) == pytest.approx(2 / math.comb(14, 5))
    assert rounds_to(p_value(Way.EXACT, haematoma, oedema), "0.001")


def test_the_normal_p_by_hand() -> None:
    """Nine haematomas all before five oedemas: U = 0, ties of 5, 4, 2 and 2 (Hollander and Wolfe, formula 4.19)."""
    haematoma, oedema = (1, 1, 1, 1, 1, 2, 2, 2, 2), (3, 3, 4, 7, 7)
    variance = 9 * 5 / 12 * (15 - sum(t**3 - t for t in (5, 4, 2, 2)) / (14 * 13))
    for way, continuity in ((Way.ASYMPTOTIC, 0.0), (Way.ASYMPTOTIC_CONTINUITY, 0.5)):
        z = (22.5 - continuity) / math.sqrt(variance)
        assert p_value(way, haematoma, oedema) == pytest.approx(math.erfc(z / math.sqrt(2)))


# Who was to be counted


def test_more_than_three_grades_adds_nothing_to_a_fall_to_0_or_1() -> None:
    assert drops_beyond_criterion_2() == ()


def test_to_the_letter_the_patient_of_fig_3_would_not_have_been_included() -> None:
    (patient,) = illustrated_but_not_included()
    assert (patient.figure, patient.grade) == ("3", 2)


def test_the_illustrated_patients_days_are_possible() -> None:
    fixation = [days for days in sets_of("fixation") if {1, 3} <= set(days)]
    assert fixation
    assert all(1 in days for days in sets_of("epidural_haematoma"))
