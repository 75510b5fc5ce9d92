"""How an alert was closed, and opened again, in words: on its timeline and where it stands. No queries here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.desks.common.reading import Reading, listed

Kind = AlertEvent.Kind
MANY_CHECKS = 4  # more are counted, not listed


@dataclass(frozen=True, slots=True)
class Shown:
    """A check that shows an outcome: the way to its result, and its time in words."""

    public_id: str
    time: str


@dataclass(frozen=True, slots=True)
class Closing:
    """How an alert was closed, as it stands: "ameliorated by conservative treatment", and the checks that show it."""

    outcome: str
    checks: list[Shown]


def closing(alert: Alert, reading: Reading) -> Closing | None:
    """Of a closed alert."""
    event = _last(alert, Kind.CLOSED)
    if alert.closed_at is None or event is None:
        return None
    shown = zip(event.data.get("shown_by", []), event.data.get("shown_at", []), strict=True)
    return Closing(str(alert.get_outcome_display()), [Shown(check, reading.clock(at)) for check, at in shown])


def closed_words(event: AlertEvent, reading: Reading) -> str:
    said = {"who": event.by or _("the software"), "outcome": Alert.Outcome(event.data["outcome"]).label}
    words = _("closed by %(who)s: %(outcome)s") % said
    shown = _shown_words(event, reading)
    return _("%(closed)s, %(shown)s") % {"closed": words, "shown": shown} if shown else words


def _shown_words(event: AlertEvent, reading: Reading) -> str:
    """ "shown by the checks of 03:10 and 04:20"; empty where no check had to show the outcome."""
    times = [reading.clock(at) for at in event.data.get("shown_at", [])]
    if not times:
        return ""
    if len(times) > MANY_CHECKS:
        return _("shown by %(count)s checks, the last at %(time)s") % {"count": len(times), "time": times[-1]}
    if len(times) == 1:
        return _("shown by the check of %(time)s") % {"time": times[0]}
    return _("shown by the checks of %(times)s and %(time)s") % {"times": listed(times[:-1]), "time": times[-1]}


def reopened_words(event: AlertEvent, reading: Reading) -> str:
    """ "re-opened by S. Adler: weak again; was closed 03:14 as other (moved to the ICU) by I. Roth"."""
    said = {
        "who": event.by,
        "why": event.data["reason"].rstrip(" ."),
        "time": reading.clock(event.data["closed_at"]),
        "outcome": _outcome(event.data),
        "whose": reading.name(event.data["closed_by"]),
    }
    return _("re-opened by %(who)s: %(why)s; was closed %(time)s as %(outcome)s by %(whose)s") % said


def _outcome(data: Mapping[str, Any]) -> str:
    said = {"outcome": Alert.Outcome(data["outcome"]).label, "text": data["text"]}
    return _("%(outcome)s (%(text)s)") % said if data["text"] else str(said["outcome"])


def reopening(alert: Alert, reading: Reading) -> str:
    """Of an open alert that a person has re-opened: who, why, and how it had been closed."""
    event = _last(alert, Kind.REOPENED)
    return reopened_words(event, reading) if event is not None and alert.closed_at is None else ""


def taken_away_since_closing(alert: Alert) -> Mapping[str, Any]:
    """Of a closed alert, what no longer holds by corrections that were made after its closing."""
    closed, marked = _last(alert, Kind.CLOSED), _last(alert, Kind.SUPERSEDED)
    if alert.closed_at is None or closed is None or marked is None or marked.pk < closed.pk:
        return {}
    taken: Mapping[str, Any] = alert.superseded
    return taken


def _last(alert: Alert, kind: AlertEvent.Kind) -> AlertEvent | None:
    return next((event for event in reversed(alert.events.all()) if event.kind == kind), None)
