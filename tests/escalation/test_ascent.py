"""What is due when, on one ladder: some stories, and what holds of every ladder (drawn at random)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitoring.escalation.ascent import Ascent, Planned
from monitoring.escalation.ladder import DEFAULTS, Key, Ladder, Rung, Track, Whom
from tests.escalation.ascents import START, begun, climbed, instants, ladders, minute, quiet_tracks

CRITICAL = DEFAULTS[Key.CRITICAL]
LOUD: frozenset[Track] = frozenset()
Climbed = tuple[Ascent, datetime]


def all_called(ascent: Ascent, at: datetime) -> Ascent:
    """Call whatever is due."""
    for number in ascent.due(at, LOUD):
        ascent = ascent.called(number, at, step=1)
    return ascent


def at_minutes(ascent: Ascent) -> list[float | None]:
    """When each rung is next due, in minutes from the start."""
    nexts = [planned.next_at for planned in ascent.rungs]
    return [None if at is None else (at - START).total_seconds() / 60 for at in nexts]


# Stories


def test_the_critical_ladder_is_climbed_at_its_minutes() -> None:
    ascent, seen = begun(CRITICAL), []
    for after in range(32):
        if due := ascent.due(minute(after), LOUD):
            seen.append((after, due))
            ascent = all_called(ascent, minute(after))
    assert seen == [(0, [0, 1]), (3, [2]), (8, [3]), (15, [4]), (20, [5]), (25, [5]), (30, [5])]


def test_a_rung_is_due_at_its_very_instant_and_not_before() -> None:
    ascent = begun((Rung(Track.NURSING, (Whom.CHARGE_NURSE,), after=3),))
    assert ascent.due(minute(3) - timedelta(microseconds=1), LOUD) == []
    assert ascent.due(minute(3), LOUD) == [0]


def test_an_empty_first_rung_brings_the_rest_of_its_track_forward_and_keeps_the_times_between() -> None:
    ascent = begun(CRITICAL).called(1, START, step=0).passed(1, START)
    assert at_minutes(ascent) == [0, None, 3, 0, 7, 12]


def test_two_empty_rungs_in_a_row_are_both_passed() -> None:
    ascent = begun(CRITICAL).called(1, START, step=0).passed(1, START)
    ascent = ascent.called(3, START, step=0).passed(3, START)
    assert at_minutes(ascent) == [0, None, 3, None, 0, 5]


def test_passing_late_takes_no_time_from_a_rung_that_is_due_already() -> None:
    ascent = begun(CRITICAL).called(1, START, step=1).passed(1, minute(10))
    assert at_minutes(ascent) == [0, None, 3, 8, 15, 20]


def test_the_last_rung_alone_can_only_come_again() -> None:
    alone = begun((Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0, repeat=5),))
    ascent = alone.called(0, START, step=0).passed(0, START)
    assert at_minutes(ascent) == [5]


def test_a_rung_that_was_passed_can_be_passed_again_once_it_was_called_again() -> None:
    ascent = begun((Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0, repeat=5),))
    passed = ascent.called(0, START, step=1).passed(0, START)
    assert passed.rungs[0].passed
    assert not passed.called(0, minute(5), step=2).rungs[0].passed


def test_resuming_after_a_long_silence_goes_one_rung_up_and_not_to_all_at_once() -> None:
    """Accepted at minute 1, lapsed at 31: the second on call then, the responsible surgeon seven minutes later."""
    ascent = begun(CRITICAL).called(1, START, step=1).resumed(Track.SURGICAL, minute(31))
    assert ascent.due(minute(31), {Track.NURSING}) == [3]
    assert at_minutes(ascent)[3:] == [31, 38, 43]


def test_resuming_early_brings_the_next_rung_forward() -> None:
    ascent = begun(CRITICAL).called(1, START, step=1).resumed(Track.SURGICAL, minute(2))
    assert at_minutes(ascent)[3:] == [2, 9, 14]


def test_resuming_at_the_top_calls_the_top_again() -> None:
    ascent = begun(CRITICAL)
    for number in (1, 3, 4, 5):
        ascent = ascent.called(number, minute(20), step=1)
    assert at_minutes(ascent.resumed(Track.SURGICAL, minute(50)))[5] == 50


def test_resuming_at_the_top_calls_also_a_rung_that_never_repeats() -> None:
    once = (Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0),)
    ascent = begun(once).called(0, START, step=1).resumed(Track.SURGICAL, minute(50))
    assert ascent.due(minute(50), LOUD) == [0]


def test_resuming_a_track_without_rungs_changes_nothing() -> None:
    ascent = begun(DEFAULTS[Key.CONCERN])
    assert ascent.resumed(Track.SURGICAL, minute(5)) == ascent


def test_a_restarted_track_begins_from_its_first_rung() -> None:
    ascent = all_called(begun(CRITICAL), minute(16)).restarted(Track.NURSING, minute(16))
    assert at_minutes(ascent) == [16, None, 19, None, None, 20]


def test_beginning_again_puts_no_rung_off_that_is_still_ahead() -> None:
    ascent = all_called(begun(CRITICAL), minute(14)).begun_again(minute(14), first_step=5)
    assert at_minutes(ascent) == [14, 14, 17, 22, 15, 20]


def test_what_is_climbed_leaves_out_a_track_that_began_anew() -> None:
    ascent = all_called(begun(CRITICAL), minute(16)).restarted(Track.NURSING, minute(16))
    assert ascent.climbed(LOUD) == [1, 3, 4]


def test_the_empty_ladder_has_nothing_planned() -> None:
    ascent = begun(DEFAULTS[Key.WATCH])
    assert (ascent.due(minute(999), LOUD), ascent.next_at(LOUD)) == ([], None)


def test_a_rung_counts_as_climbed_once_it_was_called_and_while_its_track_is_not_quiet() -> None:
    ascent = all_called(begun(CRITICAL), START)
    assert ascent.climbed(LOUD) == [0, 1]
    assert ascent.climbed({Track.NURSING}) == [1]


# What holds of every ladder


@given(ladders, instants)
def test_no_rung_is_due_before_its_time_unless_one_of_its_track_was_passed(ladder: Ladder, at: datetime) -> None:
    ascent = begun(ladder)
    assert ascent.due(at, LOUD) == [n for n, rung in enumerate(ladder) if START + rung.delay <= at]


@given(ladders, st.lists(instants, max_size=8).map(sorted))
def test_calling_alone_never_brings_another_rung_forward(ladder: Ladder, times: list[datetime]) -> None:
    ascent = begun(ladder)
    for at in times:
        for number in ascent.due(at, LOUD):
            assert START + ladder[number].delay <= at
        ascent = all_called(ascent, at)


@given(climbed(), st.data())
def test_passing_puts_nothing_off_and_leaves_the_other_track_alone(drawn: Climbed, data: st.DataObject) -> None:
    ascent, at = drawn
    number = data.draw(st.integers(0, len(ascent.rungs) - 1))
    after = ascent.passed(number, at)
    for before, now in zip(ascent.rungs, after.rungs, strict=True):
        assert (now.next_at is None) == (before.next_at is None)
        if before.next_at is not None and now.next_at is not None:
            assert now.next_at <= before.next_at
        if before.rung.track is not ascent.rungs[number].rung.track:
            assert now == before


@given(climbed(), st.data())
def test_after_passing_a_rung_the_next_of_its_track_is_due_at_once(drawn: Climbed, data: st.DataObject) -> None:
    ascent, at = drawn
    number = data.draw(st.integers(0, len(ascent.rungs) - 1))
    track = ascent.rungs[number].rung.track
    above = [n for n, one in enumerate(ascent.rungs) if n > number and one.rung.track is track and not one.calls]
    due = ascent.passed(number, at).due(at, LOUD)
    assert not above or min(above) in due


@given(ladders, instants, st.integers(1, 5))
def test_a_repeating_rung_comes_again_exactly_every_interval(ladder: Ladder, late: datetime, calls: int) -> None:
    for rung in ladder:
        planned = Planned(rung, START + rung.delay)
        for step in range(1, calls + 1):
            assert planned.next_at == START + rung.delay + (rung.interval or timedelta()) * (step - 1)
            planned = planned.called(planned.next_at, step)
            if rung.interval is None:
                assert planned.next_at is None
                break
        assert planned.calls in (1, calls)


@given(climbed(), instants)
def test_after_a_long_silence_each_rung_is_called_once_and_its_next_call_is_ahead(drawn: Climbed, at: datetime) -> None:
    ascent, earlier = drawn
    at = max(at, earlier)
    due = ascent.due(at, LOUD)
    after = all_called(ascent, at)
    assert after.due(at, LOUD) == []
    for number, (before, now) in enumerate(zip(ascent.rungs, after.rungs, strict=True)):
        assert now.calls - before.calls == (number in due)
        if number in due and now.next_at is not None and before.next_at is not None and now.rung.interval is not None:
            assert at < now.next_at <= at + now.rung.interval
            assert (now.next_at - before.next_at) % now.rung.interval == timedelta()


@given(climbed(), instants, quiet_tracks)
def test_a_quiet_track_is_never_due_nor_planned(drawn: Climbed, at: datetime, quiet: frozenset[Track]) -> None:
    ascent, _ = drawn
    assert all(ascent.rungs[number].rung.track not in quiet for number in ascent.due(at, quiet))
    assert all(ascent.rungs[number].rung.track not in quiet for number in ascent.climbed(quiet))
    if quiet == frozenset(Track):
        assert ascent.next_at(quiet) is None


@given(climbed(), quiet_tracks)
def test_the_next_instant_is_the_first_at_which_something_is_due(drawn: Climbed, quiet: frozenset[Track]) -> None:
    ascent, _ = drawn
    next_at = ascent.next_at(quiet)
    if next_at is None:
        assert ascent.due(minute(10_000), quiet) == []
    else:
        assert ascent.due(next_at, quiet)
        assert not ascent.due(next_at - timedelta(microseconds=1), quiet)


@given(climbed(), instants, st.sampled_from(Track))
def test_resuming_makes_one_rung_due_one_up_from_the_highest_called(
    drawn: Climbed, later: datetime, track: Track
) -> None:
    ascent, earlier = drawn
    at = max(later, earlier)
    mine = [number for number, one in enumerate(ascent.rungs) if one.rung.track is track]
    if not mine:
        assert ascent.resumed(track, at) == ascent
        return
    reached = max((number for number in mine if ascent.rungs[number].calls), default=-1)
    expected = min((number for number in mine if number > reached), default=mine[-1])
    after = ascent.resumed(track, at)
    assert after.rungs[expected].next_at == at
    for number, (before, now) in enumerate(zip(ascent.rungs, after.rungs, strict=True)):
        if number not in mine or number < expected:
            assert now == before
        elif number > expected:
            assert now.next_at == at + now.rung.delay - after.rungs[expected].rung.delay


def is_anew(now: Planned, before: Planned, at: datetime) -> bool:
    """Not called yet, and planned from `at` on, but no later than was planned ahead of that."""
    ahead = [before.next_at] if before.next_at is not None and before.next_at > at else []
    return now == Planned(before.rung, min([at + before.rung.delay, *ahead]))


@given(climbed(), instants, st.sampled_from(Track))
def test_restarting_a_track_puts_none_of_it_off_and_leaves_the_other(
    drawn: Climbed, at: datetime, track: Track
) -> None:
    ascent, _ = drawn
    for before, now in zip(ascent.rungs, ascent.restarted(track, at).rungs, strict=True):
        assert is_anew(now, before, at) if before.rung.track is track else now == before


@given(climbed(), instants)
def test_beginning_again_is_restarting_both_tracks_with_a_new_count_of_steps(drawn: Climbed, at: datetime) -> None:
    ascent, _ = drawn
    again = ascent.begun_again(at, first_step=9)
    assert (again.key, again.started_at, again.first_step) == (ascent.key, at, 9)
    assert again.rungs == ascent.restarted(Track.NURSING, at).restarted(Track.SURGICAL, at).rungs


@given(climbed(), instants, st.sampled_from(Track))
def test_calling_a_track_again_makes_due_what_it_had_called_and_nothing_else(
    drawn: Climbed, at: datetime, track: Track
) -> None:
    ascent, _ = drawn
    for before, now in zip(ascent.rungs, ascent.called_again(track, at).rungs, strict=True):
        again = before.rung.track is track and before.calls
        assert now == (replace(before, next_at=at) if again else before)


@given(climbed())
def test_an_ascent_comes_back_from_json_as_it_was(drawn: Climbed) -> None:
    ascent, _ = drawn
    assert Ascent.from_json(ascent.to_json()) == ascent
