"""Protocol §3: what a muscle is held to."""

from __future__ import annotations

from monitoring.protocol import Check, Muscle, Reference, Settings, Timeline, assess
from tests.protocol.histories import (
    INDEX,
    accepted,
    assessed,
    check,
    history,
    look,
    minute,
    operation,
    rules,
)

L4 = Muscle.L4_LEFT


def test_an_improvement_after_the_operation_becomes_the_reference() -> None:
    events = (look(-60, L4_left=2), INDEX, look(10, L4_left=4), look(20, L4_left=3))
    assert assess(Timeline(events), Settings(), minute(20)).references[L4] == Reference(4, assumed=False)


def test_an_unknown_baseline_is_assumed_5_whatever_was_graded_since() -> None:
    events = (INDEX, look(10, L4_left=4), operation(60), look(70, L4_left=4))
    assert assess(Timeline(events), Settings(), minute(70)).references[L4] == Reference(5, assumed=True)


def test_an_acceptance_before_the_operation_is_a_known_reference() -> None:
    events = (INDEX, look(10, L4_left=3), accepted(20, L4_left=3), operation(60))
    assert assess(Timeline(events), Settings(), minute(70)).references[L4] == Reference(3, assumed=False)
    before = (accepted(-20, L4_left=4), INDEX)
    assert assess(Timeline(before), Settings(), minute(70)).references[L4] == Reference(4, assumed=False)


def test_an_unknown_baseline_that_was_accepted_is_anchored_by_the_later_grade_at_a_re_operation() -> None:
    events = (INDEX, accepted(20, L4_left=3), look(30, L4_left=2), operation(60))
    assert assess(Timeline(events), Settings(), minute(70)).references[L4] == Reference(2, assumed=False)


def test_a_reference_accepted_below_the_latest_grade_keeps_the_latest() -> None:
    assessment = assessed(30, look(10, L4_left=4), accepted(20, L4_left=2))
    assert assessment.references[L4] == Reference(4, assumed=False)


def test_a_re_operation_takes_the_accepted_grade_as_accepted() -> None:
    assessment = assessed(70, look(10, L4_left=4), accepted(20, L4_left=2), operation(60))
    assert assessment.references[L4] == Reference(2, assumed=False)


def test_a_check_of_the_operation_s_instant_counts_before_or_after_it_as_listed() -> None:
    before = assess(Timeline((look(0, L4_left=3), INDEX)), Settings(), minute(0))
    after = assess(Timeline((INDEX, look(0, L4_left=3))), Settings(), minute(0))
    assert (before.references[L4], before.latest) == (Reference(3, assumed=False), {})
    assert (after.references[L4], after.latest) == (Reference(5, assumed=True), {L4: 3})


def test_a_re_operation_forgets_the_latest_grade() -> None:
    assessment = assessed(61, look(10, L4_left=1), operation(60))
    assert assessment.latest == {}
    assert rules(assessment) == []
    assert assessment.references[L4] == Reference(1, assumed=False)


def test_a_grade_known_only_between_the_operations_shows_a_persistent_deficit_later() -> None:
    events = (INDEX, look(10, L4_left=4), accepted(20, L4_left=2), operation(60), look(70, L4_left=2))
    assert rules(assess(Timeline(events), Settings(), minute(70))) == ["persistent_deficit"]


def test_an_accepted_grade_is_no_grade_of_the_muscle_for_a_persistent_deficit() -> None:
    events = (look(-60, L4_left=2), accepted(-30, L4_left=5), INDEX, accepted(5, L4_left=2), look(10, L4_left=2))
    assert rules(assess(Timeline(events), Settings(), minute(70))) == []


def test_before_the_first_operation_nothing_is_assessed() -> None:
    assessment = assess(Timeline((check(-60, L4_left=0),)), Settings(), minute(60 * 24))
    assert assessment.to_json() == assess(Timeline(), Settings(), minute(0)).to_json()
    assert not assessment.has_operation
    assert assessment.has_baseline
    assert assess(Timeline((look(-60, L4_left=0),)), Settings(), minute(0)).has_baseline
    assert not assess(Timeline((look(-60, L4_left="NT"),)), Settings(), minute(0)).has_baseline


def test_a_baseline_is_a_grade_checked_before_the_first_operation() -> None:
    assert assessed(0).has_baseline
    assert assess(Timeline((look(-5, S1_left=0), INDEX)), Settings(), minute(0)).has_baseline
    assert not assess(
        Timeline((accepted(-5, L4_left=3), INDEX, check(5), operation(9))), Settings(), minute(9)
    ).has_baseline


def test_a_muscle_given_na_and_never_a_grade_has_no_finding_at_all() -> None:
    events = (INDEX, look(10, L4_left="NA", L4_right="NT"))
    [untested] = assess(Timeline(events), Settings(), minute(720)).findings
    assert Muscle.L4_LEFT not in untested.untested_muscles
    assert Muscle.L4_RIGHT in untested.untested_muscles


def test_na_on_a_muscle_that_has_been_graded_is_no_test() -> None:
    for na in (look(-30, L4_left="NA"), look(30, L4_left="NA"), look(90, L4_left="NA")):
        [untested] = assess(Timeline((look(-60, L4_left=5), INDEX, na)), Settings(), minute(720)).findings
        assert Muscle.L4_LEFT in untested.untested_muscles


def test_a_check_of_nothing_changes_nothing() -> None:
    assert assessed(30, check(10, L4_left=3), Check(minute(20))) == assessed(30, check(10, L4_left=3))


def test_the_latest_grades_and_present_flags_are_told_to_alerting() -> None:
    assessment = assessed(20, look(10, {"bladder_bowel": "present"}, L4_left=0, L5_left="NT"))
    assert assessment.latest == {L4: 0}
    assert assessment.present_flags == ("bladder_bowel",)
    assert assessment.operation_at == minute(0)
    assert assess(history(look(-1, {"saddle_anaesthesia": "present"})), Settings(), minute(0)).present_flags == (
        "saddle_anaesthesia",
    )
    assert assess(Timeline((look(-1, {"bladder_bowel": "present"}),)), Settings(), minute(0)).present_flags == (
        "bladder_bowel",
    )
