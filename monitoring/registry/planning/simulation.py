"""The simulation: each deficit from its onset to the look that finds it, and on to its decompression."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from monitoring.registry.planning.bedside import Depth, Waits, looks_of
from monitoring.registry.planning.onsets import Deficit, deficits_of
from monitoring.registry.planning.plan import Plan, Schedule
from monitoring.registry.planning.results import Journey, Outcome, Result, compared, outcome_of, work_of

UNSEEN = Journey(math.inf, math.inf)


@lru_cache(maxsize=8)
def simulate(plan: Plan) -> Result:
    """The plan's deficits under both its schedules. The same plan gives the same result, number by number.

    Raises TooManyLooks where a schedule asks for more looks than anybody would plan.
    """
    deficits = deficits_of(plan.causes, plan.deficits, plan.seed)
    steps = [plan.ladder.minutes(deficit.normals) for deficit in deficits]
    of_a, of_b = (journeys(plan, schedule, deficits, steps) for schedule in (plan.a, plan.b))
    a, b = (_outcome(plan, schedule, deficits, of) for schedule, of in ((plan.a, of_a), (plan.b, of_b)))
    return Result(plan, a, b, compared(a, b, of_a, of_b))


def journeys(
    plan: Plan, schedule: Schedule, deficits: Sequence[Deficit], steps: Sequence[Sequence[float]]
) -> list[Journey]:
    """Each deficit under that schedule; `steps` has the minutes of the ladder for each.

    The looks are those at a patient whose strength has not fallen: until it is found, that is what the ward knows.
    """
    settings = plan.settings_under(schedule)
    looks = looks_of(settings, plan.late_minutes)
    waits = Waits(settings, plan.late_minutes)
    found: list[Journey] = []
    for deficit, (surgeon, imaging, *rest) in zip(deficits, steps, strict=True):
        place = bisect_left(looks, deficit.onset) + deficit.looks_that_miss_it(plan.missed)
        if place >= len(looks):
            found.append(UNSEEN)
            continue
        depth = Depth.FALL if deficit.depth < plan.falls else Depth.DROP
        wait = waits.of(depth, looks[place])
        seen = looks[place] - deficit.onset
        found.append(Journey(seen, seen + max(surgeon, wait) + imaging + sum(rest)))
    return found


def _outcome(plan: Plan, schedule: Schedule, deficits: Sequence[Deficit], of: Sequence[Journey]) -> Outcome:
    looks = looks_of(plan.settings_under(schedule), plan.late_minutes)
    of_cause = [deficit.cause for deficit in deficits]
    causes = [cause.cause for cause in plan.causes]
    return outcome_of(of, of_cause, causes, work_of(looks, plan.check_minutes))
