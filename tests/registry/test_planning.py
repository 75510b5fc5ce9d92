"""The simulation of two check schedules: cases worked out by hand, the protocol's own looks, common random numbers."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitoring.protocol import ScheduleRow, Settings
from monitoring.protocol.causes import PAPER, CauseInPaper
from monitoring.registry.planning import Ladder, Plan, Result, Schedule, Share, TooManyLooks, curves, looks_of, simulate
from monitoring.registry.planning.bedside import Depth, Waits, explored_after
from monitoring.registry.planning.onsets import DAY, deficits_of, normal, onset_days, student_t
from monitoring.registry.planning.results import Journey
from monitoring.registry.planning.simulation import journeys
from tests.protocol.histories import assessed, check

ROOT = Path(__file__).resolve().parents[2]
SPREAD_OUT = CauseInPaper("any", 30, 4.5, 2.0)
NO_LADDER = Ladder(0, 0, 0, 0, 0, 1)


def every(minutes: int) -> Schedule:
    return (ScheduleRow(None, minutes),)


def plan(**said: Any) -> Plan:
    """Nothing late, nothing missed, 4000 deficits of one cause."""
    usual: dict[str, Any] = {
        "late_minutes": 0,
        "missed": 0,
        "deficits": 4000,
        "causes": (SPREAD_OUT,),
        "ladder": NO_LADDER,
    }
    return Plan(**(usual | said))


def run(asked: Plan, schedule: Schedule) -> list[Journey]:
    """Each deficit of the plan under a schedule."""
    deficits = deficits_of(asked.causes, asked.deficits, asked.seed)
    return journeys(asked, schedule, deficits, [asked.ladder.minutes(one.normals) for one in deficits])


# --- Worked out by hand ----------------------------------------------------------------------------------------------


def test_a_deficit_of_a_known_minute_is_seen_by_the_next_look() -> None:
    """Day 1.02 is minute 1468.8; looks at 1440, 1500: seen after 31.2 min, under every 4 h (1680) after 211.2 min."""
    result = simulate(plan(causes=(CauseInPaper("sure", 2, 1.02, 0),), a=every(60), b=every(240), deficits=100))
    assert [result.a.whole.median, result.a.whole.ninth] == pytest.approx([31.2, 31.2])
    assert [result.b.whole.median, result.b.whole.ninth] == pytest.approx([211.2, 211.2])
    assert [share for share, _ in result.a.whole.seen] == [1, 1, 1, 1]
    assert [share for share, _ in result.b.whole.seen] == [0, 0, 1, 1]
    assert result.compared.seen[0] == Share(-1, 0)


def test_looks_every_hour_see_a_deficit_after_half_an_hour_on_average_and_any_delay_is_as_likely() -> None:
    delays = [one.seen for one in run(plan(), every(60))]
    assert statistics.fmean(delays) == pytest.approx(30, abs=4 * 60 / math.sqrt(12 * 4000))
    assert 0 <= min(delays) <= 1
    assert 59 <= max(delays) <= 60
    for tenth in range(1, 10):
        share = sum(delay <= 6 * tenth for delay in delays) / 4000
        assert share == pytest.approx(tenth / 10, abs=0.032)


def test_where_every_other_look_misses_it_one_more_is_waited_for_on_average() -> None:
    delays = [one.seen for one in run(plan(missed=0.5, deficits=8000), every(60))]
    assert statistics.fmean(delays) == pytest.approx(30 + 60, abs=4 * 60 * math.sqrt(2 + 1 / 12) / math.sqrt(8000))
    assert sum(delay <= 60 for delay in delays) / 8000 == pytest.approx(0.5, abs=0.023)


def test_a_look_that_is_late_puts_off_the_next_ones_too() -> None:
    assert looks_of(Settings(schedule=every(60)), 15)[:3] == (75, 150, 225)
    delays = [one.seen for one in run(plan(late_minutes=15), every(60))]
    assert statistics.fmean(delays) == pytest.approx(37.5, abs=1.4)


def test_a_ladder_without_spread_takes_its_typical_lengths_and_waits_for_the_later_of_surgeon_and_protocol() -> None:
    """A fall: 10 + 20 + 30 + 40 + 50 = 150 min after it is seen. A drop from 5 to 2: the protocol's trial counts from
    30 min after; with looks every 30 min the one at 90 min finds it still there: 90 + 140."""
    ladder = Ladder(10, 20, 30, 40, 50, 1)
    fell, dropped = (run(plan(ladder=ladder, falls=falls), every(60)) for falls in (1, 0))
    assert {round(one.decompressed - one.seen, 6) for one in fell} == {150}
    assert {round(one.decompressed - one.seen, 6) for one in dropped} == {230}


def test_the_spread_of_a_step_is_that_one_in_ten_takes_longer_than_so_many_times_its_median() -> None:
    asked = plan(ladder=Ladder(0, 100, 0, 0, 0, 2.5), falls=1, deficits=8000)
    took = [one.decompressed - one.seen for one in run(asked, every(60))]
    assert sum(minutes > 100 for minutes in took) / 8000 == pytest.approx(0.5, abs=0.023)
    assert sum(minutes > 250 for minutes in took) / 8000 == pytest.approx(0.1, abs=0.0135)


def test_nursing_is_counted_in_checks_until_a_day_and_hours_of_a_hundred_patients() -> None:
    work = simulate(plan(a=every(240), check_minutes=10)).a.work
    assert [(one.until_day, one.checks) for one in work] == [(3, 18), (9, 54), (14, 84)]
    assert [one.hours_per_100 for one in work] == [300, 900, 1400]


# --- The protocol's own rules ----------------------------------------------------------------------------------------


def asked_for(settings: Settings, depth: Depth, look: float, late: float) -> int | None:
    """When `assess`, asked minute by minute, first wants exploration, the deficit standing; None within 4 h."""
    done = [check(look, L4_left=int(depth))]
    for minute in range(4 * 60):
        due = assessed(look + minute, *done, settings=settings).next_check_due
        if due == check(look + minute - late).at:
            done.append(check(look + minute, L4_left=int(depth)))
        if assessed(look + minute, *done, settings=settings).because:
            return minute
    return None


@pytest.mark.parametrize("late", [0, 10])
@pytest.mark.parametrize("look", [15, 600, 4000])
def test_what_a_finding_asks_for_and_when_is_what_the_assessment_says(look: float, late: int) -> None:
    for changes in ({}, {"drop_pathway": "immediate"}, {"fall_pathway": "after_failed_treatment"}):
        settings = Settings.from_json(changes)
        for depth in Depth:
            assert explored_after(settings, depth, look, late) == asked_for(settings, depth, look, late)


def test_a_fall_asks_at_once_and_a_drop_after_the_trial() -> None:
    assert explored_after(Settings(), Depth.FALL, 4000, 10) == 0
    assert explored_after(Settings(), Depth.DROP, 4000, 0) == 90
    assert explored_after(Settings(), Depth.DROP, 4000, 10) == 120
    assert explored_after(Settings(drop_pathway="immediate"), Depth.DROP, 4000, 10) == 0


def test_a_drop_that_is_not_severe_by_the_ward_s_settings_is_never_explored_and_counted_so() -> None:
    literal = Settings(major_drop_grades=4)
    assert explored_after(literal, Depth.DROP, 4000, 0) == math.inf
    result = simulate(plan(settings=literal, falls=0.25, a=every(60)))
    assert result.a.undone.share == pytest.approx(0.75, abs=0.03)
    assert result.a.unseen.share == 0
    assert result.a.whole.decompressed[1].share == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("changes", [{}, {"trial_limit_minutes": 600, "reassess_after_minutes": 600}])
def test_what_is_remembered_for_a_row_of_the_schedule_is_what_the_protocol_says_at_each_look(changes: Any) -> None:
    settings = Settings.from_json(changes | {"schedule": [[2, 25], [9, 60], [24, 120], [72, 240], [None, 480]]})
    waits = Waits(settings, 5)
    for look in looks_of(settings, 5)[:45:3]:
        for depth in Depth:
            assert waits.of(depth, look) == explored_after(settings, depth, look, 5)


def test_a_trial_without_an_end_is_followed_for_half_a_day() -> None:
    endless = Settings(trial_limit_minutes=10**9, reassess_after_minutes=10**9)
    assert explored_after(endless, Depth.DROP, 4000, 0) == math.inf


# --- Common random numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missed", [0, 0.3])
def test_more_looks_never_see_a_deficit_later_and_no_look_sees_it_before_its_onset(missed: float) -> None:
    asked = plan(missed=missed, causes=PAPER)
    rare, often = run(asked, every(240)), run(asked, every(60))
    assert all(0 <= two.seen <= one.seen for one, two in zip(rare, often, strict=True))
    assert all(one.seen <= one.decompressed for one in (*rare, *often))
    result = simulate(replace(asked, a=every(240), b=every(60)))
    assert result.compared.later.share == 0


def test_the_same_plan_gives_the_same_numbers_in_another_process() -> None:
    """Pinned: whoever opens the same address elsewhere, or next year, must read these."""
    code = (
        "from monitoring.registry.planning import Plan, simulate;"
        "r = simulate(Plan(deficits=1000, seed=7));"
        "print([s.share for o in (r.a, r.b) for s in (*o.whole.seen, *o.whole.decompressed)])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    result = simulate(Plan(deficits=1000, seed=7))
    said = [share for one in (result.a, result.b) for share, _ in (*one.whole.seen, *one.whole.decompressed)]
    assert done.stdout.strip() == str(said)
    assert said == [0.214, 0.407, 0.742, 0.865, 0.363, 0.667, 0.217, 0.478, 0.921, 0.98, 0.409, 0.797]


def test_another_seed_gives_other_numbers_within_their_error() -> None:
    one, two = (simulate(Plan(deficits=5000, seed=seed)) for seed in (1, 2))
    assert one.a.whole.seen != two.a.whole.seen
    for first, second in zip(shares_of(one), shares_of(two), strict=True):
        assert abs(first.share - second.share) <= 4 * math.hypot(first.error, second.error)


def shares_of(result: Result) -> list[Share]:
    return [*result.a.whole.seen, *result.b.whole.decompressed, *result.compared.seen]


def test_the_error_of_a_share_is_that_of_repeated_simulations() -> None:
    runs = [simulate(plan(deficits=400, seed=seed, a=every(240), b=every(180))) for seed in range(30)]
    for shares in ([run.a.whole.seen[1] for run in runs], [run.compared.seen[1] for run in runs]):
        spread = statistics.stdev(share for share, _ in shares)
        assert spread == pytest.approx(statistics.fmean(error for _, error in shares), rel=0.4)


def test_the_draws_are_the_same_whatever_the_plan_says_of_looks_and_ladder() -> None:
    """So two plans that are opened one after the other meet the same patients too."""
    assert deficits_of(PAPER, 50, 3) == deficits_of(PAPER, 80, 3)[:50]
    assert Plan(missed=0.5).causes == PAPER


# --- What is drawn ---------------------------------------------------------------------------------------------------


def test_onsets_follow_the_predictive_distribution_within_nine_days() -> None:
    """Against Student's t itself: quartiles of 4 degrees of freedom are ±0.7407, and 1 in 20 lies beyond ±2.7764."""
    random = Random(5)
    draws = sorted(student_t(random, 4) for _ in range(20_000))
    assert [draws[5_000], draws[10_000], draws[15_000]] == pytest.approx([-0.7407, 0, 0.7407], abs=0.04)
    assert sum(abs(draw) > 2.7764 for draw in draws) / 20_000 == pytest.approx(0.05, abs=0.0062)
    days = [onset_days(random, PAPER[3]) for _ in range(4000)]
    assert 0 < min(days) <= max(days) <= 9


