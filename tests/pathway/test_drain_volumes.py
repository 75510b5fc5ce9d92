"""What a drain gave: worked examples, and what must hold of any readings (protocol §11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.pathway.drains import Drain, RemovalRule, drains_of
from monitoring.pathway.models import DrainEntry
from monitoring.pathway.queries import removal_rule
from tests.cast import Cast

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
LEFT = UUID(int=7)
RULE = RemovalRule()
Readings = Sequence[tuple[float, int]]
"""Hours after noon, and what had run since the reading before, in ml."""


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def line(stage: str, happened_at: datetime, ml: int | None = None, *, drain: UUID = LEFT, place: int = 0) -> DrainEntry:
    return DrainEntry(drain=drain, stage=stage, happened_at=happened_at, volume_ml=ml, place=place, label="left")


def drain_with(readings: Readings, *, removed: float | None = None) -> Drain:
    """A drain that was placed at noon."""
    lines = [line("placed", NOON), *(line("read", at(hours), ml) for hours, ml in readings)]
    (drain,) = drains_of(lines if removed is None else [*lines, line("removed", at(removed))])
    return drain


def daily(*volumes: int) -> Drain:
    """Read every 24 hours."""
    return drain_with([(24 * (day + 1), ml) for day, ml in enumerate(volumes)])


def test_a_day_is_the_24_hours_before_the_last_reading() -> None:
    drain = drain_with([(8, 300), (16, 200), (24, 100), (32, 60), (40, 40)])
    assert drain.last_24_h() == 200
    assert drain.by_day(2) == [200, None]
    assert drain.total_ml == 700


def test_a_reading_that_began_before_the_day_counts_for_its_part() -> None:
    """Of the 120 ml between 6 h and 18 h, those from 12 h on: 60. Then 40 until 36 h."""
    drain = drain_with([(6, 50), (18, 120), (36, 40)])
    assert drain.last_24_h() == 60 + 40


def test_irregular_hours_are_shared_out_by_hand() -> None:
    """The last day is 26.5–50.5 h: 3.5 of the 20 h of 200 ml, then 15 and 5; that before: 7.5 of the 10 h of 400 ml."""
    drain = drain_with([(10, 400), (30, 200), (47, 15), (50.5, 5)])
    assert drain.by_day(2) == [pytest.approx(3.5 / 20 * 200 + 20), pytest.approx(0.75 * 400 + 16.5 / 20 * 200)]


def test_two_readings_in_one_hour_are_both_counted() -> None:
    drain = drain_with([(24, 10), (24.5, 20), (24.75, 5)])
    assert drain.total_ml == 35
    assert drain.last_24_h() == pytest.approx(10 * 23.25 / 24 + 25)


def test_a_volume_between_any_two_instants_that_readings_cover() -> None:
    drain = drain_with([(10, 100), (20, 0)])
    assert drain.volume(at(0), at(5)) == 50
    assert drain.volume(at(5), at(15)) == 50
    assert drain.volume(at(10), at(20)) == 0
    assert drain.volume(at(-0.1), at(5)) is None
    assert drain.volume(at(5), at(20.1)) is None


def test_nothing_is_a_volume_and_no_reading_is_not() -> None:
    assert daily(0).last_24_h() == 0
    unread = drain_with([])
    assert (unread.last_24_h(), unread.by_day(3), unread.total_ml, unread.last_read_at) == (None, [None] * 3, 0, None)
    assert not unread.is_ready(RULE, at(100))
    assert unread.stopped() is None


def test_a_reading_at_the_instant_of_another_is_counted_at_its_end() -> None:
    """No rule lets it come; a page that shows it must not fall over it."""
    drain = drain_with([(24, 10), (24, 7), (48, 1)])
    assert drain.volume(at(0), at(24)) == 17
    assert drain.volume(at(24), at(48)) == 1


def test_three_dry_days_make_it_ready() -> None:
    assert daily(49, 49, 49).is_ready(RULE, at(72))
    assert daily(400, 49, 0, 49).is_ready(RULE, at(96))


@pytest.mark.parametrize("volumes", [(50, 49, 49), (49, 50, 49), (49, 49, 50), (49, 49, 300)])
def test_fifty_is_not_under_fifty_on_any_of_the_days(volumes: tuple[int, ...]) -> None:
    assert not daily(*volumes).is_ready(RULE, at(72))


def test_fifty_in_thirds_is_not_under_fifty_either() -> None:
    """Of 150 ml in 72 h each day has a third, and of the 7-hour spans odd parts: none may come out at 49.999."""
    assert drain_with([(72, 150)]).by_day(3) == [50, 50, 50]
    assert not drain_with([(72, 150)]).is_ready(RULE, at(72))
    sevenths = drain_with([(7 * number, 25) for number in range(1, 13)])
    assert sevenths.by_day(3) == [pytest.approx(25 * 24 / 7)] * 3
    assert not sevenths.is_ready(RemovalRule(50, 3), at(84))
    assert drain_with([(72 / 7 * number, 100) for number in range(1, 8)]).by_day(3)[2] == pytest.approx(700 / 3)


def test_it_is_not_ready_before_it_has_lain_for_three_days() -> None:
    assert not drain_with([(24, 0), (48, 0), (71.9, 0)]).is_ready(RULE, at(72))
    assert drain_with([(24, 0), (48, 0), (72, 0)]).is_ready(RULE, at(72))


def test_what_was_last_read_more_than_a_day_ago_is_not_known_to_be_dry() -> None:
    assert daily(0, 0, 0).is_ready(RULE, at(96))
    assert not daily(0, 0, 0).is_ready(RULE, at(96) + timedelta(seconds=1))


def test_a_drain_that_is_out_is_not_ready_to_come_out() -> None:
    drain = drain_with([(24, 0), (48, 0), (72, 0)], removed=73)
    assert not drain.is_ready(RULE, at(73))
    assert (drain.last_24_h(), drain.last_read_at, len(drain.readings)) == (0, at(72), 3)


def test_a_ward_has_a_limit_of_its_own(cast: Cast) -> None:
    assert removal_rule(cast.ward_7b) == RemovalRule(50, 3)
    cast.ward_7b.drain_limit_ml, cast.ward_7b.drain_days = 30, 2
    strict = removal_rule(cast.ward_7b)
    assert strict == RemovalRule(30, 2)
    assert daily(300, 29, 29).is_ready(strict, at(72))
    assert not daily(300, 29, 30).is_ready(strict, at(72))


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, 12, tzinfo=BERLIN), datetime(2026, 10, 24, 12, tzinfo=BERLIN)])
def test_a_day_is_24_hours_whatever_the_clocks_did(day: datetime) -> None:
    """From noon to noon the wards' clocks show a day; it was 23 hours in spring, and 25 in autumn."""
    placed, read = day, day + timedelta(days=1)
    (drain,) = drains_of([line("placed", placed), line("read", read, 230)])
    hours = (read.astimezone(UTC) - placed.astimezone(UTC)) / timedelta(hours=1)
    assert hours == (23 if day.month == 3 else 25)
    assert drain.last_24_h() == (None if day.month == 3 else pytest.approx(230 / 25 * 24))
    assert drain.volume(placed, placed.astimezone(UTC) + timedelta(hours=10)) == pytest.approx(2300 / hours)


