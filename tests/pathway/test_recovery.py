"""Whether strength came back: each muscle at the deficit, on day 3 and day 7; relief as in the paper (protocol §11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitoring.alerts.models import Alert
from monitoring.pathway.queries import fallen_muscles, recoveries
from monitoring.pathway.recovery import Due, Grade, Recovery, recovery
from monitoring.protocol import MUSCLES, Check, Event, Muscle, Operation, Timeline
from monitoring.protocol.vocabulary import GradeEntry

L4, L5, S1 = Muscle("L4 left"), Muscle("L5 left"), Muscle("S1 left")
ENDED = datetime(2026, 3, 4, 18, tzinfo=UTC)
"""When the re-operation ended."""
LONG_AFTER = ENDED + timedelta(days=30)
MINUTE = timedelta(minutes=1)
REOPERATION = Operation(ENDED, kind="secondary")


def day(days: float) -> datetime:
    return ENDED + timedelta(days=days)


def check(days: float | datetime, *, whole: bool = False, retracted: bool = False, **grades: GradeEntry) -> Check:
    """`L4_left=2`, so many days after the re-operation's end; `whole`: all the others are 5."""
    said = {Muscle(name.replace("_", " ")): grade for name, grade in grades.items()}
    at = days if isinstance(days, datetime) else day(days)
    rest: dict[Muscle, GradeEntry] = dict.fromkeys(MUSCLES, 5) if whole else {}
    return Check(at, grades=rest | said, retracted=retracted)


BEFORE: tuple[Event, ...] = (
    check(-4, whole=True),
    Operation(day(-3), kind="index"),
    check(-2, whole=True),
)


def outcome(*events: Event, fallen: Iterable[Muscle] = (L4,), now: datetime = LONG_AFTER) -> Recovery:
    """Of the re-operation, after a normal course until two days before it."""
    return recovery(Timeline((*BEFORE, *events, REOPERATION)), REOPERATION, fallen, now)


def grades(found: Recovery, muscle: Muscle = L4) -> tuple[Grade, ...]:
    """At the deficit, on day 3, on day 7."""
    return found.at_deficit.get(muscle), *(one.grades.get(muscle) for one in found.checks)


def states(found: Recovery) -> list[str]:
    return [one.state.value for one in found.checks]


# ---- the paper's patients


PAPER = {
    "Fig. 2": ("L2 left", 3, 1),  # its muscle, the days from the fusion to the weakness, its grade then
    "Fig. 3": ("L4 left", 1, 2),
    "Fig. 4": ("L2 right", 1, 1),
}


@pytest.mark.parametrize("figure", PAPER)
@pytest.mark.parametrize(
    ("third", "seventh", "relief"),
    [(3, 4, True), (4, 5, True), (2, 4, False)],
    ids=["3 by day 3", "4 by day 3", "2 by day 3"],
)
def test_the_papers_patients_come_out_as_the_paper_tells_it(
    figure: str, third: int, seventh: int, relief: bool
) -> None:
    """27 of 30 were at grade 3 or 4 on day 3; three haematomas at 2, and no less relieved by day 7."""
    name, days, weak = PAPER[figure]
    muscle, seen = Muscle(name), day(-0.2)
    events = (
        check(seen - timedelta(days=days, hours=12), whole=True),
        Operation(seen - timedelta(days=days), kind="index"),
        check(seen - timedelta(hours=4), whole=True),
        Check(seen, grades={muscle: weak}),
        REOPERATION,
        Check(day(3), grades={muscle: third}),
        Check(day(7), grades={muscle: seventh}),
    )
    found = recovery(Timeline(events), REOPERATION, (muscle,), LONG_AFTER)
    assert grades(found, muscle) == (weak, third, seventh)
    assert (found.relief, states(found)) == (relief, ["done", "done"])


def test_two_muscles_of_a_deficit_are_told_each_by_itself() -> None:
    found = outcome(
        check(-0.2, L4_left=1, L5_left=0),
        check(3, L4_left=4, L5_left=3),
        check(7, L4_left=5, L5_left=4),
        fallen=(L4, L5),
    )
    assert (grades(found, L4), grades(found, L5)) == ((1, 4, 5), (0, 3, 4))


# ---- relief


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", [*range(6), "NT", "NA", None])
def test_relief_is_grade_3_or_better_and_better_than_it_was(before: int, after: GradeEntry | None) -> None:
    on_day_3 = check(3) if after is None else check(3, L4_left=after)
    relief = outcome(check(-0.2, L4_left=before), on_day_3).relief
    if isinstance(after, int):
        assert relief is (after >= 3 and after > before)
    else:
        assert relief is None


