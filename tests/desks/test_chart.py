"""The chart's geometry: where marks stand, what is joined, what is hollow. No database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitoring.alerts.models import Alert
from monitoring.checks.models import Attempt, Check, Flag, Treatment, Untested
from monitoring.checks.queries import Entry, HistoryRow, Struck, in_order
from monitoring.desks.common.chart import HEIGHT, UNTESTED, Chart, Strip, draw
from monitoring.desks.common.chart_lanes import Lane
from monitoring.desks.common.chart_scale import BEFORE, EDGE, WIDTH
from monitoring.desks.common.history import FACING, Reference
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from wards.models import Absence, Operation

BERLIN = ZoneInfo("Europe/Berlin")
ENDED = datetime(2026, 3, 1, 14, tzinfo=UTC)
_ids = count(1)


def after(hours: float) -> datetime:
    return ENDED + timedelta(hours=hours)


def check(hours: float, *, flag: str = "", **said: int | Untested) -> Check:
    """All 5 and no red flag so many hours after the operation, but for `L4_left=2`."""
    made = Check(pk=next(_ids), examined_at=after(hours), place=next(_ids))
    for muscle in MUSCLES:
        found = said.get(muscle.value.replace(" ", "_"), 5)
        untested = isinstance(found, Untested)
        made.set_grade(muscle, grade=None if untested else int(found), untested=str(found) if untested else "")
    for name in FLAGS:
        setattr(made, name, Flag.PRESENT if name == flag else Flag.ABSENT)
    return made


def operation(hours: float = 0, kind: str = "index") -> Operation:
    facts = {"procedure": "PLIF", "level_upper": "L3", "level_lower": "L5"}
    started = after(hours - 3)
    return Operation(pk=next(_ids), place=next(_ids), kind=kind, started_at=started, ended_at=after(hours), **facts)


def treatment(hours: float, action: str = "started", kind: str = "mannitol") -> Treatment:
    return Treatment(pk=next(_ids), place=next(_ids), happened_at=after(hours), kind=kind, action=action)


def chart(*entries: Entry, until: float = 24, struck: Entry | None = None, **more: Any) -> Chart:
    rows = [HistoryRow(entry, "check", _struck() if entry is struck else None) for entry in entries]
    rows.sort(key=lambda row: in_order(row.entry), reverse=True)
    drawn = draw(rows, until=after(until), zone=BERLIN, **more)
    assert drawn is not None
    return drawn


def _struck() -> Struck:
    return Struck("retracted", "Alice Ames", ENDED, "wrong patient")


def strip(drawn: Chart, name: str) -> Strip:
    strips = [half for row in drawn.rows for half in (row.right, row.left)]
    return next(half for half in strips if half.muscle.value == name)


def lane(drawn: Chart, name: str) -> Lane:
    return next(lane for lane in drawn.lanes if lane.name == name)


def lane_names(drawn: Chart) -> list[str]:
    return [lane.name for lane in drawn.lanes]


def held_to(grade: int, *, assumed: bool = False, latest: int = 5) -> list[Reference]:
    return [Reference(grade, assumed, latest) for _ in FACING]


def test_nothing_recorded_draws_nothing() -> None:
    assert draw([], until=ENDED, zone=BERLIN) is None


def test_right_stands_at_the_left_from_l2_down_to_s1() -> None:
    drawn = chart(operation(), check(1))
    assert [row.myotome for row in drawn.rows] == ["L2", "L3", "L4", "L5", "S1"]
    assert {row.right.muscle.side for row in drawn.rows} == {"right"}
    assert {row.left.muscle.side for row in drawn.rows} == {"left"}


@pytest.mark.parametrize(("grade", "y"), [(5, 5), (4, 15), (3, 25), (2, 35), (1, 45), (0, 55)])
def test_each_grade_has_its_own_height(grade: int, y: int) -> None:
    drawn = chart(operation(), check(24, L4_left=grade))
    assert strip(drawn, "L4 left").dots == f"M{WIDTH - EDGE} {y}h0"


def test_grade_0_is_drawn_and_is_grave() -> None:
    half = strip(chart(operation(), check(1, L4_left=0), check(2, L4_left=2)), "L4 left")
    assert half.dots.count("h0") == 2
    assert half.grave.count("h0") == 1
    assert " 55h0" in half.grave


def test_time_runs_evenly_from_the_end_of_the_operation_until_now() -> None:
    drawn = chart(check(-20), operation(), check(12), check(24))
    middle = BEFORE + (WIDTH - EDGE - BEFORE) // 2
    assert strip(drawn, "L2 left").dots == f"M25 5h0M{middle} 5h0M{WIDTH - EDGE} 5h0"


def test_what_was_before_the_operation_stays_left_of_its_line() -> None:
    drawn = chart(check(-400), check(-5), operation(), check(1))
    before = [int(dot.split(" ")[0]) for dot in strip(drawn, "L2 left").dots.split("M")[1:3]]
    assert 0 < before[0] < before[1] < BEFORE
    assert drawn.operated == [BEFORE]


def test_a_muscle_without_a_baseline_is_marked() -> None:
    drawn = chart(check(-5, L4_left=Untested.PAIN), operation(), check(1))
    assert not strip(drawn, "L4 left").has_baseline
    assert strip(drawn, "L4 right").has_baseline


def test_nt_is_in_its_own_row_and_breaks_the_line() -> None:
    half = strip(chart(operation(), check(1), check(2, S1_left=Untested.BLOCK), check(3, S1_left=4)), "S1 left")
    assert half.dots.count("h0") == 2
    assert half.untested.count("h0") == 1
    assert f" {UNTESTED}h0" in half.untested
    assert half.line.count("M") == 2
    assert "L" not in half.line


def test_a_stretch_of_one_grade_is_one_line() -> None:
    half = strip(chart(operation(), *(check(hours) for hours in range(1, 20)), check(20, L2_left=3)), "L2 left")
    assert half.line.count("H") == 2
    assert half.line.count("L") == 1


def test_what_no_longer_counts_is_hollow_and_not_joined() -> None:
    wrong = check(2, L4_left=1)
    half = strip(chart(operation(), check(1), wrong, check(3), struck=wrong), "L4 left")
    assert half.struck.count("h0") == 1
    assert half.grave == ""
    assert " 45" not in half.line + half.dots
    assert half.text == "5"


def test_the_last_word_is_that_of_the_last_look_after_the_last_operation() -> None:
    entries: list[Entry] = [
        check(-5),
        operation(),
        check(1, L4_left=2, L4_right=Untested.CAST, S1_left=Untested.AMPUTATION),
    ]
    drawn = chart(*entries)
    assert [strip(drawn, name).text for name in ("L4 left", "L4 right", "S1 left")] == ["2", "NT", "NA"]
    again = chart(*entries, operation(10, "secondary"))
    assert strip(again, "L4 left").text == "–"
    assert "not tested since the operation" in strip(again, "L4 left").title


def test_the_reference_begins_with_the_last_operation_and_says_whether_it_is_assumed() -> None:
    drawn = chart(operation(), operation(12, "secondary"), check(13), references=held_to(4, assumed=True, latest=3))
    half = strip(drawn, "L4 left")
    assert half.reference_y == 15
    assert half.fell
    assert "reference 4 (assumed)" in half.title
    assert drawn.reference_from == drawn.operated[1]


def test_while_nothing_is_assessed_no_reference_is_drawn() -> None:
    half = strip(chart(operation(), check(1)), "L4 left")
    assert half.reference_y is None
    assert not half.fell


def test_a_reference_of_0_is_drawn() -> None:
    assert strip(chart(operation(), check(1), references=held_to(0, latest=0)), "L4 left").reference_y == 55


def test_treatments_that_overlap_shade_one_span_and_an_operation_ends_them() -> None:
    drawn = chart(
        operation(), treatment(6), treatment(8, kind="rest"), treatment(9, "stopped"), operation(12, "secondary")
    )
    ((x, width),) = drawn.treated
    assert x + width == drawn.operated[1]
    assert {"Mannitol IV", "Rest"} <= set(lane_names(drawn))


def test_a_running_treatment_reaches_until_now() -> None:
    ((x, width),) = chart(operation(), treatment(6)).treated
    assert x + width == WIDTH - EDGE


def test_an_alert_is_a_span_with_its_level_by_class_shape_and_word() -> None:
    alert = Alert(kind=Alert.Kind.DEFICIT, level="critical", began_at=after(6), closed_at=after(12))
    drawn = lane(chart(operation(), check(6), alerts=[alert]), "Alert")
    assert [span.kind for span in drawn.spans] == ["level-critical"]
    assert [label.words for label in drawn.labels] == ["▲ critical"]


def test_a_short_alert_is_still_seen() -> None:
    alert = Alert(kind=Alert.Kind.OVERDUE, level="concern", began_at=after(6), closed_at=after(6.01))
    assert lane(chart(operation(), check(6), alerts=[alert], until=400), "Overdue").spans[0].width >= 6


def test_a_red_flag_says_yes_no_and_not_asked_by_different_marks() -> None:
    unasked = check(3)
    unasked.bladder_bowel = Flag.NOT_ASSESSED
    drawn = lane(chart(operation(), check(1), check(2, flag="bladder_bowel"), unasked), "Bladder, bowel")
    assert (drawn.absent.count("M"), drawn.present.count("M"), drawn.unknown.count("M")) == (1, 1, 1)
    assert drawn.says == "yes in 1 of 3 checks"


def test_absences_and_attempts_have_a_lane_only_where_there_were_any() -> None:
    plain = chart(operation(), check(1))
    assert lane_names(plain) == ["Operation", "Alert", "Saddle numb", "Bladder, bowel"]
    tried = Attempt(pk=next(_ids), place=next(_ids), tried_at=after(5), reason="asleep", next_try_at=after(6))
    gone = Absence(place="imaging", left_at=after(3), back_at=after(4))
    drawn = chart(operation(), check(1), tried, absences=[gone])
    assert lane_names(drawn)[-2:] == ["Away", "Not done"]
    assert lane(drawn, "Not done").says == "1 time"


def test_a_lane_that_the_window_shows_nothing_of_is_left_out() -> None:
    entries: list[Entry] = [
        operation(),
        treatment(2),
        treatment(3, "stopped"),
        check(90, flag="bladder_bowel"),
        check(99),
    ]
    assert "Mannitol IV" in lane_names(chart(*entries, until=100))
    drawn = chart(*entries, until=100, window="24")
    assert lane_names(drawn) == ["Operation", "Alert", "Saddle numb", "Bladder, bowel"]
    assert lane(drawn, "Operation").spans == []
    assert lane(drawn, "Bladder, bowel").says == "yes in 1 of 2 checks"


def test_a_window_shows_the_last_hours_and_is_offered_where_there_is_more() -> None:
    entries: list[Entry] = [check(-5), operation(), *(check(hours) for hours in range(1, 99))]
    assert chart(*entries, until=20).windows == []
    assert chart(*entries, until=100).windows == ["24", "72"]
    drawn = chart(*entries, until=100, window="24")
    assert drawn.slot == 0
    shown = [int(dot.split(" ")[0]) for dot in strip(drawn, "L2 left").dots.split("M")[1:]]
    assert sum(x >= 0 for x in shown) == 23
    assert chart(*entries, until=20, window="24").window == ""


@pytest.mark.parametrize("hours", [0.2, 1, 5, 14, 25, 80, 200, 336, 900, 9000])
def test_the_axis_has_a_few_marks_whatever_its_length(hours: float) -> None:
    ticks = chart(check(-5), operation(), until=hours).ticks
    assert len(ticks) <= 7
    assert all(BEFORE < tick.x < WIDTH for tick in ticks)
    assert hours < 4 or ticks


def test_days_are_counted_from_the_operation_at_the_wards_midnight() -> None:
    ticks = chart(operation(), until=24 * 5).ticks
    assert [(tick.words, tick.day) for tick in ticks][:2] == [("02-Mar", "day 1"), ("03-Mar", "day 2")]


def test_the_axis_follows_the_wards_calendar_over_a_change_of_clocks() -> None:
    drawn = chart(operation(24 * 26), until=24 * 31)
    assert [tick.words for tick in drawn.ticks] == ["28-Mar", "29-Mar", "30-Mar", "31-Mar", "01-Apr"]


def test_a_fortnight_of_200_checks_is_drawn_in_few_bytes() -> None:
    checks = [check(hours * 1.68) for hours in range(200)]
    drawn = chart(operation(), *checks, until=336)
    assert sum(len(half.dots + half.line) for row in drawn.rows for half in (row.right, row.left)) < 25_000


def test_the_grid_covers_the_strip() -> None:
    assert f"0V{HEIGHT}" in chart(operation(), check(20)).grid


def test_all_ten_muscles_have_a_strip_with_a_key_of_its_own() -> None:
    drawn = chart(operation(), check(1))
    keys = [half.key for row in drawn.rows for half in (row.right, row.left)]
    assert len(set(keys)) == len(Muscle)
