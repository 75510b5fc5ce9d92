"""The lines of an alert's timeline in words: what it says, and who did what. No queries here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.desks.common import presentation as say
from monitoring.escalation.limits import LIMIT_WORDS
from wards.models import Staff

Kind = AlertEvent.Kind
REPEATED = frozenset({Kind.CALLED, Kind.NOBODY})


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of a line need beside the line: the people it names by id, and the ward's clock at `now`."""

    names: Mapping[int, Staff]
    now: datetime
    zone: ZoneInfo

    def clock(self, at: str | datetime | None) -> str:
        moment = say.instant(at)
        return "" if moment is None else say.clock_words(moment, now=self.now, zone=self.zone)


@dataclass(frozen=True)
class Line:
    """One line of an alert's timeline. What the ladder repeats stands once: how often, and when last."""

    at: datetime
    words: str
    times: int = 1
    last_at: datetime | None = None


def timeline(events: Iterable[AlertEvent], reading: Reading) -> list[Line]:
    """The lines of an alert's timeline in order. A surgeon who does not answer is called every five minutes: between
    two lines of another kind each call is one line, however often it was repeated.
    """
    lines: list[Line] = []
    for repeats, group in groupby(events, lambda event: event.kind in REPEATED):
        said = [Line(event.at, event_words(event, reading)) for event in group]
        lines += _together(said) if repeats else said
    return lines


def _together(lines: Iterable[Line]) -> Iterable[Line]:
    same: dict[str, Line] = {}
    for line in lines:
        first = same.setdefault(line.words, line)
        if first is not line:
            same[line.words] = replace(first, times=first.times + 1, last_at=line.at)
    return same.values()


def people_mentioned(alerts: Iterable[Alert]) -> set[int]:
    """The ids of those whom the alerts' timelines tell of: who corrected, and who hands over to whom."""
    told = [event.data for alert in alerts for event in alert.events.all()]
    correcting = {change["by"] for data in told for change in data.get("changes", [])}
    return correcting | {data[name] for data in told for name in ("from", "to") if name in data}


def evidence_words(said: Mapping[str, Any]) -> str:
    """What an event adds, or a correction takes away: "critical; L4 left; Image now and explore"."""
    parts = [
        said.get("level", ""),
        ", ".join(say.FLAG_WORDS[flag] for flag in said.get("flags", [])),
        ", ".join(said.get("muscles", [])),
        ", ".join(f"{muscle} weaker" for muscle in said.get("deeper", [])),
        ", ".join(say.short_action_words(action) for action in said.get("actions", [])),
        say.reason_words(said.get("because", [])),
    ]
    return "; ".join(part for part in parts if part)


def change_of_history(change: Mapping[str, Any], names: Mapping[int, Staff]) -> str:
    """ "check corrected by H. Svensson (wrong side)"."""
    why = f" ({change['why']})" if change.get("why") else ""
    return f"{change['what']} by {names.get(change['by'], 'somebody')}{why}"


def event_words(event: AlertEvent, reading: Reading) -> str:
    """One line of the timeline in a sentence's parts, with who did it."""
    special = WORDS.get(Kind(event.kind))
    words = special(event, reading) if special else ""
    if words:
        return words
    if event.by is not None:
        return f"{event.get_kind_display()} by {event.by}"
    more = evidence_words(event.data)
    return f"{event.get_kind_display()}: {more}" if more else event.get_kind_display()


def _moved(event: AlertEvent, _reading: Reading) -> str:
    now = event.data.get("level_now")
    return f"{event.get_kind_display()}: {now} now" if now else ""


def _superseded(event: AlertEvent, reading: Reading) -> str:
    gone = evidence_words(event.data.get("no_longer", {}))
    return f"{_changes(event, reading)}: " + (f"no longer holds: {gone}" if gone else "all of it holds")


def _changes(event: AlertEvent, reading: Reading) -> str:
    changes = [change_of_history(change, reading.names) for change in event.data.get("changes", [])]
    return "; ".join(changes) or "history changed"


def _closed(event: AlertEvent, _reading: Reading) -> str:
    return f"closed by {event.by or 'the software'}: {Alert.Outcome(event.data['outcome']).label}"


def _milestone(event: AlertEvent, reading: Reading) -> str:
    done, at = Milestone.Kind(event.data["kind"]).label, reading.clock(event.data.get("at"))
    return f"{done}{f' at {at}' if at else ''}, recorded by {event.by}{_note(event)}"


def _decided(event: AlertEvent, _reading: Reading) -> str:
    return f"decided to {Alert.Decision(event.data['decision']).label} by {event.by}: {event.data['reason']}"


def _offered(event: AlertEvent, reading: Reading) -> str:
    return f"offered to {_named(event, 'to', reading)} by {event.by}{_note(event)}"


def _declined(event: AlertEvent, reading: Reading) -> str:
    if event.data.get("withdrawn"):
        return f"offer to {_named(event, 'to', reading)} withdrawn by {event.by}"
    return f"offer of {_named(event, 'from', reading)} declined by {event.by}"


def _handed_over(event: AlertEvent, reading: Reading) -> str:
    return f"handed over by {_named(event, 'from', reading)} to {event.by}"


def _named(event: AlertEvent, name: str, reading: Reading) -> str:
    return str(reading.names.get(event.data[name], "somebody"))


def _note(event: AlertEvent) -> str:
    return f": {event.data['note']}" if event.data.get("note") else ""


def _paused(event: AlertEvent, reading: Reading) -> str:
    return f"surgical paging paused: {_changes(event, reading)}; all that was critical is gone"


def _resumed(event: AlertEvent, _reading: Reading) -> str:
    return f"surgical paging resumed: {event.data['why']}"


def _called(event: AlertEvent, _reading: Reading) -> str:
    return f"called {event.data['whom']}: {_people(event)}"


def _nobody(event: AlertEvent, _reading: Reading) -> str:
    return f"FAULT: {event.data['whom']}: {event.data['why']}; the next is called at once"


def _retargeted(event: AlertEvent, _reading: Reading) -> str:
    return f"{event.data['whom']} now: {_people(event)}"


def _people(event: AlertEvent) -> str:
    return ", ".join(event.data["people"]) or "nobody"


def _lapsed(event: AlertEvent, _reading: Reading) -> str:
    return f"{LIMIT_WORDS[event.data['limit']]}: the ladder goes on"


WORDS: dict[Kind, Callable[[AlertEvent, Reading], str]] = {
    Kind.ROSE: _moved,
    Kind.FELL: _moved,
    Kind.SUPERSEDED: _superseded,
    Kind.CLOSED: _closed,
    Kind.MILESTONE: _milestone,
    Kind.DECIDED: _decided,
    Kind.HAND_OVER_OFFERED: _offered,
    Kind.HAND_OVER_DECLINED: _declined,
    Kind.HANDED_OVER: _handed_over,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.CALLED: _called,
    Kind.NOBODY: _nobody,
    Kind.RETARGETED: _retargeted,
    Kind.LAPSED: _lapsed,
}