@pytest.mark.parametrize(
    ("on_day_3", "relief"),
    [
        ({"L4_left": 3, "L5_left": 4}, True),
        ({"L4_left": 3, "L5_left": 2}, False),
        ({"L4_left": 0, "L5_left": 0}, False),
        ({"L4_left": 3, "L5_left": "NT"}, None),
        ({"L4_left": 3}, None),
        ({"L4_left": 2, "L5_left": "NT"}, False),
        ({"L5_left": 0}, False),
        ({}, None),
    ],
)
def test_relief_is_of_all_the_muscles_of_the_deficit(on_day_3: dict[str, Any], relief: bool | None) -> None:
    found = outcome(check(-0.2, L4_left=0, L5_left=1), check(3, **on_day_3), fallen=(L4, L5))
    assert found.relief is relief


def test_relief_is_not_known_before_day_3_nor_without_a_deficit() -> None:
    assert outcome(check(-0.2, L4_left=1), now=day(1)).relief is None
    assert outcome(check(3, whole=True), fallen=()).relief is None


def test_paralysis_is_a_grade_at_the_deficit_and_on_both_days() -> None:
    found = outcome(check(-0.2, L4_left=0), check(3, L4_left=0), check(7, L4_left=0))
    assert grades(found) == (0, 0, 0)
    assert (found.relief, states(found)) == (False, ["done", "done"])


# ---- the days


@pytest.mark.parametrize("which", [3, 7])
def test_a_day_is_from_half_a_day_before_to_a_day_after(which: int) -> None:
    first, last = day(which - 0.5), day(which + 1)
    deficit, index = check(-0.2, L4_left=1), (3, 7).index(which)
    for at, counts in ((first - MINUTE, False), (first, True), (last, True), (last + MINUTE, False)):
        found = outcome(deficit, check(at, L4_left=4)).checks[index]
        assert (found.grades[L4], found.state) == ((4, Due.DONE) if counts else (None, Due.MISSED))
    assert (found.day, found.at, found.until) == (which, day(which), last)


def test_the_check_nearest_in_time_counts_and_of_two_as_near_the_earlier() -> None:
    deficit = check(-0.2, L4_left=1)
    assert grades(outcome(deficit, check(2.6, L4_left=2), check(3.2, L4_left=3), check(3.9, L4_left=4)))[1] == 3
    assert grades(outcome(deficit, check(2.8, L4_left=2), check(3.2, L4_left=3)))[1] == 2


def test_a_muscle_that_the_nearest_check_did_not_grade_has_the_next_ones_grade() -> None:
    found = outcome(check(-0.2, L4_left=1), check(3, L4_left="NT"), check(3.1, L5_left=5), check(3.5, L4_left=3))
    assert grades(found)[1] == 3


def test_not_testable_is_neither_a_grade_nor_nothing() -> None:
    found = outcome(check(-0.2, L4_left=1), check(3, L4_left="NT"), check(7, L5_left=5))
    assert grades(found) == (1, "NT", None)
    assert states(found) == ["missed", "missed"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (2.5 - 0.001, ["planned", "planned"]),
        (2.5, ["due", "planned"]),
        (4, ["due", "planned"]),
        (4.001, ["missed", "planned"]),
        (6.5, ["missed", "due"]),
        (8, ["missed", "due"]),
        (8.001, ["missed", "missed"]),
    ],
)
def test_a_check_is_planned_then_due_then_missed(now: float, expected: list[str]) -> None:
    assert states(outcome(check(-0.2, L4_left=1), now=day(now))) == expected


def test_a_check_of_some_of_the_muscles_is_due_until_its_time_is_over_and_then_done_in_part() -> None:
    events = (check(-0.2, L4_left=1, L5_left=1), check(3, L4_left=4))
    assert states(outcome(*events, fallen=(L4, L5), now=day(3.5))) == ["due", "planned"]
    assert states(outcome(*events, fallen=(L4, L5), now=day(5))) == ["partly", "planned"]
    later = check(3.6, L5_left=4)
    assert states(outcome(*events, later, fallen=(L4, L5), now=day(3.7))) == ["done", "planned"]


def test_without_a_weak_muscle_any_check_with_a_grade_does_it() -> None:
    """A re-operation for the bladder alone, or for a wound."""
    assert states(outcome(check(3, whole=True), check(7, L4_left="NT"), fallen=())) == ["done", "missed"]


# ---- the deficit


