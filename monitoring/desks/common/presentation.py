"""The words and figures of every page: times in the ward's zone, levels, rules, actions, muscles. No queries here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext, pgettext_lazy

from wards import times

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Said(Mapping[str, str]):
    """Words by their code, each in the language of the moment it is looked up."""

    def __init__(self, words: Mapping[str, StrPromise]) -> None:
        self._words = words

    def __getitem__(self, code: str) -> str:
        return str(self._words[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


LEVEL_WORDS = Said(
    {
        "critical": lazy("critical"),
        "concern": lazy("concern"),
        "watch": pgettext_lazy("level", "watch"),
        "stable": lazy("stable"),
    }
)
FLAG_WORDS = Said(
    {
        "saddle_anaesthesia": lazy("saddle numbness"),
        "bladder_bowel": lazy("new bladder or bowel trouble"),
    }
)
MYOTOME_WORDS = Said(
    {
        "L2": lazy("hip up"),
        "L3": lazy("knee straight"),
        "L4": lazy("ankle up"),
        "L5": lazy("big toe up"),
        "S1": lazy("ankle down"),
    }
)
GRADE_WORDS = (
    lazy("no contraction"),
    lazy("flicker or trace"),
    lazy("active movement, gravity eliminated"),
    lazy("active movement against gravity"),
    lazy("against gravity and some resistance"),
    pgettext_lazy("grade 5", "normal"),
)
RULE_WORDS = {
    "fall_to_0_1": (lazy("fallen to grade 0 or 1"), 1),
    "major_drop": (lazy("a drop of {major_drop_grades} grades or more"), 2),
    "widespread_drop": (lazy("drops of 2 or more on both sides, or in three muscles"), 3),
    "red_flag": (lazy("a new red flag"), 4),
    "moderate_drop": (lazy("a drop of 2 grades, or from 1 to 0"), 5),
    "multiple_drops": (lazy("two or more muscles weaker"), 6),
    "contralateral_drop": (lazy("weaker on the side that had no symptoms before surgery"), 7),
    "minor_drop": (lazy("a drop of 1 grade"), 8),
    "persistent_deficit": (lazy("still 2 or more below its best"), 9),
    "untested": (lazy("not tested for too long"), 10),
}
REASON_WORDS = Said(
    {
        "fall": lazy("a muscle has fallen to grade 0 or 1"),
        "drop": lazy("a muscle has dropped by 3 grades or more"),
        "still_there": lazy("the deficit was still there when re-examined after treatment"),
        "worse": lazy("it has become worse"),
        "no_improvement": lazy("no recorded improvement by the end of the trial of treatment"),
    }
)
CAUSE_WORDS = Said(
    {
        "epidural_haematoma": lazy("epidural haematoma"),
        "insufficient_decompression": lazy("insufficient decompression"),
        "fixation": lazy("fixation (screw or cage)"),
        "root_oedema": lazy("root oedema"),
    }
)
CAUSE_SOURCE = lazy("30 patients, one centre")
day_words, short_day_words = times.day_words, times.short_day_words
NOT_YET_ASSESSED = lazy("not yet assessed")


def instant(value: datetime | str | None) -> datetime | None:
    """A stored instant: a datetime as it is, ISO 8601 text (out of an assessment) parsed, None where there is none."""
    return parse_datetime(value) if isinstance(value, str) else value


def clock_words(at: datetime, *, now: datetime, zone: ZoneInfo, seconds: bool = False) -> str:
    """A time in the ward's zone, as short as is unmistakable: 03:14 · yesterday 22:10 · 07-Mar 03:14."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    away = (here.date() - today).days
    if away == 0:
        return time
    if away == -1:
        return _("yesterday %(time)s") % {"time": time}
    if away == 1:
        return _("tomorrow %(time)s") % {"time": time}
    day = short_day_words(here.date()) if here.year == today.year else day_words(here.date())
    return f"{day} {time}"


def span_words(span: timedelta) -> str:
    """A length of time for reading at a glance: 40 min · 4 h 14 · 3 d 2 h. Whole minutes, never negative."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": minutes}
    days, hours = divmod(hours, 24)
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}


def ago_words(span: timedelta) -> str:
    """How long ago: 40 min ago."""
    return _("%(span)s ago") % {"span": span_words(span)}


def due_words(left: timedelta) -> str:
    """How long until something is due, loud once that has passed: in 18 min · overdue 11 min."""
    if left < timedelta():
        return _("overdue %(span)s") % {"span": span_words(-left)}
    return _("in %(span)s") % {"span": span_words(left)}


def since_surgery(ended_at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Hours on the day of the operation (protocol §8 counts them), then the days after it by the ward's calendar."""
    days = (now.astimezone(zone).date() - ended_at.astimezone(zone).date()).days
    if days >= 1:
        return pgettext("after surgery", "day %(days)d") % {"days": days}
    return pgettext("after surgery", "%(hours)d h") % {"hours": max(0, int((now - ended_at).total_seconds() // 3600))}


def level_words(level: str) -> str:
    """A level of the protocol in words."""
    return LEVEL_WORDS[level]


def muscle_words(muscle: str) -> str:
    """A muscle as the protocol names it, "L4 left", in the language of the page: L4 left, L4 左. The patient's left."""
    myotome, side = muscle.split()
    return (_("%(myotome)s left") if side == "left" else _("%(myotome)s right")) % {"myotome": myotome}


def change_words(muscle: Mapping[str, Any]) -> str:
    """One muscle of a finding, reference → latest: "L4 left 5 → 2". An assumed reference says so.

    One that has not fallen since the operation, as a persistent deficit's, is told by its grade alone.
    """
    said = {"muscle": muscle_words(muscle["muscle"]), "reference": muscle["reference"], "latest": muscle["latest"]}
    if muscle["reference"] == muscle["latest"]:
        return _("%(muscle)s at %(latest)s") % said
    if muscle.get("assumed"):
        return _("%(muscle)s %(reference)s (assumed) → %(latest)s") % said
    return _("%(muscle)s %(reference)s → %(latest)s") % said


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
    said = str(words).format(major_drop_grades=drop)
    return _("%(rule)s (protocol §4.%(number)d)") % {"rule": said, "number": number}


def reason_words(reasons: list[str]) -> str:
    return pgettext("between reasons", "; ").join(REASON_WORDS[reason] for reason in reasons)


def action_words(action: str, *, by: str = "") -> str:
    """What to do, as an order (protocol §6). `by`: the time until when, in words."""
    if action == "treat_and_recheck":
        if by:
            return _("Tell the surgeon, start conservative treatment, re-examine by %(time)s") % {"time": by}
        return _("Tell the surgeon, start conservative treatment, re-examine within the hour")
    return {
        "image_and_explore": _("Image now and explore"),
        "urgent_imaging": _("Urgent imaging"),
        "review": _("A doctor must see the patient"),
        "recheck": _("Check again"),
    }[action]


def short_action_words(action: str) -> str:
    """What to do, in a word or two, for a timeline."""
    return {
        "image_and_explore": _("image and explore"),
        "urgent_imaging": _("urgent imaging"),
        "treat_and_recheck": _("treat and re-examine"),
        "review": _("review by a doctor"),
        "recheck": _("check again"),
    }[action]


def not_watched(assessment: Mapping[str, Any] | None) -> str | None:
    """Why a patient is not watched (protocol §10), or None. Not yet assessed is said apart: it passes by itself."""
    if assessment is None:
        return None
    if not assessment.get("has_operation"):
        return _("no operation recorded")
    return None if assessment.get("has_baseline") else _("no baseline recorded")
