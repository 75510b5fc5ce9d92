"""Protocol §6: what to do, and why."""

from __future__ import annotations

import pytest

from monitoring.protocol import Action, Level, Reason, Settings, Timeline, assess
from monitoring.protocol.actions import ACTION_BELOW_CRITICAL
from tests.protocol.histories import INDEX, accepted, assessed, check, look, minute, operation, treatment

EXPLORE = (Action.IMAGE_AND_EXPLORE,)
TREAT = (Action.TREAT_AND_RECHECK,)
FELL = check(10, L4_left=2)


def test_there_is_an_action_for_every_level_but_stable() -> None:
    assert assessed(10).actions == ()
    assert assessed(10, check(10, L4_left=4)).actions == (Action.RECHECK,)
    assert assessed(10, check(10, L4_left=3)).actions == (Action.REVIEW,)
    assert assessed(10, FELL).actions == TREAT
    assert assessed(10, check(10, L4_left=1)).actions == EXPLORE
    assert set(ACTION_BELOW_CRITICAL) == set(Level) - {Level.CRITICAL}


def test_imaging_and_treatment_stand_side_by_side() -> None:
    both = (Action.URGENT_IMAGING, Action.TREAT_AND_RECHECK)
    assert assessed(10, check(10, "bladder_bowel", L4_left=2)).actions == both
    assert assessed(10, check(10, L4_left=2, L4_right=3)).actions == both
    assert assessed(10, check(10, L5_left=3, L4_right=3)).actions == (Action.URGENT_IMAGING,)
    assert assessed(10, check(10, "bladder_bowel", L4_left=0)).actions == EXPLORE


def test_a_reason_needs_a_severe_finding_that_holds() -> None:
    assert assessed(20, check(10, L4_left=1), look(20, L4_left=3)).because == ()
    assert assessed(20, check(10, L4_left=1), look(20, L4_left=3)).actions == (Action.REVIEW,)
    flagged = assessed(20, check(10, "bladder_bowel", L4_left=1), look(20, L4_left=5))
    assert (flagged.actions, flagged.because) == ((Action.URGENT_IMAGING,), ())


def test_a_reason_once_true_stays_true_for_the_run() -> None:
    assessment = assessed(30, check(10, L4_left=1), look(20, L4_left=5), look(30, L4_left=2))
    assert (assessment.actions, assessment.because) == (EXPLORE, (Reason.FALL,))


@pytest.mark.parametrize(("pathway", "because"), [("immediate", (Reason.FALL,)), ("after_failed_treatment", ())])
def test_a_fall_is_a_reason_where_its_pathway_is_immediate(pathway: str, because: tuple[Reason, ...]) -> None:
    assert assessed(10, check(10, L4_left=1), settings=Settings.from_json({"fall_pathway": pathway})).because == because


@pytest.mark.parametrize(("pathway", "because"), [("immediate", (Reason.DROP,)), ("after_failed_treatment", ())])
def test_a_drop_is_a_reason_where_its_pathway_is_immediate(pathway: str, because: tuple[Reason, ...]) -> None:
    settings = Settings.from_json({"drop_pathway": pathway})
    assert assessed(10, FELL, settings=settings).because == because
    assert Reason.DROP not in assessed(10, check(10, L4_left=1), settings=settings).because


def test_the_clock_of_treatment_starts_at_30_minutes_at_the_latest() -> None:
    assert assessed(10, FELL).reassess_due == minute(100)
    assert assessed(25, FELL, treatment(25)).reassess_due == minute(85)
    assert assessed(60, FELL, treatment(60)).reassess_due == minute(100)
    assert assessed(10, FELL, treatment(10)).reassess_due == minute(70)


def test_treatment_that_was_running_starts_the_clock_when_the_drop_is_seen() -> None:
    assert assessed(10, treatment(5), FELL).reassess_due == minute(70)
    assert assessed(10, treatment(5), treatment(7, "stopped"), FELL).reassess_due == minute(100)
    assert assessed(12, treatment(5), treatment(7, "stopped"), FELL, treatment(12)).reassess_due == minute(72)


def test_treatment_of_before_the_operation_is_not_running() -> None:
    assert assessed(10, treatment(-5), FELL).reassess_due == minute(100)
    assert assessed(50, treatment(5), operation(20), check(50, L4_left=2)).reassess_due == minute(140)


def test_stopping_changes_nothing_and_only_the_first_start_counts() -> None:
    events = (FELL, treatment(15), treatment(16, "stopped"), treatment(30))
    assert assessed(30, *events).reassess_due == minute(75)
    assert assessed(16, FELL, treatment(16, "stopped")).reassess_due == minute(100)


