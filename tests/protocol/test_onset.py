"""Protocol §7: when the deficit was first seen, and when all was last good."""

from __future__ import annotations

from monitoring.protocol import Settings, Timeline, assess
from monitoring.protocol.vocabulary import FlagStatus
from tests.protocol.histories import INDEX, accepted, assessed, check, look, minute, operation

PRESENT: dict[str, FlagStatus] = {"bladder_bowel": "present"}
ABSENT: dict[str, FlagStatus] = {"bladder_bowel": "absent"}


def test_below_critical_there_is_no_onset() -> None:
    assessment = assessed(30, check(10, L4_left=2), look(30, L4_left=4))
    assert (assessment.seen_at, assessment.last_good_at) == (None, None)


def test_last_good_is_the_last_check_at_the_present_reference() -> None:
    assert assessed(30, check(10), check(20, L4_left=4), check(30, L4_left=2)).last_good_at == minute(10)
    assert assessed(30, check(10), look(20, L4_left="NT"), check(30, L4_left=2)).last_good_at == minute(10)


def test_last_good_is_the_operation_where_no_check_reached_the_reference() -> None:
    assert assessed(30, check(10, L4_left=4), check(30, L4_left=2)).last_good_at == minute(0)
    assumed = Timeline((INDEX, look(10, L4_left=4), look(30, L4_left=2)))
    assert assess(assumed, Settings(), minute(30)).last_good_at == minute(0)


def test_last_good_lies_before_the_run_and_not_within_it() -> None:
    events = (check(10), check(20, L4_left=2), look(25, L4_left=5), look(30, L4_left=2))
    assessment = assessed(30, *events)
    assert (assessment.seen_at, assessment.last_good_at) == (minute(20), minute(10))


def test_last_good_of_a_grade_above_the_reference_counts_too() -> None:
    events = (look(-60, L4_left=3), INDEX, look(10, L4_left=3), accepted(15, L4_left=3), look(20, L4_left=0))
    assert assess(Timeline(events), Settings(), minute(20)).last_good_at == minute(10)


def test_a_new_run_has_a_last_good_of_its_own() -> None:
    events = (check(10), check(20, L4_left=2), check(30), check(60), check(90), check(100, L4_left=2))
    assessment = assessed(100, *events)
    assert (assessment.seen_at, assessment.last_good_at) == (minute(100), minute(90))


def test_the_worst_case_is_the_earliest_over_muscles_and_flags() -> None:
    events = (check(10), look(20, ABSENT, L4_left=5), look(30, L5_left=5))
    assert assessed(40, *events, look(40, L4_left=2, L5_left=2)).last_good_at == minute(20)
    assert assessed(40, *events, look(40, PRESENT, L5_left=2)).last_good_at == minute(20)
    assert assessed(40, *events, check(40, "bladder_bowel", "saddle_anaesthesia")).last_good_at == minute(10)


def test_the_muscles_of_lesser_findings_do_not_count() -> None:
    assert assessed(40, look(20, L4_left=5), look(40, L4_left=2, L5_left=4)).last_good_at == minute(20)


def test_a_flag_s_last_good_reaches_back_over_a_re_operation_to_the_first() -> None:
    seen = look(90, PRESENT)
    assert assessed(90, look(10, ABSENT), operation(60), seen).last_good_at == minute(10)
    assert assessed(90, operation(60), seen).last_good_at == minute(0)
    before = Timeline((look(-10, ABSENT), INDEX, look(20, PRESENT)))
    assert assess(before, Settings(), minute(20)).last_good_at == minute(0)


def test_a_muscle_s_last_good_stops_at_the_operation() -> None:
    assert assessed(90, check(10), operation(60), look(90, L4_left=2)).last_good_at == minute(60)


def test_a_run_begun_by_an_acceptance_looks_back_from_there() -> None:
    events = (accepted(5, L4_left=2), look(10, L4_left=2), accepted(20, L4_left=5))
    assert assessed(20, *events).last_good_at == minute(0)
