"""Random timelines, dense in what is easily got wrong: shared instants, exact boundaries, gaps, zeros."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

MYOTOMES = ("L2", "L3", "L4", "L5", "S1")
SIDES = ("left", "right")
FLAGS = ("saddle_anaesthesia", "bladder_bowel")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SYMPTOMATIC: tuple[str | None, ...] = ("left", "right", "both", "none", None)
STEPS = (0, 0, 1, 5, 15, 29, 30, 30, 31, 60, 60, 90, 120, 240, 720, 1440)


def random_timeline(rng: Random) -> dict[str, Any]:
    """A valid timeline as JSON, its `now` somewhere near its last events."""
    at = NOON - timedelta(minutes=rng.choice((0, 60, 600)))
    focus = rng.sample([f"{myotome} {side}" for myotome in MYOTOMES for side in SIDES], rng.choice((1, 1, 2, 3, 10)))
    grades = rng.choice(((5, 4, 3, 2, 1, 0), (5, 5, 2, 1), (4, 3, 2, 1), (1, 0, 2), (5, 4, 4, 3), (5, 5, 5, 2)))
    events: list[dict[str, Any]] = []
    operated = rng.random() < 0.1
    for number in range(rng.randint(1, 18)):
        at += timedelta(minutes=rng.choice(STEPS))
        if rng.random() < 0.03:
            at += timedelta(microseconds=rng.choice((1, 500_000, 999_999)))
        if not operated and (number >= 2 or rng.random() < 0.3):
            events.append(
                {"type": "operation", "at": at.isoformat(), "kind": rng.choice(("index", "index", "secondary"))}
            )
            operated = True
            continue
        events.append({"at": at.isoformat(), **_event(rng, focus, grades)})
        if rng.random() < 0.06:
            events[-1]["retracted"] = rng.random() < 0.7
    if rng.random() < 0.3:
        rng.shuffle(events)
    now = at + timedelta(minutes=rng.choice((*STEPS, -30, -60, -240, 150, 719, 721, 3000)))
    timeline: dict[str, Any] = {"now": now.isoformat(), "events": events}
    if rng.random() < 0.6:
        timeline["symptomatic_side"] = rng.choice(SYMPTOMATIC)
    return timeline


def _event(rng: Random, focus: list[str], grades: tuple[int, ...]) -> dict[str, Any]:
    kind = rng.choices(("check", "treatment", "reference_accepted", "operation"), (70, 12, 12, 4))[0]
    if kind == "check":
        return {"type": "check", **_looked_at(rng, focus, grades)}
    if kind == "treatment":
        return {"type": "treatment", "action": rng.choice(("started", "started", "stopped"))}
    if kind == "operation":
        return {"type": "operation", "kind": rng.choice(("index", "secondary", "secondary"))}
    accepted: dict[str, Any] = {"type": "reference_accepted"}
    if rng.random() < 0.8:
        accepted["muscles"] = {muscle: rng.choice(grades) for muscle in focus if rng.random() < 0.5}
    if rng.random() < 0.5:
        accepted["flags"] = [flag for flag in FLAGS if rng.random() < 0.6]
    return accepted


def _looked_at(rng: Random, focus: list[str], grades: tuple[int, ...]) -> dict[str, Any]:
    check: dict[str, Any] = {}
    if rng.random() < 0.9:
        check["grades"] = {}
        rest = rng.choice((5, 5, None))
        for myotome in MYOTOMES:
            for side in SIDES:
                entry: Any = rest
                if f"{myotome} {side}" in focus:
                    entry = rng.choice((*grades, *grades, "NT", "NA", None))
                if entry is not None:
                    check["grades"].setdefault(myotome, {})[side] = entry
    if rng.random() < 0.5:
        check["flags"] = {
            flag: rng.choice(("present", "absent", "absent", "not_assessed")) for flag in FLAGS if rng.random() < 0.7
        }
    return check


def random_settings(rng: Random) -> dict[str, Any]:
    """Settings to change, as JSON; half of the time none."""
    if rng.random() < 0.5:
        return {}
    choices: dict[str, tuple[Any, ...]] = {
        "major_drop_grades": (1, 2, 3, 4, 5),
        "fall_pathway": ("immediate", "after_failed_treatment"),
        "drop_pathway": ("immediate", "after_failed_treatment"),
        "reassess_after_minutes": (0, 1, 30, 60),
        "trial_limit_minutes": (0, 30, 60, 120),
        "start_limit_minutes": (0, 15, 30),
        "untested_after_minutes": (0, 60, 720),
        "watch_for_minutes": (0, 30, 120),
        "raised_interval_minutes": (0, 5, 30),
        "schedule": ([[None, 60]], [[0.5, 5], [1.5, 30], [None, 120]]),
    }
    return {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.4}