def test_at_the_deficit_is_the_lowest_grade_since_the_operation_before() -> None:
    events = (check(-1, L4_left=0), check(-0.5, L4_left=2), check(-0.2, L4_left="NT"))
    assert grades(outcome(*events))[0] == 0


def test_what_was_weak_before_the_fusion_and_came_back_is_not_the_grade_at_the_deficit() -> None:
    weak = (check(-4, L4_left=0), Operation(day(-3), kind="index"), check(-2, whole=True), check(-0.2, L4_left=2))
    found = recovery(Timeline((*weak, REOPERATION)), REOPERATION, (L4,), LONG_AFTER)
    assert found.at_deficit == {L4: 2}


def test_a_muscle_that_nobody_tested_before_the_fusion_fell_from_normal() -> None:
    """As its reference is assumed to be (protocol §3)."""
    untested = (Operation(day(-3), kind="index"), check(-0.2, L4_left=2), REOPERATION)
    assert recovery(Timeline(untested), REOPERATION, (L4,), LONG_AFTER).at_deficit == {L4: 2}


def test_a_check_at_the_very_end_of_the_operation_counts_as_before_it() -> None:
    found = outcome(check(ENDED, L4_left=1), check(3, L4_left=4))
    assert grades(found) == (1, 4, None)


def test_a_muscle_that_nobody_told_of_is_none_of_the_deficits() -> None:
    assert outcome(check(-0.2, L4_left=1, L5_left=2)).at_deficit == {L4: 1}


def test_a_muscle_that_fell_only_afterwards_is_none_of_the_deficits() -> None:
    """One alert tells of both, for it is still open. It was 5 before: that it is 5 on day 3 is no failure."""
    found = outcome(
        check(-0.2, L4_left=1), check(1, L4_left=3, S1_left=2), check(3, L4_left=4, S1_left=5), fallen=(L4, S1)
    )
    assert found.at_deficit == {L4: 1}
    assert found.relief is True


@pytest.mark.parametrize(("lowest", "counts"), [(4, False), (3, True), (0, True)])
def test_a_muscle_of_the_deficit_fell_by_two_grades(lowest: int, counts: bool) -> None:
    assert (L4 in outcome(check(-0.2, L4_left=lowest)).at_deficit) is counts


def test_a_fall_from_1_to_0_is_a_deficit_and_an_old_paralysis_is_none() -> None:
    for before, counts in ((1, True), (0, False)):
        weak = (check(-4, L4_left=before), Operation(day(-3), kind="index"), check(-2, L4_left=before))
        found = recovery(Timeline((*weak, check(-0.2, L4_left=0), REOPERATION)), REOPERATION, (L4,), LONG_AFTER)
        assert (L4 in found.at_deficit) is counts


def test_weakness_that_outlasted_the_first_re_operation_is_the_deficit_of_the_second() -> None:
    second = Operation(day(2), kind="secondary")
    timeline = Timeline((*BEFORE, check(-0.2, L4_left=1), REOPERATION, check(1, L4_left=1), second))
    assert recovery(timeline, second, (L4,), LONG_AFTER).at_deficit == {L4: 1}


def test_a_muscle_that_the_first_re_operation_relieved_is_no_deficit_of_the_second() -> None:
    second = Operation(day(2), kind="secondary")
    events = (check(-0.2, L4_left=1), REOPERATION, check(1, L4_left=5, S1_left=1), second)
    assert recovery(Timeline((*BEFORE, *events)), second, (L4, S1), LONG_AFTER).at_deficit == {S1: 1}


# ---- what does not stand, and what is still to come


def test_what_was_retracted_counts_as_if_it_had_never_been() -> None:
    found = outcome(
        check(-0.5, L4_left=2),
        check(-0.2, L4_left=0, retracted=True),
        check(3, L4_left=3, retracted=True),
        Operation(day(2), kind="secondary", retracted=True),
        check(7, L4_left=4),
    )
    assert grades(found) == (2, None, 4)


def test_what_lies_after_now_is_not_known_yet() -> None:
    events = (check(-0.2, L4_left=1), check(3, L4_left=4), Operation(day(4), kind="secondary"))
    found = outcome(*events, now=day(2.9))
    assert grades(found) == (1, None, None)
    assert states(found) == ["due", "planned"]


def test_a_second_re_operation_ends_the_follow_up_of_the_first() -> None:
    second = Operation(day(4), kind="secondary")
    events = (check(-0.2, L4_left=1), check(3, L4_left=4), second, check(6.6, L4_left=0))
    found = outcome(*events)
    assert grades(found) == (1, 4, None)
    assert states(found) == ["done", "overtaken"]
    assert states(outcome(*events, now=day(4))) == ["done", "overtaken"]


