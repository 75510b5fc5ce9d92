"""The protocol's settings in words, each with its unit, its clause and where its default is from (docs/protocol.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from monitoring.protocol import ScheduleRow, Settings

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

DEFAULTS = Settings()
PATHWAY_WORDS = {
    "immediate": lazy("at once"),
    "after_failed_treatment": lazy("after treatment has failed"),
}


class Clause(NamedTuple):
    """A setting's name on the pages, the clause it belongs to, and whether its default is local, not the paper's."""

    label: StrPromise
    clause: str
    is_local: bool


CLAUSES = {
    "major_drop_grades": Clause(lazy("A drop is critical from"), "§4.2", False),
    "fall_pathway": Clause(lazy("A fall to grade 0 or 1 calls for imaging and exploration"), "§6 fall", False),
    "drop_pathway": Clause(lazy("A critical drop calls for imaging and exploration"), "§6 drop", False),
    "start_limit_minutes": Clause(lazy("The trial of treatment counts as begun, treated or not, after"), "§6", True),
    "reassess_after_minutes": Clause(
        lazy("Re-examined, from the beginning of the trial, after"), "§6 still_there", True
    ),
    "trial_limit_minutes": Clause(
        lazy("Without an improvement on record the trial ends after"), "§6 no_improvement", True
    ),
    "schedule": Clause(lazy("A check is due"), "§8", True),
    "raised_interval_minutes": Clause(
        lazy("While something is found, and between two better checks that end it, at most"), "§5, §8", True
    ),
    "watch_for_minutes": Clause(lazy("A small finding keeps checks that close for"), "§8", True),
    "untested_after_minutes": Clause(lazy("A muscle or flag shows as not tested after"), "§4.10", True),
}
"""In the order in which the pages show them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of a version. `lines` is its value; `default` the published one where it differs."""

    name: str
    label: str
    lines: Sequence[str]
    clause: str
    is_local: bool
    default: Sequence[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """One setting in which two versions differ."""

    label: str
    before: Sequence[str]
    after: Sequence[str]
    clause: str


def rows_of(settings: Settings) -> list[Row]:
    """All the settings of a version."""
    return [
        Row(
            name=name,
            label=str(clause.label),
            lines=value_lines(name, settings),
            clause=clause.clause,
            is_local=clause.is_local,
            default=() if _same(name, settings, DEFAULTS) else value_lines(name, DEFAULTS),
        )
        for name, clause in CLAUSES.items()
    ]


def changes_between(before: Settings, after: Settings) -> list[Changed]:
    """The settings in which they differ."""
    return [
        Changed(str(clause.label), value_lines(name, before), value_lines(name, after), clause.clause)
        for name, clause in CLAUSES.items()
        if not _same(name, before, after)
    ]


def _same(name: str, one: Settings, other: Settings) -> bool:
    return bool(getattr(one, name) == getattr(other, name))


def value_lines(name: str, settings: Settings) -> list[str]:
    """A setting's value in words; a line for each row of the schedule."""
    value = getattr(settings, name)
    if name == "schedule":
        return list(_schedule_lines(value))
    if name.endswith("_pathway"):
        return [str(PATHWAY_WORDS[value])]
    return [grades_words(value) if name == "major_drop_grades" else minutes_words(value)]


def grades_words(grades: int) -> str:
    return ngettext("%(grades)d grade", "%(grades)d grades", grades) % {"grades": grades}


def minutes_words(minutes: int) -> str:
    """30 min · 720 min (12 h)."""
    if minutes < 120 or minutes % 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(minutes)d min (%(hours)d h)") % {"minutes": minutes, "hours": minutes // 60}


def _schedule_lines(schedule: Sequence[ScheduleRow]) -> Iterator[str]:
    for until, minutes in schedule:
        said = {"until": hours_words(until), "minutes": minutes_words(minutes)}
        yield (
            _("then, until discharge: every %(minutes)s") if until is None else _("until %(until)s: every %(minutes)s")
        ) % said


def hours_words(hours: float | None) -> str:
    """Hours after the operation: 12 h · day 14, where it is whole days and more than three."""
    if hours is None:
        return ""
    if hours > 72 and hours % 24 == 0:
        return _("day %(days)d") % {"days": hours // 24}
    return _("%(hours)g h") % {"hours": hours}
