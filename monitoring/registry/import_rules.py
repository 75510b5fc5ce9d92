"""What the columns of one operation must say together. Pure; one rule, one function, or one line of a table.

A rule is asked only where all columns that it reads could be read. None is an empty cell: not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _

from monitoring.registry.recorded import fused_segments
from monitoring.registry.vocabulary import Deficit, Ended, Reoperation
from wards.models import Level, Stay

Facts = Mapping[str, Any]
WORST_OF_SEVERE: Final = 2
"""A drop of three grades from 5, or a fall to 0 or 1 (protocol §4, 1 and 2), leaves no more than this."""
LEVELS: Final = tuple(level.value for level in Level)
segments_between: Final = cache(fused_segments)
"""As a line that was put together here counts them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`column` is where the reason stands. `check` gives the reason where the rule is broken."""

    column: str
    reads: tuple[str, ...]
    check: Callable[[Facts, date], str | None]


def broken(facts: Facts, unread: frozenset[str], today: date) -> list[tuple[str, str]]:
    """Columns and reasons. `unread`: the columns whose cells say nothing that can be read. `today` is the ward's."""
    asked = [(rule.column, rule.check(facts, today)) for rule in RULES if unread.isdisjoint(rule.reads)]
    return [(column, reason) for column, reason in asked if reason is not None]


# --- Of the operation ------------------------------------------------------------------------------------------------


def _levels(facts: Facts, _today: date) -> str | None:
    upper, lower = facts["level_upper"], facts["level_lower"]
    if (upper is None) != (lower is None):
        return _("Give both levels, or neither.")
    if upper is not None and LEVELS.index(upper) >= LEVELS.index(lower):
        return _("The upper level is not above the lower one.")
    return None


def _segments(facts: Facts, today: date) -> str | None:
    upper, lower, segments = (facts[name] for name in ("level_upper", "level_lower", "segments"))
    if upper is None and lower is None and segments is None:
        return _("Give the segments, or both levels.")
    if segments is None or _levels(facts, today) is not None or upper is None:
        return None
    fused = segments_between(upper, lower)
    if segments == fused:
        return None
    return _("%(upper)s to %(lower)s fuse %(n)d.") % {"upper": upper, "lower": lower, "n": fused}


def _no_future(facts: Facts, today: date) -> str | None:
    return _("This lies in the future.") if facts["operated_on"] > today else None


def _day_of(column: str) -> Callable[[Facts, date], str | None]:
    def check(facts: Facts, today: date) -> str | None:
        days, passed = facts[column], (today - facts["operated_on"]).days
        if days is None or passed < 0 or int(days) <= passed:
            return None
        return _("So many days from the operation lie in the future.")

    return check


# --- What belongs together -------------------------------------------------------------------------------------------


def _without(column: str, happened: Callable[[Facts], bool], reason: Callable[[], str]) -> Callable[..., str | None]:
    def check(facts: Facts, _today: date) -> str | None:
        return reason() if facts[column] is not None and not happened(facts) else None

    return check


def _deficit(facts: Facts) -> bool:
    return bool(facts["deficit"] != Deficit.NONE)


def _again(facts: Facts) -> bool:
    return bool(facts["reoperation"] != Reoperation.NONE)


def _again_for_it(facts: Facts) -> bool:
    return bool(facts["reoperation"] == Reoperation.DEFICIT)


def _was_strong(facts: Facts, _today: date) -> str | None:
    grade = facts["grade_at_deficit"]
    if facts["deficit"] != Deficit.SEVERE or grade is None or grade <= WORST_OF_SEVERE:
        return None
    return _("A severe deficit leaves grade 2 at most.")


def _ended(facts: Facts, _today: date) -> str | None:
    if facts["ended"] == Ended.EXPLORED and not _again_for_it(facts):
        return _("An explored deficit has a re-operation for the deficit.")
    if facts["ended"] == Ended.AMELIORATED and _again_for_it(facts):
        return _("Who was operated again for the deficit was not ameliorated by conservative treatment.")
    return None


def _nothing_to_operate(facts: Facts, _today: date) -> str | None:
    return _("There was no deficit.") if _again_for_it(facts) and not _deficit(facts) else None


# --- What comes after what -------------------------------------------------------------------------------------------


def _onset_first(facts: Facts, _today: date) -> str | None:
    onset, again = facts["onset_days"], facts["reoperation_days"]
    if not _again_for_it(facts) or onset is None or again is None or onset <= again:
        return None
    return _("The re-operation for a deficit is before its onset.")


def _alive(column: str) -> Callable[[Facts, date], str | None]:
    def check(facts: Facts, _today: date) -> str | None:
        left, then = facts["departure_days"], facts[column]
        if facts["departure"] != Stay.Departure.DIED or left is None or then is None or then <= left:
            return None
        return _("The patient had died before.")

    return check


def _answered_after(facts: Facts, _today: date) -> str | None:
    alert, answer = facts["minutes_to_alert"], facts["minutes_to_acknowledged"]
    return _("This is before the alert.") if None not in (alert, answer) and answer < alert else None


def _late_among_done(facts: Facts, _today: date) -> str | None:
    done, late = facts["checks_done"], facts["checks_late"]
    if late is None or (done is not None and late <= done):
        return None
    return _("Give how many checks were done.") if done is None else _("More were late than were done.")


OF_A_DEFICIT: Final = (
    "onset_days",
    "ended",
    "grade_at_deficit",
    "minutes_to_alert",
    "minutes_to_acknowledged",
    "minutes_to_imaging",
    "minutes_to_theatre",
)
OF_ITS_OPERATION: Final = ("finding", "grade_day3", "grade_day7", "relief", "good_to_decompression_hours")
SPANS: Final = ("departure_days", "onset_days", "reoperation_days")

RULES: Final = (
    Rule("operated_on", ("ward", "operated_on"), _no_future),
    *(Rule(name, ("ward", "operated_on", name), _day_of(name)) for name in SPANS),
    Rule("level_upper", ("level_upper", "level_lower"), _levels),
    Rule("segments", ("segments", "level_upper", "level_lower"), _segments),
    Rule(
        "departure_days",
        ("departure_days", "departure"),
        _without(
            "departure_days", lambda facts: facts["departure"] is not None, lambda: _("Say how the patient left.")
        ),
    ),
    *(
        Rule(name, (name, "deficit"), _without(name, _deficit, lambda: _("There was no deficit: leave this empty.")))
        for name in OF_A_DEFICIT
    ),
    Rule("grade_at_deficit", ("grade_at_deficit", "deficit"), _was_strong),
    Rule("ended", ("ended", "reoperation"), _ended),
    Rule("reoperation", ("reoperation", "deficit"), _nothing_to_operate),
    Rule(
        "reoperation_days",
        ("reoperation_days", "reoperation"),
        _without("reoperation_days", _again, lambda: _("There was no re-operation: leave this empty.")),
    ),
    *(
        Rule(
            name,
            (name, "reoperation"),
            _without(name, _again_for_it, lambda: _("There was no re-operation for a deficit: leave this empty.")),
        )
        for name in (*OF_ITS_OPERATION, "minutes_to_theatre")
    ),
    Rule("reoperation_days", ("onset_days", "reoperation_days", "reoperation"), _onset_first),
    *(Rule(name, ("departure", "departure_days", name), _alive(name)) for name in ("onset_days", "reoperation_days")),
    Rule("minutes_to_acknowledged", ("minutes_to_alert", "minutes_to_acknowledged"), _answered_after),
    Rule("checks_late", ("checks_done", "checks_late"), _late_among_done),
)
