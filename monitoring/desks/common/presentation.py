"""The words and figures of every page: times in the ward's zone, levels, rules, actions, muscles. No queries here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FLAG_WORDS = {
    "saddle_anaesthesia": "saddle numbness",
    "bladder_bowel": "new bladder or bowel trouble",
}
MYOTOME_WORDS = {
    "L2": "hip up",
    "L3": "knee straight",
    "L4": "ankle up",
    "L5": "big toe up",
    "S1": "ankle down",
}
GRADE_WORDS = (
    "no contraction",
    "flicker or trace",
    "active movement, gravity eliminated",
    "active movement against gravity",
    "against gravity and some resistance",
    "normal",
)
RULE_WORDS = {
    "fall_to_0_1": ("fallen to grade 0 or 1", 1),
    "major_drop": ("a drop of {major_drop_grades} grades or more", 2),
    "widespread_drop": ("drops of 2 or more on both sides, or in three muscles", 3),
    "red_flag": ("a new red flag", 4),
    "moderate_drop": ("a drop of 2 grades, or from 1 to 0", 5),
    "multiple_drops": ("two or more muscles weaker", 6),
    "contralateral_drop": ("weaker on the side that had no symptoms before surgery", 7),
    "minor_drop": ("a drop of 1 grade", 8),
    "persistent_deficit": ("still 2 or more below its best", 9),
    "untested": ("not tested for too long", 10),
}
REASON_WORDS = {
    "fall": "a muscle has fallen to grade 0 or 1",
    "drop": "a muscle has dropped by 3 grades or more",
    "still_there": "the deficit was still there when re-examined after treatment",
    "worse": "it has become worse",
    "no_improvement": "no recorded improvement by the end of the trial of treatment",
}
CAUSE_WORDS = {
    "epidural_haematoma": "epidural haematoma",
    "insufficient_decompression": "insufficient decompression",
    "fixation": "fixation (screw or cage)",
    "root_oedema": "root oedema",
}
CAUSE_SOURCE = "30 patients, one centre"
NOT_YET_ASSESSED = "not yet assessed"


def instant(value: datetime | str | None) -> datetime | None:
    """A stored instant: a datetime as it is, ISO 8601 text (out of an assessment) parsed, None where there is none."""
    return parse_datetime(value) if isinstance(value, str) else value


def day_words(day: date) -> str:
    """As on a wristband: 07-Mar-1963. The month is a word, so that day and month cannot be mistaken."""
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year:04d}"


def clock_words(at: datetime, *, now: datetime, zone: ZoneInfo, seconds: bool = False) -> str:
    """A time in the ward's zone, as short as is unmistakable: 03:14 · yesterday 22:10 · 07-Mar 03:14."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    away = (here.date() - today).days
    if away == 0:
        return time
    if away in (-1, 1):
        return f"{'yesterday' if away < 0 else 'tomorrow'} {time}"
    day = day_words(here.date())
    return f"{day if here.year != today.year else day[:6]} {time}"


def span_words(span: timedelta) -> str:
    """A length of time for reading at a glance: 40 min · 4 h 14 · 3 d 2 h. Whole minutes, never negative."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02d}"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


def since_surgery(ended_at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Hours on the day of the operation (protocol §8 counts them), then the days after it by the ward's calendar."""
    days = (now.astimezone(zone).date() - ended_at.astimezone(zone).date()).days
    return f"day {days}" if days >= 1 else f"{max(0, int((now - ended_at).total_seconds() // 3600))} h"


def age_on(day: date, *, born: date) -> int:
    """Completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def change_words(muscle: Mapping[str, Any]) -> str:
    """One muscle of a finding, reference → latest: "L4 left 5 → 2". An assumed reference says so."""
    assumed = " (assumed)" if muscle.get("assumed") else ""
    return f"{muscle['muscle']} {muscle['reference']}{assumed} → {muscle['latest']}"


def findings_of(assessment: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    return list(assessment["findings"]) if assessment else []


def fallen_muscles(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every muscle below its reference, once, the worst first: the lowest grade, then the longest fall."""
    fallen = {
        muscle["muscle"]: muscle
        for finding in findings
        for muscle in finding.get("muscles", [])
        if isinstance(muscle, dict) and muscle["drop"] > 0
    }
    return sorted(fallen.values(), key=worst_first)


def worst_first(muscle: Mapping[str, Any]) -> tuple[bool, int, int]:
    """Sorts muscles: those at 0 or 1 before all others, then by the longest fall, then by the lowest grade."""
    return muscle["latest"] > 1, -muscle["drop"], muscle["latest"]


def flags_of(findings: list[dict[str, Any]]) -> list[str]:
    """The red flags that hold, in words."""
    return [FLAG_WORDS[flag] for f in findings if f["rule"] == "red_flag" for flag in f.get("flags", [])]


def rule_words(rule: str, settings: Mapping[str, Any] | None = None) -> str:
    """A rule quoted with its place: "a drop of 3 grades or more (protocol §4.2)"."""
    words, number = RULE_WORDS[rule]
    drop = (settings or {}).get("major_drop_grades", 3)
    return f"{words.format(major_drop_grades=drop)} (protocol §4.{number})"


def reason_words(reasons: list[str]) -> str:
    return "; ".join(REASON_WORDS[reason] for reason in reasons)


def action_words(action: str, *, by: str = "") -> str:
    """What to do, as an order (protocol §6). `by`: the time until when, in words."""
    if action == "treat_and_recheck":
        return "Tell the surgeon, start conservative treatment, re-examine" + (
            f" by {by}" if by else " within the hour"
        )
    return {
        "image_and_explore": "Image now and explore",
        "urgent_imaging": "Urgent imaging",
        "review": "A doctor must see the patient",
        "recheck": "Check again",
    }[action]


def short_action_words(action: str) -> str:
    """What to do, in a word or two, for a timeline."""
    return {
        "image_and_explore": "image and explore",
        "urgent_imaging": "urgent imaging",
        "treat_and_recheck": "treat and re-examine",
        "review": "review by a doctor",
        "recheck": "check again",
    }[action]


def not_watched(assessment: Mapping[str, Any] | None) -> str | None:
    """Why a patient is not watched (protocol §10), or None. Not yet assessed is said apart: it passes by itself."""
    if assessment is None:
        return None
    if not assessment.get("has_operation"):
        return "no operation recorded"
    return None if assessment.get("has_baseline") else "no baseline recorded"