def test_normal_draws_are_normal() -> None:
    random = Random(5)
    draws = [normal(random) for _ in range(20_000)]
    assert statistics.fmean(draws) == pytest.approx(0, abs=0.029)
    assert statistics.pstdev(draws) == pytest.approx(1, abs=0.02)
    assert sum(draw > 1.2815515655 for draw in draws) / 20_000 == pytest.approx(0.1, abs=0.0085)


def test_causes_come_as_often_as_in_the_paper_and_at_its_days() -> None:
    deficits = deficits_of(PAPER, 12_000, 1)
    for cause in PAPER:
        days = [one.onset / DAY for one in deficits if one.cause == cause.cause]
        assert len(days) / 12_000 == pytest.approx(cause.patients / 30, abs=0.018)
        assert statistics.median(days) == pytest.approx(cause.mean, abs=0.15)


# --- What it gives ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def usual() -> Result:
    return simulate(Plan(deficits=2000))


def test_curves_rise_and_agree_with_the_shares(usual: Result) -> None:
    for curve, outcome in zip(curves(usual), (usual.a, usual.b), strict=True):
        assert curve.hours == tuple(range(25))
        for shares in (curve.seen, curve.decompressed):
            assert list(shares) == sorted(shares)
            assert shares[0] >= 0
            assert shares[-1] <= 1
        assert [curve.seen[hours] for hours in (1, 2, 4, 6)] == [share for share, _ in outcome.whole.seen]
        assert [curve.decompressed[hours] for hours in (6, 8)] == [share for share, _ in outcome.whole.decompressed]


