"""Every reference × grade × assumed, for one muscle alone: what it is called, and how bad it is."""

from __future__ import annotations

from itertools import product

import pytest

from monitoring.protocol import MUSCLES, Assessment, Level, MuscleFinding, Rule, Settings, Timeline, assess
from tests.protocol.histories import INDEX, accepted, look, minute, rules

GRADES = range(6)
FALL, MAJOR, MODERATE, MINOR, NONE = (
    Rule.FALL_TO_0_1,
    Rule.MAJOR_DROP,
    Rule.MODERATE_DROP,
    Rule.MINOR_DROP,
    None,
)
# fmt: off
TABLE = {  # reference: by latest grade, 0 to 5; a grade above the reference becomes the reference
    0: (NONE, NONE, NONE, NONE, NONE, NONE),
    1: (MODERATE, NONE, NONE, NONE, NONE, NONE),
    2: (FALL, FALL, NONE, NONE, NONE, NONE),
    3: (FALL, FALL, MINOR, NONE, NONE, NONE),
    4: (FALL, FALL, MODERATE, MINOR, NONE, NONE),
    5: (FALL, FALL, MAJOR, MODERATE, MINOR, NONE),
}
# fmt: on
LEVELS = {FALL: Level.CRITICAL, MAJOR: Level.CRITICAL, MODERATE: Level.CONCERN, MINOR: Level.WATCH, NONE: Level.STABLE}
CHECKED = [(reference, latest, False) for reference, latest in product(GRADES, GRADES)]
ASSUMED = [(5, latest, True) for latest in GRADES]
GRID = CHECKED + ASSUMED


def of_one_muscle(reference: int, latest: int, assumed: bool, settings: Settings) -> Assessment:
    baseline = [] if assumed else [look(-60, L4_left=reference)]
    return assess(Timeline((*baseline, INDEX, look(60, L4_left=latest))), settings, minute(60))


def test_the_grid_is_whole() -> None:
    assert len(CHECKED) == 6 * 6
    assert len(GRID) == 6 * 6 + 6
    assert len(set(GRID)) == len(GRID)


@pytest.mark.parametrize(("reference", "latest", "assumed"), GRID)
def test_every_reference_and_grade_makes_its_one_finding(reference: int, latest: int, assumed: bool) -> None:
    assessment = of_one_muscle(reference, latest, assumed, Settings())
    rule = TABLE[reference][latest]
    assert rules(assessment) == ([] if rule is None else [rule])
    assert assessment.level is LEVELS[rule]
    if rule is not None:
        [finding] = assessment.findings
        assert finding.muscles == (MuscleFinding(MUSCLES[4], reference, assumed, latest, reference - latest),)
        assert finding.names == {"L4 left"}


@pytest.mark.parametrize("major_drop_grades", range(1, 6))
@pytest.mark.parametrize(("reference", "latest", "assumed"), GRID)
def test_the_ward_says_how_large_a_drop_is_major(
    reference: int, latest: int, assumed: bool, major_drop_grades: int
) -> None:
    assessment = of_one_muscle(reference, latest, assumed, Settings(major_drop_grades=major_drop_grades))
    fallen = latest <= 1 and reference >= 2
    assert (Rule.FALL_TO_0_1 in rules(assessment)) == fallen
    assert (Rule.MAJOR_DROP in rules(assessment)) == (reference - latest >= major_drop_grades and not fallen)
    assert (Rule.MODERATE_DROP in rules(assessment)) == (
        (reference - latest >= 2 or (reference, latest) == (1, 0))
        and not fallen
        and reference - latest < major_drop_grades
    )
    assert len(rules(assessment)) <= 1


@pytest.mark.parametrize(("agreed", "latest"), list(product(GRADES, GRADES)))
def test_an_accepted_reference_is_held_to_as_a_checked_one(agreed: int, latest: int) -> None:
    events = (look(-60, L4_left=0), INDEX, accepted(30, L4_left=agreed), look(60, L4_left=latest))
    assessment = assess(Timeline(events), Settings(), minute(60))
    rule = TABLE[agreed][latest]
    assert rules(assessment) == ([] if rule is None else [rule])


@pytest.mark.parametrize(("best", "latest"), list(product(GRADES, GRADES)))
def test_an_accepted_deficit_of_two_or_more_stays_in_sight(best: int, latest: int) -> None:
    events = (look(-60, L4_left=best), INDEX, look(60, L4_left=latest), accepted(90, L4_left=latest))
    assessment = assess(Timeline(events), Settings(), minute(90))
    assert rules(assessment) == ([Rule.PERSISTENT_DEFICIT] if best - latest >= 2 else [])
