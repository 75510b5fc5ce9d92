"""Protocol §10: the first later instant at which the assessment would differ with nothing more recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitoring.protocol import FLAGS, Check, Settings, Timeline, next_change
from monitoring.protocol.events import Event
from monitoring.protocol.instants import END_OF_TIME
from monitoring.protocol.vocabulary import FlagStatus
from tests.protocol.histories import BASELINE, INDEX, assessed, changes, check, look, minute, operation, treatment

TICK = timedelta(microseconds=1)
DAY = 24 * 60
QUIET = Settings.from_json({"schedule": [[None, 10_000]], "untested_after_minutes": 100_000})
"""Nobody is overdue for a week, nor untested for ten."""
UNTESTED_NEVER = {"untested_after_minutes": 10**30}
FOUND: tuple[FlagStatus, FlagStatus] = ("present", "absent")


def test_without_an_operation_nothing_ever_changes() -> None:
    assert next_change(Timeline((BASELINE,)), Settings(), minute(0)) is None
    assert next_change(Timeline(), Settings(), minute(0)) is None


def test_a_check_is_overdue_the_first_instant_after_it_is_due() -> None:
    assert changes(0) == minute(15) + TICK
    assert changes(15) == minute(15) + TICK
    assert changes(20, check(20)) == minute(35) + TICK


def test_what_is_overdue_goes_untested_next_and_then_nothing_happens() -> None:
    assert changes(16) == minute(720)
    assert changes(21, look(5, L4_left=5)) == minute(720)
    assert changes(720, look(5, L4_left=5)) == minute(725)
    assert changes(725, look(5, L4_left=5)) is None


def test_the_trial_of_treatment_comes_to_its_limit() -> None:
    assert changes(10, check(10, L4_left=2), settings=QUIET) == minute(40) + TICK
    assert changes(41, check(10, L4_left=2), settings=QUIET) == minute(160)
    assert changes(41, check(10, L4_left=2), treatment(20), settings=QUIET) == minute(140)
    assert changes(160, check(10, L4_left=2), settings=QUIET) == minute(100_010)


def test_the_trial_runs_only_while_a_severe_finding_holds() -> None:
    better = (check(10, L4_left=2), check(20, L4_left=4))
    assert changes(51, *better, settings=QUIET) == minute(100_020)


def test_an_event_dated_ahead_is_a_change_when_it_makes_one() -> None:
    assert changes(1, check(10, L4_left=2)) == minute(10)
    assert changes(1, operation(12)) == minute(12)
    assert changes(1, treatment(5), Check(minute(6))) == minute(15) + TICK
    assert changes(41, check(10, L4_left=2), check(60, L4_left=2), settings=QUIET) == minute(60)


def test_an_event_ahead_that_changes_nothing_may_still_put_off_or_bring_on_what_follows() -> None:
    ahead: tuple[Event, ...] = (check(10, L4_left=1), treatment(20))
    assert changes(41, *ahead, settings=QUIET) == minute(140)
    quiet: tuple[Event, ...] = (look(5, L4_left=5), Check(minute(10)))
    assert changes(6, *quiet) == minute(20) + TICK


def test_events_of_one_instant_are_taken_together() -> None:
    lasting = Settings.from_json({"schedule": [[None, 50_000]], "raised_interval_minutes": 50_000, **UNTESTED_NEVER})
    came, went = (look(10, {"bladder_bowel": status}) for status in FOUND)
    assert changes(6, check(5, L4_left=4), came, settings=lasting) == minute(10)
    assert changes(6, check(5, L4_left=4), came, went, settings=lasting) == minute(50_005) + TICK


def test_what_the_clock_would_change_an_event_of_the_same_instant_may_prevent() -> None:
    soon = Settings.from_json({"schedule": [[None, 10_000]], "untested_after_minutes": 100})
    flags = dict.fromkeys(FLAGS, FOUND[1])
    assert changes(60, check(50), settings=soon) == minute(150)
    assert changes(60, replace(check(50), flags={}), settings=soon) == minute(100)
    assert changes(60, replace(check(50), flags={}), look(100, flags), settings=soon) == minute(150)


def test_what_happened_at_now_is_not_taken_twice() -> None:
    at_once = Settings(raised_interval_minutes=0)
    assert changes(20, check(10, L4_left=2), check(20), settings=at_once) == minute(20) + TICK


def test_what_the_calendar_has_no_room_for_never_comes() -> None:
    never = Settings.from_json({"schedule": [[None, 10**30]], "raised_interval_minutes": 10**30, **UNTESTED_NEVER})
    assert changes(10, settings=never) is None
    assert changes(10, check(10, L4_left=1), settings=never) == minute(160)
    at_the_end = Timeline((INDEX, Check(END_OF_TIME)))
    assert next_change(at_the_end, never, END_OF_TIME) is None


def test_a_retracted_event_ahead_is_none() -> None:
    retracted = Check(minute(10), check(10, L4_left=0).grades, retracted=True)
    assert changes(1, retracted) == changes(1)


def test_after_the_last_change_it_is_constant() -> None:
    assert changes(3 * DAY) is None
    assert assessed(3 * DAY) == assessed(300 * DAY)
