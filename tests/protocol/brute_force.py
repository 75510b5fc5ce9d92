"""The protocol once more, straight from its text: slow and naive, sharing nothing with `monitoring.protocol`.

Everything is worked out afresh from the list of events, as often as it is asked for. It reads and gives the JSON of
`replay`, of valid timelines only.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
Events = list[Json]

MUSCLES = [f"{myotome} {side}" for myotome in ("L2", "L3", "L4", "L5", "S1") for side in ("left", "right")]
FLAGS = ["saddle_anaesthesia", "bladder_bowel"]
DEFAULTS: Json = {
    "major_drop_grades": 3,
    "fall_pathway": "immediate",
    "drop_pathway": "after_failed_treatment",
    "reassess_after_minutes": 60,
    "trial_limit_minutes": 120,
    "start_limit_minutes": 30,
    "untested_after_minutes": 720,
    "watch_for_minutes": 120,
    "raised_interval_minutes": 30,
    "schedule": [[1, 15], [12, 60], [24, 120], [72, 240], [336, 480], [None, 720]],
}
LEVELS = ["stable", "watch", "concern", "critical"]
LEVEL_OF = {
    "fall_to_0_1": 3,
    "major_drop": 3,
    "widespread_drop": 3,
    "red_flag": 3,
    "moderate_drop": 2,
    "multiple_drops": 2,
    "contralateral_drop": 2,
    "minor_drop": 1,
    "persistent_deficit": 1,
    "untested": 1,
}
SEVERE = ("fall_to_0_1", "major_drop")
CRITICAL = ("fall_to_0_1", "major_drop", "widespread_drop", "red_flag")


def when(event: Json) -> datetime:
    return datetime.fromisoformat(event["at"]).astimezone(UTC)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


# §2


def existing(timeline: Json, now: datetime) -> Events:
    events = [event for event in timeline["events"] if not event.get("retracted", False) and when(event) <= now]
    return sorted(events, key=when)


def operations(events: Events) -> list[int]:
    return [index for index, event in enumerate(events) if event["type"] == "operation"]


def entry(event: Json, muscle: str) -> Any:
    """What a check says of a muscle, or None."""
    if event["type"] != "check":
        return None
    myotome, side = muscle.split()
    return event.get("grades", {}).get(myotome, {}).get(side)


def grade(event: Json, muscle: str) -> int | None:
    said = entry(event, muscle)
    return said if isinstance(said, int) else None


def assessed(event: Json, flag: str) -> str | None:
    """present or absent, where the check found it so."""
    if event["type"] != "check":
        return None
    status = event.get("flags", {}).get(flag)
    return status if status in ("present", "absent") else None


def grades(events: Events, muscle: str) -> list[int]:
    return [found for event in events if (found := grade(event, muscle)) is not None]


def accepts(event: Json, muscle: str) -> bool:
    return event["type"] == "reference_accepted" and muscle in event.get("muscles", {})


# §3


def latest(events: Events, muscle: str) -> int | None:
    after = grades(events[operations(events)[-1] + 1 :], muscle)
    return after[-1] if after else None


def reference(events: Events, muscle: str) -> tuple[int, bool]:
    first, last = operations(events)[0], operations(events)[-1]
    anchors = [index for index in range(last + 1, len(events)) if accepts(events[index], muscle)]
    if anchors:
        anchor = anchors[-1]
        start = max([events[anchor]["muscles"][muscle], *grades(events[last + 1 : anchor], muscle)[-1:]])
        return max([start, *grades(events[anchor + 1 :], muscle)]), False
    checked_before_first = bool(grades(events[:first], muscle))
    accepted_before = any(accepts(event, muscle) for event in events[:last])
    if not checked_before_first and not accepted_before:
        return 5, True
    start = -1
    for event in events[:last]:
        if grade(event, muscle) is not None:
            start = event["grades"][muscle.split()[0]][muscle.split()[1]]
        if accepts(event, muscle):
            start = event["muscles"][muscle]
    return max([start, *grades(events[last + 1 :], muscle)]), False


# §4


def flag_old(events: Events, flag: str) -> bool:
    first = operations(events)[0]
    before = [index for index in range(first) if assessed(events[index], flag)]
    if not before or assessed(events[before[-1]], flag) != "present":
        return False
    return all(assessed(event, flag) != "absent" for event in events[before[-1] + 1 :])


def flag_accepted(events: Events, flag: str) -> bool:
    first = operations(events)[0]
    for index, event in enumerate(events):
        if event["type"] == "reference_accepted" and flag in event.get("flags", []):
            before = [found for earlier in events[first + 1 : index] if (found := assessed(earlier, flag))]
            none_absent_since = all(assessed(later, flag) != "absent" for later in events[index + 1 :])
            if before and before[-1] == "present" and none_absent_since:
                return True
    return False


def flag_present(events: Events, flag: str) -> bool:
    found = [status for event in events[operations(events)[-1] + 1 :] if (status := assessed(event, flag))]
    return bool(found) and found[-1] == "present"


def findings(events: Events, side: str | None, settings: Json) -> list[Json]:
    """Findings 1–9 after the last of `events`."""
    if not operations(events):
        return []
    first = operations(events)[0]
    rows: dict[str, Json] = {}
    for muscle in MUSCLES:
        now = latest(events, muscle)
        if now is not None:
            held_to, assumed = reference(events, muscle)
            rows[muscle] = {
                "muscle": muscle, "reference": held_to, "assumed": assumed, "latest": now, "drop": held_to - now,
            }  # fmt: skip
    one = [m for m, row in rows.items() if row["latest"] <= 1 and row["reference"] >= 2]
    two = [m for m, row in rows.items() if row["drop"] >= settings["major_drop_grades"] and m not in one]
    by_two = [m for m, row in rows.items() if row["drop"] >= 2]
    three = by_two if len(by_two) >= 3 or {m.split()[1] for m in by_two} == {"left", "right"} else []
    four = [
        flag
        for flag in FLAGS
        if flag_present(events, flag) and not flag_old(events, flag) and not flag_accepted(events, flag)
    ]
    five = [
        m
        for m, row in rows.items()
        if (row["drop"] >= 2 or (row["reference"], row["latest"]) == (1, 0)) and m not in one + two
    ]
    by_one = [m for m, row in rows.items() if row["drop"] >= 1]
    six = by_one if len(by_one) > 1 else []
    other = {"left": "right", "right": "left"}.get(side or "")
    seven = [m for m in by_one if m.split()[1] == other]
    eight = [m for m, row in rows.items() if row["drop"] == 1 and m not in one + two + five]
    nine = []
    for m, row in rows.items():
        known = grades(events[:first], m)[-1:] + grades(events[first + 1 :], m)
        if max(known) - row["latest"] >= 2 and m not in one + two + five:
            nine.append(m)
    found: list[Json] = []
    for (rule, _), muscles in zip(LEVEL_OF.items(), [one, two, three, [], five, six, seven, eight, nine], strict=False):
        if rule == "red_flag" and four:
            found.append({"rule": rule, "flags": four})
        elif muscles:
            found.append({"rule": rule, "muscles": [rows[m] for m in muscles]})
    return found


def untested(events: Events, settings: Json, now: datetime, settled: bool) -> list[Json]:
    operation = operations(events)[-1]

    def too_long_since(looks: list[datetime]) -> bool:
        passed = now - max([when(events[operation]), *looks])
        limit = minutes(settings["untested_after_minutes"])
        return passed >= limit if settled else passed > limit

    muscles = []
    for muscle in MUSCLES:
        never = not grades(events, muscle) and any(entry(event, muscle) == "NA" for event in events)
        looks = [when(event) for event in events[operation + 1 :] if grade(event, muscle) is not None]
        if not never and too_long_since(looks):
            muscles.append(muscle)
    flags = [f for f in FLAGS if too_long_since([when(event) for event in events if assessed(event, f)])]
    return [{"rule": "untested", "muscles": muscles, "flags": flags}] if muscles or flags else []


def level(found: list[Json]) -> int:
    return max([LEVEL_OF[finding["rule"]] for finding in found], default=0)


def makers(found: list[Json], rules: tuple[str, ...]) -> set[str]:
    names = set()
    for finding in found:
        if finding["rule"] in rules:
            names |= {row["muscle"] for row in finding.get("muscles", [])} | set(finding.get("flags", []))
    return names


# §5


def current_run(events: Events, side: str | None, settings: Json, rules: tuple[str, ...]) -> int | None:
    """The index of the first event of the run that is on, or None."""
    begun: int | None = None
    made_by: set[str] = set()
    first_clear: datetime | None = None
    for index in range(operations(events)[-1], len(events)):
        event = events[index]
        names = makers(findings(events[: index + 1], side, settings), rules)
        if names:
            begun = index if begun is None else begun
            made_by, first_clear = names, None
            continue
        if begun is None:
            continue
        if event["type"] == "reference_accepted" and made_by & (
            {*event.get("muscles", {})} | {*event.get("flags", [])}
        ):
            begun = None
        elif event["type"] == "check" and all(
            assessed(event, name) if name in FLAGS else grade(event, name) is not None for name in made_by
        ):
            if first_clear is None:
                first_clear = when(event)
            elif when(event) - first_clear >= minutes(settings["raised_interval_minutes"]):
                begun = None
    return begun


# §6


def treatment_runs(events: Events) -> bool:
    said = [event["action"] for event in events[operations(events)[-1] :] if event["type"] == "treatment"]
    return bool(said) and said[-1] == "started"


def start_of(events: Events, run: int, settings: Json) -> datetime:
    seen = when(events[run])
    if treatment_runs(events[:run]):
        return seen
    latest_start = seen + minutes(settings["start_limit_minutes"])
    started = [e for e in events[run + 1 :] if e["type"] == "treatment" and e["action"] == "started"]
    return min(when(started[0]), latest_start) if started else latest_start


def because(
    events: Events, side: str | None, settings: Json, run: int, start: datetime, now: datetime, settled: bool
) -> list[str]:
    holds = set()
    for index in range(run, len(events)):
        found = findings(events[: index + 1], side, settings)
        severe = makers(found, SEVERE)
        rules = {finding["rule"] for finding in found}
        event = events[index]
        if "fall_to_0_1" in rules and settings["fall_pathway"] == "immediate":
            holds.add("fall")
        if "major_drop" in rules and settings["drop_pathway"] == "immediate":
            holds.add("drop")
        looked_at = any(entry(event, muscle) is not None for muscle in severe)
        if looked_at and when(event) >= start + minutes(settings["reassess_after_minutes"]):
            holds.add("still_there")
        for muscle in severe:
            got = grade(event, muscle)
            if index > run and got is not None:
                in_run = grades(events[run:index], muscle)
                before = grades(events[:index], muscle)
                if (in_run and got < min(in_run)) or (not in_run and before and got < before[-1]):
                    holds.add("worse")
        is_last = index + 1 == len(events)
        limit = start + minutes(settings["trial_limit_minutes"])
        if severe and not is_last and when(events[index + 1]) > when(event) and when(events[index + 1]) > limit:
            holds.add("no_improvement")
        if severe and is_last and settled and now >= limit:
            holds.add("no_improvement")
    return [r for r in ("fall", "drop", "still_there", "worse", "no_improvement") if r in holds]


# §7


def last_good(events: Events, found: list[Json], run: int) -> datetime:
    first, last = operations(events)[0], operations(events)[-1]
    times = []
    for finding in found:
        if finding["rule"] in CRITICAL:
            for row in finding.get("muscles", []):
                good = [
                    when(event)
                    for event in events[last + 1 : run]
                    if (got := grade(event, row["muscle"])) is not None and got >= row["reference"]
                ]
                times.append(good[-1] if good else when(events[last]))
            for flag in finding.get("flags", []):
                good = [when(event) for event in events[first + 1 : run] if assessed(event, flag) == "absent"]
                times.append(good[-1] if good else when(events[first]))
    return min(times)


# §8


def last_look(events: Events, found: list[Json]) -> datetime:
    operation = operations(events)[-1]
    names = makers(found, tuple(LEVEL_OF))
    if names:
        return min(
            [when(e) for e in events if (assessed(e, n) if n in FLAGS else grade(e, n) is not None)][-1] for n in names
        )
    looks = [when(e) for e in events[operation + 1 :] if any(grade(e, m) is not None for m in MUSCLES)]
    return looks[-1] if looks else when(events[operation])


def check_due(events: Events, side: str | None, settings: Json, a_run_is_on: bool) -> datetime:
    operation = operations(events)[-1]
    found = findings(events, side, settings)
    look = last_look(events, found)
    hours = (look - when(events[operation])).total_seconds() / 3600
    interval = next(every for until, every in settings["schedule"] if until is None or hours < until)
    raised = a_run_is_on or level(found) >= 2
    if level(found) == 1:
        row = len(events) - 1
        while findings(events[:row], side, settings) and row > operation:
            row -= 1
        raised = raised or look - when(events[row]) < minutes(settings["watch_for_minutes"])
    if raised:
        interval = min(interval, settings["raised_interval_minutes"])
    return look + minutes(interval)


PAPER = [
    ("fixation", 11, 3.4, 1.2),
    ("epidural_haematoma", 9, 1.4, 0.5),
    ("insufficient_decompression", 5, 2.6, 1.1),
    ("root_oedema", 5, 4.8, 2.0),
]


def causes(operation: Json, seen: datetime) -> list[Json]:
    d = max(1.0, (seen - when(operation)).total_seconds() / 86400)
    if operation["kind"] != "index" or d > 9:
        return []
    weights = []
    for cause, n, m, s in PAPER:
        scale = s * math.sqrt(1 + 1 / n)
        v = n - 1
        log_density = (
            math.lgamma((v + 1) / 2)
            - math.lgamma(v / 2)
            - 0.5 * math.log(v * math.pi)
            - math.log(scale)
            - (v + 1) / 2 * math.log1p(((d - m) / scale) ** 2 / v)
        )
        weights.append((n * math.exp(log_density), cause))
    total = sum(weight for weight, _ in weights)
    ranked = sorted(weights, reverse=True)
    return [{"cause": cause, "percent": max(1, min(97, round(100 * weight / total)))} for weight, cause in ranked]


# §9


def assess(timeline: Json, changes: Json, now: datetime, settled: bool = True) -> Json:
    """The answer of `replay`; with `settled` false, of a moment in the midst of the events of `now`."""
    settings = DEFAULTS | changes
    side = timeline.get("symptomatic_side")
    events = existing(timeline, now)
    answer: Json = {
        "id": timeline.get("id"),
        "level": "stable",
        "actions": [],
        "because": [],
        "findings": [],
        "seen_at": None,
        "last_good_at": None,
        "reassess_due": None,
        "next_check_due": None,
        "overdue": False,
        "causes": [],
    }
    if not operations(events):
        return answer
    operation = events[operations(events)[-1]]
    of_events = findings(events, side, settings)
    found = of_events + untested(events, settings, now, settled)
    rules = {finding["rule"] for finding in found}
    severe_run = current_run(events, side, settings, SEVERE)
    critical_run = current_run(events, side, settings, CRITICAL)
    answer["findings"] = found
    answer["level"] = LEVELS[level(found)]
    if level(found) == 1:
        answer["actions"] = ["recheck"]
    if level(found) == 2:
        answer["actions"] = ["review"]
    if level(found) == 3:
        assert critical_run is not None
        reasons = []
        if rules & set(SEVERE):
            assert severe_run is not None
            start = start_of(events, severe_run, settings)
            reasons = because(events, side, settings, severe_run, start, now, settled)
        if reasons:
            answer["actions"], answer["because"] = ["image_and_explore"], reasons
        else:
            if rules & {"widespread_drop", "red_flag"}:
                answer["actions"].append("urgent_imaging")
            if rules & set(SEVERE):
                answer["actions"].append("treat_and_recheck")
                answer["reassess_due"] = text(start + minutes(settings["reassess_after_minutes"]))
        seen = when(events[critical_run])
        answer["seen_at"] = text(seen)
        answer["last_good_at"] = text(last_good(events, found, critical_run))
        answer["causes"] = causes(operation, seen)
    due = check_due(events, side, settings, severe_run is not None or critical_run is not None)
    answer["next_check_due"] = text(due)
    answer["overdue"] = now > due
    return answer


def text(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()
