"""What the tests have drawn: each picture of ordinary data, and of the data that trouble a picture."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from monitoring.registry.pictures import (
    causes,
    cumulative,
    flow,
    funnel,
    incidence,
    onset,
    recovery,
    schedules,
    strength,
    times,
)

HUGE = 100_000
NOTES = ("Cohort definition 1, operations from 2019-01-01 to 2026-11-28, all wards.",)
PAPER_CAUSES = {
    "fixation": 11, "epidural_haematoma": 9, "insufficient_decompression": 5, "root_oedema": 5,
    "fixation.malposition": 8, "fixation.loose_screw": 2, "fixation.cage_herniation": 1,
    "insufficient_decompression.ossified_ligamentum_flavum": 2,
    "insufficient_decompression.new_weakness_other_side": 3,
}  # fmt: skip
OWN_CAUSES = {
    "fixation": 5, "epidural_haematoma": 4, "insufficient_decompression": 2, "root_oedema": 0, "none_found": 0,
    "unknown": 1, "fixation.malposition": 3, "fixation.cage_herniation": 2, "insufficient_decompression.other": 2,
}  # fmt: skip
ONSET = {"fixation": (11, 3.4, 1.2), "epidural_haematoma": (9, 1.4, 0.5), "root_oedema": (5, 4.8, 2.0)}
PAPER_SHARE = incidence.Share(30, 4078, 0.00516, 0.01048)


@dataclass(frozen=True)
class Example:
    draw: Callable[[Any], Any]
    data: Any


def group(cause: str, days: list[float]) -> onset.Group:
    sd = statistics.stdev(days) if len(days) > 1 else None
    here = onset.Mean(len(days), statistics.fmean(days), sd) if days else None
    return onset.Group(cause, days, here, onset.Mean(*ONSET[cause]))


def days(number: int, most: float = 9) -> list[float]:
    drawn = Random(number)
    return [drawn.uniform(0.3, most) for _ in range(number)]


def recovered(number: int) -> list[recovery.Recovered]:
    drawn = Random(number)
    return [
        recovery.Recovered(
            drawn.lognormvariate(2, 0.7), drawn.choice([0, 2, 3, 4, 5, None]), drawn.choice([True, False, None])
        )
        for _ in range(number)
    ]


def cumulated(n: int, counts: list[int]) -> cumulative.Cumulative:
    found = [cumulative.Day(day, k, k / n * 0.6, min(1.0, k / n * 1.5 + 1 / n)) for day, k in enumerate(counts, 1)]
    return cumulative.Cumulative(n, found, unknown=2, notes=NOTES)


def funnelled(*wards: funnel.Ward, share: float = 0.0075) -> funnel.Funnel:
    """Limits by the normal approximation: a drawing does not ask whose they are."""

    def limits(n: int) -> funnel.Limits:
        error = (share * (1 - share) / n) ** 0.5
        low, high = (max(0.0, share - by * error) for by in (1.96, 3.09)), (share + by * error for by in (1.96, 3.09))
        (low95, low998), (high95, high998) = low, high
        return funnel.Limits(n, low95, high95, low998, high998)

    return funnel.Funnel(wards, share, [limits(n) for n in funnel.sizes(wards)], NOTES)


WARDS = (
    funnel.Ward("Spine A", 1250, 9),
    funnel.Ward("Spine B", 980, 6),
    funnel.Ward("Orthopaedics 3", 620, 18),
    funnel.Ward("Neurosurgery 1", 310, None),
    funnel.Ward("Day surgery, whose name is much longer than a name should be", 90, 1),
    funnel.Ward("Trauma", 400, 7),
    funnel.Ward("Empty", 0, 0),
)


def curve(name: str, half: float) -> schedules.Curve:
    hours = list(range(25))
    return schedules.Curve(name, hours, [1 - 0.5 ** (h / half) for h in hours], [1 - 0.5 ** (h / 9) for h in hours])


def moment(name: str, counts: list[int | None], paper: str = "") -> strength.Moment:
    return strength.Moment(name, dict(zip((0, 1, 2, 3, 4, 5, None), counts, strict=True)), paper)


FLOW = flow.Flow(
    4311,
    {"too_recent": 12, "incomplete": 221},
    4078,
    {"below_severe": 3, "exudation": 12, "ameliorated": 14, "not_operated": 2, "no_event": 4017},
    30,
    NOTES,
)
TOOK = times.Took(28, 4, 7, 12, 31, 2)
LONG_NAME = "every 15 min until 1 h, 60 min until 12 h, 2 h until 24 h, 4 h until 72 h, 8 h until day 14, then 12 h"

EXAMPLES = {
    "incidence": Example(
        incidence.draw, incidence.Incidence(incidence.Share(12, 1650, 0.0042, 0.0127), PAPER_SHARE, NOTES)
    ),
    "incidence-zero": Example(incidence.draw, incidence.Incidence(incidence.Share(0, 40, 0, 0.088), PAPER_SHARE)),
    "incidence-none": Example(incidence.draw, incidence.Incidence(incidence.Share(0, 0), PAPER_SHARE)),
    "incidence-few": Example(incidence.draw, incidence.Incidence(incidence.Share(None, 300), PAPER_SHARE)),
    "incidence-huge": Example(incidence.draw, incidence.Incidence(incidence.Share(HUGE, HUGE, 0.999, 1), PAPER_SHARE)),
    "causes": Example(causes.draw, causes.Causes(OWN_CAUSES, 12, PAPER_CAUSES, 30, NOTES)),
    "causes-none": Example(causes.draw, causes.Causes({}, 0, PAPER_CAUSES, 30)),
    "causes-few": Example(causes.draw, causes.Causes({"fixation": 9, "root_oedema": None}, 12, PAPER_CAUSES, 30)),
    "causes-fewer": Example(causes.draw, causes.Causes({"fixation": None}, None, PAPER_CAUSES, 30)),
    "causes-huge": Example(causes.draw, causes.Causes({"a_new_one": HUGE}, HUGE, PAPER_CAUSES, 30)),
    "onset": Example(onset.draw, onset.Onset([group("fixation", days(11)), group("root_oedema", [4.0])], 2, NOTES)),
    "onset-none": Example(onset.draw, onset.Onset([group(cause, []) for cause in ONSET])),
    "onset-nothing": Example(onset.draw, onset.Onset([])),
    "onset-few": Example(onset.draw, onset.Onset([onset.Group("fixation", None, None, onset.Mean(11, 3.4, 1.2))])),
    "onset-late": Example(
        onset.draw, onset.Onset([group("fixation", [1.0, 400.0]), group("root_oedema", days(300, 200))])
    ),
    "onset-huge": Example(onset.draw, onset.Onset([group("epidural_haematoma", days(HUGE // 5))])),
    "recovery": Example(recovery.draw, recovery.Recovery([*recovered(30), recovery.Recovered(None, 3, True)], NOTES)),
    "recovery-none": Example(recovery.draw, recovery.Recovery([])),
    "recovery-few": Example(recovery.draw, recovery.Recovery(None)),
    "recovery-one": Example(recovery.draw, recovery.Recovery([recovery.Recovered(7, 0, False)])),
    "recovery-unknown": Example(recovery.draw, recovery.Recovery([recovery.Recovered(None, 0, False)])),
    "recovery-odd": Example(
        recovery.draw, recovery.Recovery([recovery.Recovered(hours, 5, None) for hours in (-3, 0, 0.2, 700)])
    ),
    "recovery-huge": Example(recovery.draw, recovery.Recovery(recovered(3000))),
    "strength": Example(
        strength.draw,
        strength.Strength(
            [
                moment("At the deficit", [12, 9, 9, 0, 0, 0, 0]),
                moment("Day 3", [0, 1, 3, 12, 11, 0, 3], "27 at grade 3 or 4, 3 at grade 2"),
                moment("Day 7", [0, 0, None, None, 20, 5, 0], "all 30 at grade 4 or 5"),
            ],
            notes=NOTES,
        ),
    ),
    "strength-none": Example(strength.draw, strength.Strength([moment("Day 3", [0] * 7)])),
    "strength-few": Example(strength.draw, strength.Strength([moment("Day 3", [None] * 7)], few=True)),
    "strength-huge": Example(
        strength.draw, strength.Strength([moment(name, [HUGE] * 7) for name in ("At the deficit", "Day 3", "Day 7")])
    ),
    "cumulative": Example(cumulative.draw, cumulated(4078, [4, 12, 18, 23, 25, 28, 28, 29, 30, 30, 30, 31, 31, 31])),
    "cumulative-zero": Example(cumulative.draw, cumulated(50, [0] * 14)),
    "cumulative-one": Example(cumulative.draw, cumulated(1, [1] * 14)),
    "cumulative-none": Example(cumulative.draw, cumulative.Cumulative(0, [])),
    "cumulative-few": Example(cumulative.draw, cumulative.Cumulative(300, None)),
    "cumulative-huge": Example(cumulative.draw, cumulated(HUGE, [HUGE] * 14)),
    "funnel": Example(funnel.draw, funnelled(*WARDS)),
    "funnel-one": Example(funnel.draw, funnelled(funnel.Ward("Spine A", 400, 3))),
    "funnel-none": Example(funnel.draw, funnelled(funnel.Ward("Empty", 0, 0))),
    "funnel-zero": Example(funnel.draw, funnelled(funnel.Ward("Spine A", 400, 0), share=0.0)),
    "funnel-tiny": Example(
        funnel.draw, funnelled(funnel.Ward("One patient", 1, 1), funnel.Ward("Other", 1, 0), share=0.5)
    ),
    "funnel-huge": Example(
        funnel.draw, funnelled(*(funnel.Ward(f"Ward {n} of many", n * HUGE // 80, n * 11) for n in range(1, 81)))
    ),
    "times": Example(
        times.draw,
        times.Times(
            {
                "minutes_to_alert": times.Took(28, 0, 0, 3, 9),
                "minutes_to_acknowledged": TOOK,
                "minutes_to_imaging": times.Missing(29),
                "minutes_to_theatre": times.Missing(few=True),
            },
            NOTES,
        ),
    ),
    "times-none": Example(times.draw, times.Times({"minutes_to_alert": times.Missing(0)})),
    "times-few": Example(times.draw, times.Times({"minutes_to_alert": times.Missing(few=True)})),
    "times-odd": Example(times.draw, times.Times({"minutes_to_alert": times.Took(1, -5, -5, -5, -5, HUGE)})),
    "times-huge": Example(times.draw, times.Times({"minutes_to_theatre": times.Took(HUGE, 9, 99, HUGE, HUGE, HUGE)})),
    "schedules": Example(schedules.draw, schedules.Schedules(curve(LONG_NAME, 2), curve("every 4 h", 4), NOTES)),
    "schedules-one": Example(schedules.draw, schedules.Schedules(curve("", 2))),
    "schedules-none": Example(schedules.draw, schedules.Schedules(schedules.Curve("", [], [], []))),
    "flow": Example(flow.draw, FLOW),
    "flow-none": Example(flow.draw, flow.Flow(0, {}, 0, {}, 0)),
    "flow-few": Example(
        flow.draw, flow.Flow(HUGE, {"too_recent": None}, HUGE, {"ameliorated": None, "infection": 7}, None)
    ),
}
