"""Protocol §5: one better check does not end a run; two, half an hour apart, do."""

from __future__ import annotations

from monitoring.protocol import Check, Settings
from monitoring.protocol.vocabulary import FlagStatus
from tests.protocol.histories import accepted, assessed, check, look, minute, operation, treatment

FELL = check(10, L4_left=2)
PRESENT: dict[str, FlagStatus] = {"bladder_bowel": "present"}
ABSENT: dict[str, FlagStatus] = {"bladder_bowel": "absent"}


def test_a_run_begins_with_the_first_event_and_goes_on_with_the_next() -> None:
    assessment = assessed(40, FELL, check(20, L4_left=0), check(40, L5_left=2, L4_left=2))
    assert assessment.severe_run_seen_at == assessment.critical_run_seen_at == minute(10)
    assert assessment.seen_at == minute(10)


def test_one_clear_look_leaves_the_run_on() -> None:
    assessment = assessed(500, FELL, check(20))
    assert assessment.severe_run_seen_at == minute(10)
    assert assessment.critical_run_seen_at == minute(10)
    assert assessment.seen_at is None


def test_two_clear_looks_half_an_hour_apart_end_it_and_a_minute_less_does_not() -> None:
    assert assessed(50, FELL, check(20), check(49)).severe_run_seen_at == minute(10)
    assert assessed(50, FELL, check(20), check(50)).severe_run_seen_at is None
    assert assessed(50, FELL, check(20), check(50)).critical_run_seen_at is None


def test_the_half_hour_counts_from_the_first_clear_look_not_the_one_before() -> None:
    assert assessed(50, FELL, check(20), check(40), check(50)).severe_run_seen_at is None


def test_the_half_hour_counts_anew_when_the_condition_held_again() -> None:
    events = (FELL, check(20), check(30, L4_left=2), check(55), check(80))
    assert assessed(80, *events).severe_run_seen_at == minute(10)
    assert assessed(85, *events, check(85)).severe_run_seen_at is None


def test_with_an_interval_of_nothing_it_still_takes_a_later_look() -> None:
    at_once = Settings(raised_interval_minutes=0)
    assert assessed(20, FELL, check(20), settings=at_once).severe_run_seen_at == minute(10)
    assert assessed(20, FELL, check(20), check(20), settings=at_once).severe_run_seen_at is None


def test_a_look_that_did_not_grade_the_muscle_is_not_clear() -> None:
    for no_test in (look(20, L4_right=5), look(20, L4_left="NT"), look(20, L4_left="NA"), Check(minute(20))):
        assert assessed(60, FELL, no_test, check(50)).severe_run_seen_at == minute(10)
    assert assessed(60, FELL, look(20, L4_left=5), look(50, L4_left=5)).severe_run_seen_at is None


def test_a_clear_look_grades_what_made_it_hold_the_last_time_not_ever() -> None:
    events = (check(10, L4_left=2, L5_left=2), look(15, L5_left=5), look(20, L4_left=5), look(50, L4_left=5))
    assert assessed(50, *events).severe_run_seen_at is None


def test_a_flag_is_cleared_by_being_found_absent_twice() -> None:
    seen = look(10, PRESENT)
    not_assessed: dict[str, FlagStatus] = {"bladder_bowel": "not_assessed"}
    cleared = (look(20, ABSENT), look(50, ABSENT))
    assert assessed(50, seen, *cleared).critical_run_seen_at is None
    assert assessed(50, seen, look(20, ABSENT), look(50, not_assessed)).critical_run_seen_at == minute(10)
    assert assessed(50, seen, look(20, ABSENT), look(50, L4_left=5)).critical_run_seen_at == minute(10)


def test_a_critical_run_asks_for_the_flags_and_muscles_of_findings_1_to_4_alone() -> None:
    both = look(10, PRESENT, L4_left=2, L4_right=5, L5_left=3)
    muscle_only = (look(20, L4_left=5), look(50, L4_left=5))
    assert assessed(50, both, *muscle_only).severe_run_seen_at is None
    assert assessed(50, both, *muscle_only).critical_run_seen_at == minute(10)
    everything = (look(20, ABSENT, L4_left=5), look(50, ABSENT, L4_left=5))
    assert assessed(50, both, *everything).critical_run_seen_at is None


def test_a_widespread_drop_makes_a_critical_run_and_no_severe_one() -> None:
    assessment = assessed(10, check(10, L4_left=3, L4_right=3))
    assert assessment.critical_run_seen_at == minute(10)
    assert assessment.severe_run_seen_at is None


def test_an_acceptance_ends_it_only_where_it_names_a_maker_and_takes_it_away() -> None:
    assert assessed(20, FELL, accepted(20, L4_left=2)).severe_run_seen_at is None
    assert assessed(20, FELL, accepted(20, L5_left=2)).severe_run_seen_at == minute(10)
    assert assessed(20, FELL, accepted(20, L4_left=5)).severe_run_seen_at == minute(10)
    two = check(10, L4_left=2, L5_left=2)
    assert assessed(20, two, accepted(20, L4_left=2)).severe_run_seen_at == minute(10)
    assert assessed(25, two, accepted(20, L4_left=2), accepted(25, L5_left=2)).severe_run_seen_at is None
    assert assessed(20, look(10, PRESENT), accepted(20, "bladder_bowel")).critical_run_seen_at is None
    assert assessed(20, look(10, PRESENT), accepted(20, "saddle_anaesthesia")).critical_run_seen_at == minute(10)


def test_an_acceptance_ends_a_run_whose_condition_no_longer_held() -> None:
    assert assessed(25, FELL, check(20), accepted(25, L4_left=2)).severe_run_seen_at is None


def test_an_acceptance_above_the_latest_grade_may_begin_a_run() -> None:
    assessment = assessed(30, accepted(5, L4_left=2), look(10, L4_left=2), accepted(20, L4_left=5))
    assert assessment.severe_run_seen_at == assessment.seen_at == minute(20)


def test_the_next_operation_ends_every_run() -> None:
    assessment = assessed(30, look(10, PRESENT, L4_left=2), operation(20))
    assert assessment.severe_run_seen_at is None
    assert assessment.critical_run_seen_at is None


def test_treatment_neither_begins_nor_ends_a_run() -> None:
    events = (FELL, check(20), treatment(25), treatment(30, "stopped"), treatment(60))
    assert assessed(60, *events).severe_run_seen_at == minute(10)
    assert assessed(60, treatment(5)).severe_run_seen_at is None


def test_a_new_run_begins_after_the_old_one_has_ended() -> None:
    assessment = assessed(90, FELL, check(20), check(50), check(90, L4_left=2))
    assert assessment.severe_run_seen_at == assessment.critical_run_seen_at == minute(90)
    assert assessment.because == ()