def test_midnight_is_an_hour_like_any_other() -> None:
    drain = drain_with([(11, 110), (13, 20), (24, 11)])
    assert drain.volume(at(11), at(13)) == 20
    assert drain.last_24_h() == 141


def test_drains_are_told_apart_and_come_in_the_order_in_which_they_were_placed() -> None:
    right, nobodys = UUID(int=8), UUID(int=9)
    lines = [
        line("read", at(5), 7, drain=right, place=4),
        line("placed", at(2), drain=right, place=2),
        line("placed", at(1), place=3),
        line("read", at(4), 9, place=5),
        line("read", at(4), 9, drain=nobodys, place=6),  # its placing was taken back
    ]
    assert [(drain.id, drain.total_ml) for drain in drains_of(lines)] == [(LEFT, 9), (right, 7)]


# ---- stopped


def test_a_drain_that_ran_and_gives_nothing_any_more_has_stopped() -> None:
    stopped = drain_with([(4, 160), (8, 160), (12, 0)]).stopped()
    assert stopped is not None
    assert (stopped.since, stopped.until, stopped.volume_ml, stopped.rate_before) == (at(8), at(12), 0, 40)


def test_next_to_nothing_is_a_tenth_of_what_it_gave_and_no_more() -> None:
    assert drain_with([(8, 320), (12, 16)]).stopped() is not None
    assert drain_with([(8, 320), (12, 17)]).stopped() is None


def test_what_ran_slowly_has_not_stopped() -> None:
    assert drain_with([(8, 40), (12, 0)]).stopped() is not None
    assert drain_with([(8, 39), (12, 0)]).stopped() is None