def test_still_there_comes_with_a_look_an_hour_after_the_start() -> None:
    assert assessed(99, FELL, check(99, L4_left=2)).because == ()
    assert assessed(100, FELL, check(100, L4_left=2)).because == (Reason.STILL_THERE,)
    assert assessed(100, FELL, look(100, L4_left="NT")).because == (Reason.STILL_THERE,)
    assert assessed(100, FELL, look(100, L4_left="NA")).because == (Reason.STILL_THERE,)
    assert assessed(100, FELL, look(100, L4_right=5)).because == ()
    assert assessed(100, FELL, treatment(100)).because == ()


def test_still_there_looks_at_a_muscle_of_a_finding_that_holds_after_the_look() -> None:
    events = (check(10, L4_left=2, L5_left=2), look(100, L4_left=5))
    assert assessed(100, *events).because == ()


def test_still_there_may_come_with_the_run_s_first_event() -> None:
    at_once = Settings(reassess_after_minutes=0)
    assert assessed(10, treatment(5), FELL, settings=at_once).because == (Reason.STILL_THERE,)
    assert assessed(10, FELL, settings=at_once).because == ()


def test_worse_is_lower_than_the_lowest_of_the_run() -> None:
    events = (FELL, look(20, L4_left=4), look(30, L4_left=2))
    assert assessed(30, *events).because == ()
    slow = Settings(fall_pathway="after_failed_treatment")
    assert assessed(20, FELL, look(20, L4_left=1), settings=slow).because == (Reason.WORSE,)


def test_worse_needs_a_muscle_of_a_severe_finding() -> None:
    assert assessed(20, FELL, look(20, L5_left=4)).because == ()
    assert assessed(20, FELL, look(20, L5_left=2)).because == (Reason.WORSE,)


def test_worse_of_a_muscle_not_yet_graded_in_the_run_is_than_its_most_recent_grade_ever() -> None:
    first = look(10, L4_left=2)
    assert assessed(20, first, look(20, L5_left=2)).because == (Reason.WORSE,)
    before = (look(5, L5_left=3), look(6, L5_left=2), look(7, L5_left=5), look(8, L5_left=3))
    assert assessed(20, *before, first, look(20, L5_left=2)).because == (Reason.WORSE,)
    weak_already = (look(-10, L5_left=2), first)
    assert assessed(25, *weak_already, accepted(20, L5_left=5), look(25, L5_left=2)).because == ()


def test_worse_needs_a_grade_to_compare_with() -> None:
    events = (INDEX, look(10, L4_left=2), look(20, L5_left=2))
    assert assess(Timeline(events), Settings(), minute(20)).because == ()


def test_worse_does_not_come_with_the_run_s_first_event() -> None:
    assert assessed(10, check(5), check(10, L4_left=2)).because == ()


def test_worse_may_come_with_a_later_check_of_the_same_instant() -> None:
    slow = Settings(fall_pathway="after_failed_treatment")
    assert assessed(10, FELL, look(10, L4_left=1), settings=slow).because == (Reason.WORSE,)


def test_silence_is_no_improvement() -> None:
    assert assessed(159, FELL).because == ()
    assert assessed(160, FELL).because == (Reason.NO_IMPROVEMENT,)
    assert assessed(134, FELL, treatment(15)).because == ()
    assert assessed(135, FELL, treatment(15)).because == (Reason.NO_IMPROVEMENT,)


def test_what_stood_past_the_limit_stays_a_reason_after_it_was_better_for_a_while() -> None:
    late = (FELL, look(161, L4_left=5), look(170, L4_left=2))
    assert Reason.NO_IMPROVEMENT in assessed(170, *late).because
    in_time = (FELL, look(160, L4_left=5), look(170, L4_left=2))
    assert Reason.NO_IMPROVEMENT in assessed(170, *in_time).because


def test_the_clock_counts_only_what_stands_with_all_events_of_the_instant_taken() -> None:
    slow = Settings(reassess_after_minutes=1000)
    clear = look(20, L4_left=5)
    assert assessed(170, FELL, clear, look(170, L4_left=2), settings=slow).because == (Reason.NO_IMPROVEMENT,)
    assert assessed(170, FELL, clear, look(170, L4_left=2), look(170, L4_left=5), settings=slow).because == ()


def test_the_actions_and_reasons_come_in_the_order_of_the_protocol() -> None:
    settings = Settings(drop_pathway="immediate")
    events = (check(10, L4_left=2), check(110, L4_left=1), check(200, L4_left=1))
    assert assessed(200, *events, settings=settings).because == tuple(Reason)
