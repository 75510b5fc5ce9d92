"""The page of a patient's drains: each drain with its days against the ward's rule, and its lines. No queries here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.checks.queries import Struck, struck
from monitoring.desks.common import presentation as say
from monitoring.desks.common.drain_words import (
    Clock,
    drain_name,
    given_words,
    line_words,
    named_line_words,
    rule_words,
    stopped_words,
    suction_words,
    whole_ml,
)
from monitoring.pathway.drains import DAY, READ_WITHIN, Drain, RemovalRule, drains_of
from monitoring.pathway.models import DrainEntry

FULL_BAR = 3  # a bar as wide as this many times the limit is full


@dataclass(frozen=True, slots=True)
class Day:
    """One of the last days, counted back from the last reading. `bar` is 0–100, `over` whether it breaks the rule."""

    words: str
    ml: int
    bar: int
    over: bool


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of a drain. `hourly`: ml an hour since the reading before, of a reading that stands."""

    entry: DrainEntry
    words: str
    hourly: str
    struck: Struck | None


@dataclass(frozen=True)
class DrainShown:
    """One drain with all its lines, newest first, those that no longer count in place."""

    drain: Drain
    entries: Sequence[DrainEntry]
    rule: RemovalRule
    clock: Clock

    @property
    def name(self) -> str:
        return drain_name(self.drain.label)

    @property
    def suction(self) -> str:
        return suction_words(self.drain.placed)

    @property
    def is_ready(self) -> bool:
        return self.drain.is_ready(self.rule, self.clock.now)

    @property
    def rule_words(self) -> str:
        return rule_words(self.rule)

    @property
    def stopped(self) -> str:
        return stopped_words(self.drain, self.clock)

    @property
    def last_24_h(self) -> str:
        """What it gave in the 24 h before its last reading, or since it was placed; empty where nobody read it."""
        return given_words(self.drain, self.rule)

    @cached_property
    def why_not(self) -> list[str]:
        """Why it is not ready by the rule; empty where it is, and once it was removed."""
        if self.is_ready or self.drain.removed is not None:
            return []
        return list(_why_not(self.drain, self.rule, self.clock))

    @cached_property
    def days(self) -> list[Day]:
        """The last days of the rule that readings cover, the latest first."""
        return [
            Day(
                words=_("until %(at)s") % {"at": self.clock.said(until)},
                ml=whole_ml(volume, self.rule),
                bar=min(100, round(100 * volume / (FULL_BAR * self.rule.limit_ml))),
                over=volume >= self.rule.limit_ml,
            )
            for until, volume in _days(self.drain, self.rule)
        ]

    @property
    def days_words(self) -> str:
        """As "38 ml · 22 ml · not yet 3 days"; empty where nobody read it."""
        if self.drain.last_read_at is None:
            return ""
        said = [_("%(ml)d ml") % {"ml": day.ml} for day in self.days]
        if len(said) < self.rule.days:
            said.append(_not_yet(self.rule))
        return " · ".join(said)

    @cached_property
    def lines(self) -> list[LineShown]:
        hourly = _hourly(self.drain)
        return [
            LineShown(entry, line_words(entry), hourly.get(entry.pk, ""), struck(entry))
            for entry in sorted(self.entries, key=_newest_first)
        ]


def shown_drains(entries: Sequence[DrainEntry], rule: RemovalRule, clock: Clock) -> list[DrainShown]:
    """The drains that stand, those that lie first, with all lines that were ever written about them."""
    drains = drains_of(entry for entry in entries if entry.is_standing)
    shown = [
        DrainShown(drain, [entry for entry in entries if entry.drain == drain.id], rule, clock) for drain in drains
    ]
    return sorted(shown, key=lambda one: one.drain.removed is not None)  # stable: as they were placed


def taken_back(entries: Sequence[DrainEntry]) -> list[LineShown]:
    """The lines of drains of which nothing stands any more, newest first."""
    standing = {entry.drain for entry in entries if entry.is_standing}
    gone = [entry for entry in entries if entry.drain not in standing]
    return [LineShown(entry, _named_line(entry), "", struck(entry)) for entry in sorted(gone, key=_newest_first)]


def _newest_first(entry: DrainEntry) -> tuple[float, int, int]:
    return -entry.happened_at.timestamp(), -entry.place, -entry.pk


def _named_line(entry: DrainEntry) -> str:
    return named_line_words(entry, entry.label) if entry.label else line_words(entry)


def _hourly(drain: Drain) -> dict[int, str]:
    """By a reading's id, ml an hour since the reading before or since the drain was placed."""
    timed = [
        (entry.pk, ml, (end - start) / timedelta(hours=1))
        for entry, (start, end, ml) in zip(drain.readings, drain.spans, strict=True)
    ]
    return {pk: _("%(rate).1f ml/h") % {"rate": ml / hours} for pk, ml, hours in timed if hours > 0}


def _days(drain: Drain, rule: RemovalRule) -> list[tuple[datetime, float]]:
    """The last days of the rule that readings cover, each with its end, the latest first."""
    last = drain.last_read_at
    if last is None:
        return []
    volumes = enumerate(drain.by_day(rule.days))
    return [(last - number * DAY, volume) for number, volume in volumes if volume is not None]


def _not_yet(rule: RemovalRule) -> str:
    return ngettext("not yet %(days)d day", "not yet %(days)d days", rule.days) % {"days": rule.days}


def _why_not(drain: Drain, rule: RemovalRule, clock: Clock) -> Iterator[str]:
    last = drain.last_read_at
    if last is None:
        yield _("nobody has read it yet")
        return
    if clock.now - last > READ_WITHIN:
        yield _("last read %(ago)s") % {"ago": say.ago_words(clock.now - last)}
    days = _days(drain, rule)
    for until, volume in days:
        if volume >= rule.limit_ml:
            yield _("%(ml)d ml in the 24 h until %(at)s") % {"ml": whole_ml(volume, rule), "at": clock.said(until)}
    if len(days) < rule.days:
        span = say.span_words(last - drain.placed.happened_at)
        yield _("its readings cover %(span)s: %(not_yet)s") % {"span": span, "not_yet": _not_yet(rule)}
