"""Protocol §8: the likely cause, as information."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from monitoring.protocol import Settings, Timeline, assess
from monitoring.protocol.causes import (
    PAPER,
    CauseInPaper,
    likely_causes,
    percent,
    predictive,
    student_t_density,
    weight,
)
from tests.protocol.histories import INDEX, assessed, check, minute, operation

DAY = 24 * 60


def shares(days: float) -> dict[str, int]:
    return {cause.cause: cause.percent for cause in likely_causes(INDEX, minute(days * DAY))}


def test_the_example_of_the_protocol() -> None:
    assert shares(1) == {
        "epidural_haematoma": 77,
        "insufficient_decompression": 10,
        "fixation": 10,
        "root_oedema": 3,
    }


def test_the_likeliest_comes_first() -> None:
    for days in range(1, 10):
        causes = likely_causes(INDEX, minute(days * DAY))
        assert len(causes) == 4
        assert all(one.percent >= other.percent for one, other in pairwise(causes))
    assert likely_causes(INDEX, minute(1.4 * DAY))[0].cause == "epidural_haematoma"
    assert likely_causes(INDEX, minute(3.4 * DAY))[0].cause == "fixation"


def test_the_first_day_counts_as_one_and_after_the_ninth_there_is_no_data() -> None:
    assert shares(0.01) == shares(1)
    assert shares(1) != shares(1.2)
    assert shares(9) != {}
    assert shares(9 + 1e-6) == {}


def test_causes_are_given_only_at_critical_and_after_an_index_operation() -> None:
    assert assessed(DAY, check(DAY, L4_left=2)).causes == likely_causes(INDEX, minute(DAY))
    assert assessed(DAY, check(DAY, L4_left=3)).causes == ()
    assert assessed(DAY, operation(60), check(DAY, L4_left=2)).causes == ()
    secondary_first = Timeline((operation(0), operation(60, "index"), check(DAY, L4_left=2)))
    assert assess(secondary_first, Settings(), minute(DAY)).causes == likely_causes(operation(60, "index"), minute(DAY))


def test_no_cause_is_ever_certain_or_excluded() -> None:
    assert (percent(0.999), percent(0.0001)) == (97, 1)
    assert (percent(0.125), percent(0.135), percent(0.97)) == (12, 14, 97)
    assert percent(0.96) == 96


@pytest.mark.parametrize("degrees", [4, 8, 10])
def test_the_density_is_one_in_all_and_that_of_the_textbook(degrees: int) -> None:
    step = 0.01
    area = sum(student_t_density(number * step, degrees) for number in range(-20_000, 20_001)) * step
    assert area == pytest.approx(1, abs=1e-4)
    assert student_t_density(0, 4) == pytest.approx(0.375)
    assert student_t_density(2, degrees) == student_t_density(-2, degrees)
    assert student_t_density(1, 4) == pytest.approx(0.375 * 1.25**-2.5)


def test_the_weight_is_of_the_predictive_distribution() -> None:
    fixation = PAPER[0]
    scale = 1.2 * math.sqrt(12 / 11)
    assert weight(fixation, 3.4) == pytest.approx(11 * student_t_density(0, 10) / scale)
    assert weight(fixation, 3.4 + scale) == pytest.approx(11 * student_t_density(1, 10) / scale)
    assert sum(cause.patients for cause in PAPER) == 30


def test_the_predictive_distribution_is_wider_than_the_paper_s_spread_the_fewer_the_patients() -> None:
    centre, scale, degrees = predictive(CauseInPaper("x", 3, 2.0, 1.5))
    assert (centre, degrees) == (2.0, 2)
    assert scale == pytest.approx(1.5 * (4 / 3) ** 0.5)
    assert all(predictive(cause).scale > cause.sd for cause in PAPER)