def test_a_slow_decline_is_not_sudden() -> None:
    assert drain_with([(8, 320), (16, 80), (24, 16), (28, 1)]).stopped() is None
    assert drain_with([(1, 40), (2, 20), (3, 10), (4, 5), (5, 2), (6, 0)]).stopped() is None


def test_a_short_time_says_nothing() -> None:
    assert drain_with([(8, 320), (8.9, 0)]).stopped() is None
    assert drain_with([(8, 320), (9, 0)]).stopped() is not None
    assert drain_with([(8, 320), (8.5, 0), (9, 0)]).stopped() is not None


def test_a_rush_before_is_measured_over_an_hour() -> None:
    """4 ml in the last six minutes are 40 ml an hour, and 4.9 over the hour: it had all but run dry by then."""
    assert drain_with([(8, 8), (8.1, 4), (12, 0)]).stopped() is None


def test_it_has_stopped_until_it_runs_again_or_a_day_has_passed() -> None:
    stopped = drain_with([(8, 320), (12, 0), (16, 1)]).stopped()
    assert stopped is not None
    assert (stopped.since, stopped.until, stopped.volume_ml) == (at(8), at(16), 1)
    assert drain_with([(8, 320), (12, 0), (16, 40)]).stopped() is None
    assert drain_with([(8, 320), (12, 0), (35.9, 0)]).stopped() is not None
    assert drain_with([(8, 320), (12, 0), (36, 0)]).stopped() is None


def test_one_reading_stops_nothing_and_nor_does_an_hour_that_it_has_not_lain() -> None:
    assert drain_with([(8, 0)]).stopped() is None
    assert drain_with([(0.9, 200), (4, 0)]).stopped() is None
    assert drain_with([(1, 200), (4, 0)]).stopped() is not None


def test_a_drain_that_was_removed_has_not_stopped() -> None:
    assert drain_with([(8, 320), (12, 0)], removed=12).stopped() is None


# ---- whatever was read

some = settings(max_examples=60, deadline=None)
minutes = st.integers(1, 60 * 24 * 6)
readings_of_any_kind = st.dictionaries(minutes, st.integers(0, 900), min_size=1, max_size=12).map(
    lambda by_minute: [(minute / 60, ml) for minute, ml in sorted(by_minute.items())]
)


@some
@given(readings_of_any_kind, st.lists(minutes, max_size=4))
def test_the_volumes_of_adjoining_times_add_up_to_the_total(readings: Readings, cuts: list[int]) -> None:
    drain = drain_with(readings)
    last = drain.last_read_at
    assert last is not None
    edges = [
        NOON,
        *(NOON + timedelta(minutes=cut) for cut in sorted(cuts) if NOON + timedelta(minutes=cut) < last),
        last,
    ]
    volumes = [drain.volume(start, end) for start, end in pairwise(edges)]
    assert sum(volume for volume in volumes if volume is not None) == pytest.approx(drain.total_ml)
    assert None not in volumes
    assert drain.total_ml == sum(ml for _, ml in readings)


@some
@given(readings_of_any_kind, minutes, minutes)
def test_a_volume_is_never_negative_nor_more_than_all(readings: Readings, one: int, other: int) -> None:
    drain = drain_with(readings)
    volume = drain.volume(NOON + timedelta(minutes=min(one, other)), NOON + timedelta(minutes=max(one, other)))
    assert volume is None or 0 <= volume <= drain.total_ml


@some
@given(readings_of_any_kind, st.data())
def test_a_corrected_reading_changes_only_the_times_that_it_touches(readings: Readings, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(readings) - 1))
    changed = [(hours, ml + 10 if index == number else ml) for index, (hours, ml) in enumerate(readings)]
    before, after = drain_with(readings), drain_with(changed)
    for index, (start, end, ml) in enumerate(before.spans):
        grown = 10 if index == number else 0
        assert after.volume(start, end) == pytest.approx(ml + grown)
    assert after.total_ml == before.total_ml + 10


@some
@given(readings_of_any_kind, st.integers(0, 48))
def test_a_drain_that_is_ready_gave_less_than_the_limit_on_every_day(readings: Readings, late: int) -> None:
    drain = drain_with(readings)
    last = drain.last_read_at
    assert last is not None
    ready = drain.is_ready(RULE, last + timedelta(hours=late))
    dry = [volume is not None and volume < 50 for volume in drain.by_day(3)]
    assert ready == (all(dry) and late <= 24)
    if ready:
        assert (drain.volume(last - timedelta(hours=72), last) or 0) < 150
