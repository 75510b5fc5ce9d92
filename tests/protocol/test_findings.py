"""Protocol §4: the findings of several muscles, the flags, and what nobody tested."""

from __future__ import annotations

import pytest

from monitoring.protocol import FLAGS, MUSCLES, Action, Level, Muscle, Rule, Settings, Timeline, assess
from monitoring.protocol.vocabulary import FlagStatus, SymptomaticSide
from tests.protocol.histories import (
    BASELINE,
    INDEX,
    accepted,
    assessed,
    check,
    look,
    minute,
    operation,
    rules,
)

BLADDER = "bladder_bowel"
PRESENT: dict[str, FlagStatus] = {BLADDER: "present"}
ABSENT: dict[str, FlagStatus] = {BLADDER: "absent"}


def test_two_muscles_of_one_side_are_not_widespread_and_two_of_both_sides_are() -> None:
    assert Rule.WIDESPREAD_DROP not in rules(assessed(10, check(10, L4_left=3, L5_left=3)))
    assert Rule.WIDESPREAD_DROP in rules(assessed(10, check(10, L4_left=3, L5_right=3)))
    assert Rule.WIDESPREAD_DROP in rules(assessed(10, check(10, L4_left=3, L5_left=3, S1_left=3)))
    assert Rule.WIDESPREAD_DROP not in rules(assessed(10, check(10, L4_left=3, L5_right=4, S1_right=4)))


def test_a_widespread_drop_lists_the_muscles_of_severe_findings_too() -> None:
    assessment = assessed(10, check(10, L2_right=0, L4_left=2, S1_left=3, L5_left=4))
    listed = {finding.rule: [found.muscle for found in finding.muscles] for finding in assessment.findings}
    assert listed == {
        Rule.FALL_TO_0_1: ["L2 right"],
        Rule.MAJOR_DROP: ["L4 left"],
        Rule.WIDESPREAD_DROP: ["L2 right", "L4 left", "S1 left"],
        Rule.MODERATE_DROP: ["S1 left"],
        Rule.MULTIPLE_DROPS: ["L2 right", "L4 left", "L5 left", "S1 left"],
        Rule.MINOR_DROP: ["L5 left"],
    }


@pytest.mark.parametrize(
    ("side", "named"), [("left", ["L4 right"]), ("right", ["L5 left"]), ("both", []), ("none", []), (None, [])]
)
def test_a_drop_counts_as_contralateral_only_against_one_symptomatic_side(
    side: SymptomaticSide | None, named: list[str]
) -> None:
    assessment = assessed(10, check(10, L4_right=4, L5_left=3), side=side)
    found = [finding for finding in assessment.findings if finding.rule is Rule.CONTRALATERAL_DROP]
    assert [muscle.muscle for finding in found for muscle in finding.muscles] == named


def test_a_minor_drop_that_is_also_a_persistent_deficit_is_both() -> None:
    events = (look(5, L4_left=3), accepted(20, L4_left=3), look(30, L4_left=2))
    assert rules(assessed(30, *events)) == [Rule.MINOR_DROP, Rule.PERSISTENT_DEFICIT]


def test_both_flags_are_named_in_their_order() -> None:
    assessment = assessed(10, check(10, "bladder_bowel", "saddle_anaesthesia"))
    [finding] = assessment.findings
    assert finding.to_json() == {"rule": "red_flag", "flags": list(FLAGS)}
    assert assessment.actions == (Action.URGENT_IMAGING,)


def test_a_flag_seen_only_before_the_operation_is_no_finding() -> None:
    assert assessed(10, look(5, PRESENT), operation(8)).level is Level.STABLE


def test_a_flag_from_before_surgery_is_old_until_it_was_absent_once() -> None:
    old = (look(-10, PRESENT), INDEX, look(10, PRESENT))
    assert rules(assess(Timeline(old), Settings(), minute(10))) == []
    gone = (look(-10, PRESENT), INDEX, look(5, ABSENT), look(10, PRESENT))
    assert rules(assess(Timeline(gone), Settings(), minute(10))) == [Rule.RED_FLAG]
    cleared_before = (look(-10, PRESENT), look(-5, ABSENT), INDEX, look(10, PRESENT))
    assert rules(assess(Timeline(cleared_before), Settings(), minute(10))) == [Rule.RED_FLAG]
    unassessed = (look(-10, PRESENT), look(-5, {BLADDER: "not_assessed"}), INDEX, look(10, PRESENT))
    assert rules(assess(Timeline(unassessed), Settings(), minute(10))) == []


def test_a_flag_that_came_with_the_first_operation_is_not_old_at_the_second() -> None:
    assert rules(assessed(90, look(10, PRESENT), operation(60), look(90, PRESENT))) == [Rule.RED_FLAG]


def test_an_accepted_flag_is_known_until_it_was_absent_once() -> None:
    known = (look(10, PRESENT), accepted(20, BLADDER))
    assert rules(assessed(30, *known)) == []
    assert rules(assessed(30, *known, look(30, PRESENT))) == []
    assert rules(assessed(40, *known, look(30, ABSENT), look(40, PRESENT))) == [Rule.RED_FLAG]
    assert rules(assessed(90, *known, operation(60), look(90, PRESENT))) == []


def test_only_what_was_seen_after_the_first_operation_can_be_accepted() -> None:
    before = (look(-20, PRESENT), look(-15, ABSENT), accepted(-10, BLADDER), INDEX, look(10, PRESENT))
    assert rules(assess(Timeline(before), Settings(), minute(10))) == [Rule.RED_FLAG]
    assert rules(assessed(30, accepted(20, BLADDER), look(30, PRESENT))) == [Rule.RED_FLAG]
    assert rules(assessed(30, look(10, ABSENT), accepted(20, BLADDER), look(30, PRESENT))) == [Rule.RED_FLAG]


def test_an_acceptance_that_names_nothing_new_takes_none_back() -> None:
    known = (look(10, PRESENT), accepted(20, BLADDER), operation(60), accepted(70, BLADDER), look(90, PRESENT))
    assert rules(assessed(90, *known)) == []


def test_untested_counts_from_the_operation_the_grade_and_the_assessment() -> None:
    assert assessed(719).level is Level.STABLE
    assessment = assessed(720, look(1, {BLADDER: "absent"}, L4_left=5))
    [finding] = assessment.findings
    assert finding.untested_muscles == tuple(muscle for muscle in MUSCLES if muscle is not Muscle.L4_LEFT)
    assert finding.flags == ("saddle_anaesthesia",)
    assert finding.names == {*finding.untested_muscles, "saddle_anaesthesia"}
    assert finding.to_json()["muscles"][0] == "L2 left"
    assert assessment.level is Level.WATCH
    assert assessment.actions == (Action.RECHECK,)
    assert assessed(721, look(1, {BLADDER: "absent"}, L4_left=5)).findings[0].flags == FLAGS


def test_nt_and_not_assessed_do_not_put_off_untested() -> None:
    nothing: dict[str, FlagStatus] = {BLADDER: "not_assessed"}
    [finding] = assessed(720, look(600, nothing, L4_left="NT")).findings
    assert finding.untested_muscles == MUSCLES
    assert finding.flags == FLAGS


def test_a_baseline_assessed_before_the_operation_counts_from_the_operation() -> None:
    assert assess(Timeline((BASELINE, INDEX)), Settings(), minute(719)).findings == ()
