"""Protocol §8: when the next check is due."""

from __future__ import annotations

import pytest

from monitoring.protocol import Check, Settings, Timeline, assess
from monitoring.protocol.vocabulary import FlagStatus
from tests.protocol.histories import accepted, assessed, check, look, minute, operation

PRESENT: dict[str, FlagStatus] = {"bladder_bowel": "present"}
HOUR, DAY = 60, 24 * 60


@pytest.mark.parametrize(
    ("looked", "interval"),
    [
        (0, 15),
        (59, 15),
        (HOUR, 60),
        (12 * HOUR - 1, 60),
        (12 * HOUR, 120),
        (DAY - 1, 120),
        (DAY, 240),
        (3 * DAY - 1, 240),
        (3 * DAY, 480),
        (14 * DAY - 1, 480),
        (14 * DAY, 720),
        (60 * DAY, 720),
    ],
)
def test_the_schedule_s_row_is_chosen_by_the_last_look(looked: int, interval: int) -> None:
    assert assessed(looked, check(looked)).next_check_due == minute(looked + interval)


def test_the_first_check_is_counted_from_the_operation_s_end() -> None:
    assessment = assessed(0)
    assert (assessment.last_look, assessment.next_check_due) == (minute(0), minute(15))


def test_hours_may_be_fractional() -> None:
    settings = Settings.from_json({"schedule": [[0.1, 5], [None, 60]]})
    assert assessed(5.99, check(5.99), settings=settings).next_check_due == minute(10.99)
    assert assessed(6, check(6), settings=settings).next_check_due == minute(66)


def test_a_check_is_overdue_when_now_is_later_than_due() -> None:
    assert not assessed(15).overdue
    assert assessed(15 + 1 / 60_000_000).overdue


def test_only_a_check_that_graded_a_muscle_is_a_look() -> None:
    for nothing in (Check(minute(70)), look(70, L4_left="NT"), look(70, {"bladder_bowel": "absent"})):
        assert assessed(70, check(65), nothing).last_look == minute(65)
    assert assessed(70, check(65), look(70, S1_left=5)).last_look == minute(70)


def test_a_re_operation_starts_the_schedule_anew() -> None:
    assessment = assessed(300, check(250), operation(300))
    assert (assessment.last_look, assessment.next_check_due) == (minute(300), minute(315))


def test_what_findings_name_must_be_looked_at_again() -> None:
    assert assessed(90, check(65, L4_left=2), look(90, L5_left=5)).last_look == minute(65)
    assert assessed(90, check(65, L4_left=2, L5_left=2), look(90, L5_left=2)).last_look == minute(65)
    assert assessed(90, look(65, PRESENT), look(90, L5_left=5)).last_look == minute(65)
    assert assessed(90, check(65, "bladder_bowel", L4_left=2), look(90, L4_left=2)).last_look == minute(65)


def test_concern_and_critical_and_a_run_that_is_on_raise_the_interval() -> None:
    assert assessed(90, check(90, L4_left=3)).next_check_due == minute(120)
    assert assessed(90, check(90, L4_left=2)).next_check_due == minute(120)
    assert assessed(90, check(80, L4_left=2), check(90)).next_check_due == minute(120)
    assert assessed(90, look(80, PRESENT), check(90)).next_check_due == minute(120)
    ended = (check(60, L4_left=2), check(65), check(95))
    assert assessed(95, *ended).next_check_due == minute(155)


def test_the_raised_interval_never_puts_a_check_off() -> None:
    assert assessed(10, check(10, L4_left=2)).next_check_due == minute(25)


def test_a_watch_raises_the_interval_for_two_hours() -> None:
    first = check(100, L4_left=4)
    assert assessed(100, first).next_check_due == minute(130)
    assert assessed(219, first, check(219, L4_left=4)).next_check_due == minute(249)
    assert assessed(220, first, check(220, L4_left=4)).next_check_due == minute(280)
    other_muscle = (first, look(150, L5_left=3), look(160, L5_left=5), check(220, L4_left=4))
    assert assessed(220, *other_muscle).next_check_due == minute(280)


def test_the_two_hours_count_from_the_present_row_of_evaluations() -> None:
    broken = (check(100, L4_left=4), check(150), check(200, L4_left=4), check(300, L4_left=4))
    assert assessed(300, *broken).next_check_due == minute(330)
    turned = (check(100, L4_left=3), look(200, L4_left=4), look(220, L4_left=4))
    assert assessed(220, *turned).next_check_due == minute(280)
    operated = (check(100, L4_left=4), operation(150), check(230, L4_left=3), check(240, L4_left=3))
    assert assessed(240, *operated).next_check_due == minute(270)


def test_untested_alone_raises_nothing() -> None:
    assessment = assessed(3 * DAY, look(DAY, L4_left=5))
    assert assessment.level.label == "watch"
    assert assessment.next_check_due == minute(DAY + 240)


def test_an_accepted_deficit_in_sight_goes_back_to_the_schedule() -> None:
    events = (check(100, L4_left=2), accepted(110, L4_left=2), look(230, L4_left=2))
    assert assessed(230, *events).next_check_due == minute(290)


def test_before_the_first_operation_no_check_is_due() -> None:
    assessment = assess(Timeline((check(-60),)), Settings(), minute(10 * DAY))
    assert (assessment.next_check_due, assessment.overdue, assessment.last_look) == (None, False, None)


def test_a_setting_of_a_thousand_years_means_never() -> None:
    settings = Settings(
        untested_after_minutes=10**30,
        trial_limit_minutes=10**15,
        reassess_after_minutes=10**400,
        schedule=(*Settings().schedule[:-1], Settings().schedule[-1]._replace(every_minutes=10**20)),
    )
    assessment = assessed(30 * DAY, check(20 * DAY, L4_left=2), settings=settings)
    assert assessment.to_json()["reassess_due"] == "9999-12-31T23:59:59+00:00"
    assert assessment.because == ()
    assert not assessed(90 * DAY, check(20 * DAY), settings=settings).overdue
