"""What two versions of the protocol say of one history: more, fewer, earlier, later; how many checks they ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.proposals.comparing import Change, Compared, How, Signal, Span, Tally, Totals, compare, paired
from monitoring.protocol import Event, ScheduleRow, Settings, Treatment
from tests.alerts.histories import check, hour, timeline

HALF_A_DAY = 12


def compared(*events: Event, until: float = HALF_A_DAY, **changes: object) -> Compared:
    """The history under the defaults and under these settings, from the operation on."""
    after = Settings(**changes)  # type: ignore[arg-type]
    return compare(timeline(*events), hour(-8), hour(until), before=Settings(), after=after)


def changes_of(found: Compared) -> list[tuple[str, str, float | None, float | None]]:
    """Each change as signal, how, and the hours after the operation at which it came before and after."""

    def hours(change: Change, name: str) -> float | None:
        at = getattr(change, name)
        return None if at is None else (at - hour(0)) / timedelta(hours=1)

    return [(c.signal, c.how, hours(c, "before"), hours(c, "after")) for c in found.changes]


def test_the_same_settings_differ_in_nothing() -> None:
    found = compared(check(2, L4_left=2), check(5), check(6))
    assert not found.differs
    assert found.changes == []
    assert found.asked[0] == found.asked[1]
    assert found.tallies[Signal.CRITICAL] == Tally(before=1, after=1)


def test_a_stricter_drop_makes_a_critical_alert_more_and_says_by_which_rule() -> None:
    found = compared(check(2, L4_left=3), check(3), major_drop_grades=2)
    assert changes_of(found) == [("critical", How.MORE, None, 2)]
    assert found.changes[0].why == ("major_drop",)
    assert found.tallies[Signal.CRITICAL] == Tally(after=1, more=1)
    assert found.tallies[Signal.CONCERN] == Tally(before=1, after=1)


def test_a_laxer_drop_makes_one_fewer_with_the_rule_that_told_it() -> None:
    found = compared(check(2, L4_left=2), check(3), major_drop_grades=4)
    assert changes_of(found) == [("critical", How.FEWER, 2, None)]
    assert found.changes[0].why == ("major_drop",)


def test_a_shorter_trial_calls_for_exploration_earlier() -> None:
    fallen: list[Event] = [
        check(2, L4_left=2),
        Treatment(hour(2), action="started"),
        check(2.5, L4_left=2),
        check(9),
        check(10),
    ]
    found = compared(*fallen, trial_limit_minutes=60)
    assert changes_of(found) == [("image_and_explore", How.EARLIER, 4, 3)]
    assert found.changes[0].why == ("no_improvement",)


def test_a_longer_trial_calls_for_it_later() -> None:
    found = compared(check(2, L4_left=2), check(9), check(10), trial_limit_minutes=180)
    assert changes_of(found) == [("image_and_explore", How.LATER, 4.5, 5.5)]


def test_exploration_at_once_is_told_with_its_reason() -> None:
    found = compared(check(2, L4_left=2), check(2.1), check(2.7), drop_pathway="immediate")
    assert changes_of(found) == [("image_and_explore", How.MORE, None, 2)]
    assert found.changes[0].why == ("drop",)


def test_a_second_fall_is_another_time() -> None:
    found = compared(check(2, L4_left=2), check(3), check(4), check(6, L4_left=3), check(8), major_drop_grades=2)
    assert changes_of(found) == [("critical", How.MORE, None, 6)]
    assert found.tallies[Signal.CRITICAL] == Tally(before=1, after=2, more=1)


def test_two_checks_at_one_instant_are_both_seen() -> None:
    found = compared(check(2, L4_left=3), check(2), major_drop_grades=2)
    assert changes_of(found) == [("critical", How.MORE, None, 2)]


def test_overdue_checks_are_counted_and_not_told_one_by_one() -> None:
    hourly = (ScheduleRow(None, 60),)
    found = compared(check(0.25), check(2), until=4, schedule=hourly)
    assert found.tallies[Signal.OVERDUE] == Tally(before=2, after=2, later=1)
    assert found.changes == []
    assert not found.differs


def test_longer_unlooked_at_shows_more_often_where_the_limit_is_lower() -> None:
    found = compared(check(1), check(7), until=11, untested_after_minutes=300)
    assert found.tallies[Signal.UNTESTED] == Tally(after=1, more=1)
    assert found.differs


def test_the_checks_asked_for_follow_the_schedule_from_look_to_look() -> None:
    """One look an hour after the operation: every 15 min before it, every 60 after."""
    found = compared(check(1), until=4, schedule=(ScheduleRow(None, 30),))
    assert found.asked == pytest.approx((4 + 3, 8))
    assert found.watched == timedelta(hours=4)


def test_before_an_operation_no_check_is_asked_for() -> None:
    found = compare(timeline(), hour(-8), hour(-1), before=Settings(), after=Settings(major_drop_grades=1))
    assert (found.asked, found.watched) == ((0, 0), timedelta())
    assert not found.differs


def test_an_interval_of_nothing_asks_for_a_check_a_minute() -> None:
    found = compared(check(1, L4_left=2), until=2, raised_interval_minutes=0)
    assert found.asked[1] == pytest.approx(4 + 60)


def span(start: float, end: float) -> Span:
    return Span(hour(start), hour(end), ())


def test_spans_are_paired_once_each_so_that_the_sums_agree() -> None:
    before, after = [span(1, 2), span(3, 4)], [span(1.5, 3.5), span(6, 7)]
    pairs = paired(before, after)
    assert pairs == [(span(1, 2), span(1.5, 3.5)), (None, span(6, 7)), (span(3, 4), None)]


def test_the_totals_of_many_stays_come_back_from_where_they_are_stored() -> None:
    totals = Totals()
    for stay in (compared(check(2, L4_left=3), major_drop_grades=2), compared(check(2))):
        totals.add(stay)
    assert (totals.stays, totals.differing, totals.unwatched, totals.days) == (2, 1, 0, 1)
    assert totals.tallies[Signal.CRITICAL].more == 1
    assert Totals.from_json(totals.to_json()) == totals
    assert Totals.from_json({}) == Totals()