@pytest.mark.parametrize(("hours", "state"), [(0, "overtaken"), (0.01, "missed")])
def test_a_second_re_operation_overtakes_what_was_still_possible(hours: float, state: str) -> None:
    second = Operation(day(4) + timedelta(hours=hours), kind="secondary")
    assert states(outcome(check(-0.2, L4_left=1), second))[0] == state


def test_a_day_that_was_done_in_part_before_the_second_re_operation_stays_so() -> None:
    events = (check(-0.2, L4_left=1, L5_left=1), check(2.7, L4_left=3), Operation(day(2.9), kind="secondary"))
    assert states(outcome(*events, fallen=(L4, L5))) == ["partly", "overtaken"]


def test_a_check_at_the_end_of_the_second_re_operation_still_belongs_to_the_first() -> None:
    second = Operation(day(3), kind="secondary")
    assert grades(outcome(check(-0.2, L4_left=1), check(3, L4_left=2), second))[1] == 2


# ---- from the alerts


def alert(began: float, closed: float | None = None, *, superseded: Iterable[str] = (), **muscles: Any) -> Alert:
    """`L4_left=(latest, drop)`; days after the re-operation's end."""
    found = {
        name.replace("_", " "): {"reference": latest + drop, "assumed": False, "latest": latest, "drop": drop}
        for name, (latest, drop) in muscles.items()
    }
    return Alert(
        began_at=day(began),
        closed_at=None if closed is None else day(closed),
        muscles=found,
        superseded={"muscles": [*superseded]} if superseded else {},
    )


def test_who_fell_is_told_by_the_alerts_but_for_what_a_correction_took_away() -> None:
    told = alert(-1, L4_left=(3, 2), L5_left=(4, 1), S1_left=(0, 1), L2_left=(2, 3), superseded=["L2 left"])
    assert fallen_muscles([told, alert(-1, L3_right=(1, 4))]) == {L4, S1, Muscle("L3 right")}
    assert fallen_muscles([]) == set()


def outcomes(*events: Event, alerts: Iterable[Alert], now: datetime = LONG_AFTER) -> list[Recovery]:
    return recoveries(Timeline((*BEFORE, *events)), alerts, now)


def test_each_re_operation_has_its_outcome_and_the_index_fusion_has_none() -> None:
    second = Operation(day(10), kind="secondary")
    events = (check(-0.2, L4_left=1), REOPERATION, check(3, whole=True), check(9.5, S1_left=0), second)
    alerts = [alert(-0.2, 5, L4_left=(1, 4)), alert(9.5, S1_left=(0, 5))]
    found = outcomes(*events, alerts=alerts)
    assert [(one.operated_at, one.at_deficit) for one in found] == [(ENDED, {L4: 1}), (day(10), {S1: 0})]
    assert outcomes(alerts=alerts) == []


def test_an_alert_that_was_still_open_tells_of_the_second_re_operation_too() -> None:
    second = Operation(day(2), kind="secondary")
    events = (check(-0.2, L4_left=1), REOPERATION, check(1, S1_left=1, L4_left=5), second)
    still_open = alert(-0.2, L4_left=(1, 4), S1_left=(1, 4))
    assert [one.at_deficit for one in outcomes(*events, alerts=[still_open])] == [{L4: 1}, {S1: 1}]


def test_an_alert_that_was_closed_before_or_that_began_after_tells_nothing_of_it() -> None:
    second = Operation(day(2), kind="secondary")
    events = (check(-0.2, L4_left=1), REOPERATION, check(1, L4_left=1), second)
    closed, later = alert(-0.2, 0, L4_left=(1, 4)), alert(2.1, L4_left=(1, 4))
    assert [one.at_deficit for one in outcomes(*events, alerts=[closed, later])] == [{L4: 1}, {}]
    assert outcomes(*events, alerts=[alert(-0.2, 0.1, L4_left=(1, 4))])[1].at_deficit == {L4: 1}


def test_a_re_operation_that_was_taken_back_or_is_still_to_come_has_no_outcome() -> None:
    events = (
        check(-0.2, L4_left=1),
        Operation(ENDED, kind="secondary", retracted=True),
        Operation(day(2), kind="secondary"),
    )
    assert outcomes(*events, alerts=[], now=day(1)) == []
    assert [one.operated_at for one in outcomes(*events, alerts=[], now=day(2))] == [day(2)]