def test_the_causes_add_up_to_the_whole(usual: Result) -> None:
    assert [group.cause for group in usual.a.by_cause] == [cause.cause for cause in PAPER]
    assert sum(group.deficits for group in usual.a.by_cause) == 2000
    for place in range(4):
        seen = sum(group.deficits * group.seen[place].share for group in usual.a.by_cause)
        assert seen == pytest.approx(2000 * usual.a.whole.seen[place].share)


def test_what_nobody_has_seen_by_day_14_is_never_seen() -> None:
    result = simulate(plan(a=every(7 * DAY), b=every(60), missed=0.9))
    assert result.a.unseen.share > 0.7
    assert result.a.whole.median == math.inf
    assert result.a.curve.seen[24] < 0.3


def test_a_cause_without_spread_costs_no_endless_search_and_one_that_cannot_be_is_refused() -> None:
    for impossible in (CauseInPaper("late", 5, 12, 1), CauseInPaper("alone", 1, 3, 1), CauseInPaper("before", 5, 0, 1)):
        with pytest.raises(ValueError, match="9 days"):
            plan(causes=(impossible,))


@pytest.mark.parametrize(
    "wrong", [{"missed": 1}, {"missed": -0.1}, {"falls": 1.1}, {"late_minutes": -1}, {"deficits": 0}, {"seed": -1}]
)
def test_a_plan_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"0 or more|at least one"):
        plan(**wrong)


@pytest.mark.parametrize("ladder", [(-1, 0, 0, 0, 0, 1), (0, 0, 0, 0, 0, 0.9)])
def test_a_ladder_that_cannot_be_is_refused(ladder: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        Ladder(*ladder)


def test_a_schedule_that_nobody_could_keep_is_refused() -> None:
    with pytest.raises(TooManyLooks):
        simulate(plan(a=every(5)))


def test_it_is_pure_and_of_the_standard_library() -> None:
    code = (
        "import sys, monitoring.registry.planning;"
        "print([name for name in sys.modules if name.split('.')[0] not in sys.stdlib_module_names"
        " and not name.startswith(('monitoring', '__'))])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, env={})
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
