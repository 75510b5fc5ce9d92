"""Drains in a sentence each: what one gave, whether it may come out by the ward's rule, whether it has stopped.

No queries here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from monitoring.alerts.models import Alert
from monitoring.desks.common import presentation as say
from monitoring.pathway.drains import READ_WITHIN, Drain, RemovalRule
from monitoring.pathway.models import DrainEntry

Stage = DrainEntry.Stage


@dataclass(frozen=True, slots=True)
class Clock:
    """How times are said: at `now`, in the ward's zone."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def said(self, at: datetime) -> str:
        return say.clock_words(at, now=self.now, zone=self.zone)


def drain_name(label: str) -> str:
    """What a drain is called in a sentence: one that is labelled "1" is "Drain 1"."""
    if label.casefold().startswith(pgettext("how a label begins", "drain").casefold()):
        return label
    return _("Drain %(label)s") % {"label": label}


def suction_words(placed: DrainEntry) -> str:
    return _("on suction") if placed.suction else _("not on suction")


def whole_ml(volume: float, rule: RemovalRule | None = None) -> int:
    """Whole ml, to the nearest; but what is under the rule's limit is never shown as the limit."""
    nearest = round(volume)
    return math.floor(volume) if rule is not None and volume < rule.limit_ml <= nearest else nearest


def rule_words(rule: RemovalRule) -> str:
    """The ward's rule of removal, as the paper puts it (protocol §11)."""
    words = ngettext(
        "under %(limit)d ml a day on %(days)d day",
        "under %(limit)d ml a day on %(days)d consecutive days",
        rule.days,
    )
    return words % {"limit": rule.limit_ml, "days": rule.days}


def line_words(entry: DrainEntry) -> str:
    """One line, the drain's name left out."""
    if entry.stage == Stage.READ:
        return _("%(ml)d ml") % {"ml": entry.volume_ml}
    if entry.stage == Stage.PLACED:
        return _("placed, %(suction)s") % {"suction": suction_words(entry)}
    return pgettext("of a drain", "removed")


def named_line_words(entry: DrainEntry, label: str) -> str:
    """One line with the name of its drain."""
    return _("%(drain)s: %(what)s") % {"drain": drain_name(label), "what": line_words(entry)}


def given_words(drain: Drain, rule: RemovalRule | None = None) -> str:
    """As "120 ml in 24 h", or over the time since it was placed if that is less; empty where nobody read it."""
    last = drain.last_read_at
    if last is None:
        return ""
    day = drain.last_24_h()
    if day is not None:
        return _("%(ml)d ml in 24 h") % {"ml": whole_ml(day, rule)}
    span = say.span_words(last - drain.placed.happened_at)
    return _("%(ml)d ml in %(span)s") % {"ml": drain.total_ml, "span": span}


def summary_words(drains: Iterable[Drain], clock: Clock, rule: RemovalRule | None = None) -> list[str]:
    """A line a drain that lies; else one that says that there is none. With a `rule`, whether it may come out."""
    drains = list(drains)
    lying = [drain for drain in drains if drain.removed is None]
    if lying:
        return [_summary(drain, clock, rule) for drain in lying]
    removed = [drain.removed.happened_at for drain in drains if drain.removed is not None]
    if not removed:
        return [_("no drain recorded")]
    return [_("no drain in place; the last was removed %(at)s") % {"at": clock.said(max(removed))}]


def _summary(drain: Drain, clock: Clock, rule: RemovalRule | None) -> str:
    named = {"drain": drain_name(drain.label), "suction": suction_words(drain.placed)}
    last = drain.last_read_at
    if last is None:
        at = clock.said(drain.placed.happened_at)
        return _("%(drain)s: %(suction)s, placed %(at)s, not read yet") % {**named, "at": at}
    words = _("%(drain)s: %(given)s, %(suction)s, read %(at)s")
    if clock.now - last > READ_WITHIN:
        words = _("%(drain)s: %(given)s, %(suction)s, NOT READ since %(at)s")
    said = words % {**named, "given": given_words(drain, rule), "at": clock.said(last)}
    if rule is None or not drain.is_ready(rule, clock.now):
        return said
    return _("%(drain)s; ready for removal by the rule") % {"drain": said}


def stopped_words(drain: Drain, clock: Clock) -> str:
    """That a drain stopped suddenly, and what looks like this; empty where it did not."""
    stopped = drain.stopped()
    if stopped is None:
        return ""
    words = _(
        "%(drain)s gave %(ml)d ml from %(since)s to %(until)s, %(rate)d ml an hour before. "
        "A blocked drain and a haematoma look like this."
    )
    return words % {
        "drain": drain_name(drain.label),
        "ml": stopped.volume_ml,
        "since": clock.said(stopped.since),
        "until": clock.said(stopped.until),
        "rate": round(stopped.rate_before),
    }


def drain_notes(drains: Iterable[Drain], alert: Alert, assessment: Mapping[str, Any] | None, clock: Clock) -> list[str]:
    """What an open alert says of drains that stopped while a muscle is below its reference: information, no finding."""
    if alert.closed_at is not None or not (has_drop(assessment) or _tells_of_a_drop(alert)):
        return []
    return [words for drain in drains if (words := stopped_words(drain, clock))]


def has_drop(assessment: Mapping[str, Any] | None) -> bool:
    """Whether any muscle is below its reference now, by however little."""
    held: Mapping[str, Any] = (assessment or {}).get("references") or {}
    latest: Mapping[str, int] = (assessment or {}).get("latest") or {}
    return any(muscle in held and grade < held[muscle]["reference"] for muscle, grade in latest.items())


def _tells_of_a_drop(alert: Alert) -> bool:
    """Whether a muscle fell by what the alert tells and no correction took away."""
    gone = alert.superseded.get("muscles", [])
    return any(found["drop"] > 0 for name, found in alert.muscles.items() if name not in gone)
