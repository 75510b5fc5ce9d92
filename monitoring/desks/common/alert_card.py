"""An alert as people read it: what fell, the rule, what to do, since when, who did what. No queries here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.desks.common import presentation as say
from monitoring.desks.common.onset_clock import OnsetClock
from monitoring.desks.common.queries import Surgery
from wards.models import Staff, Stay
from wards.times import zone_of


@dataclass(frozen=True)
class Line:
    """One line of the alert's timeline."""

    at: datetime
    words: str


@dataclass(frozen=True)
class AlertCard:
    """An alert at `now`. `names` are the people its timeline mentions by id."""

    alert: Alert
    surgery: Surgery
    now: datetime
    names: Mapping[int, Staff]
    may_acknowledge: bool = False
    may_close: bool = False

    @property
    def stay(self) -> Stay:
        return self.alert.stay

    @property
    def is_overdue(self) -> bool:
        return self.alert.kind == Alert.Kind.OVERDUE

    @property
    def assessment(self) -> Mapping[str, Any]:
        return self.stay.watch.assessment or {}

    @cached_property
    def muscles(self) -> list[dict[str, Any]]:
        """The deepest fall of each muscle since the alert began, the worst first; `struck` once corrected away."""
        struck = set(self.alert.superseded.get("muscles", []))
        named = [{"muscle": name, "struck": name in struck} | found for name, found in self.alert.muscles.items()]
        return sorted(named, key=lambda muscle: (muscle["struck"], *say.worst_first(muscle)))

    @property
    def flags(self) -> list[dict[str, Any]]:
        struck = set(self.alert.superseded.get("flags", []))
        return [{"words": say.FLAG_WORDS[flag], "struck": flag in struck} for flag in self.alert.flags]

    @property
    def headline(self) -> str:
        """In one line, for those who hear the page instead of seeing it."""
        if self.is_overdue:
            return "check overdue"
        said = [say.change_words(muscle) for muscle in self.muscles] + [flag["words"] for flag in self.flags]
        return ", ".join(said)

    @property
    def actions(self) -> list[str]:
        if self.is_overdue:
            return ["Do the check now"]
        due = say.instant(self.assessment.get("reassess_due"))
        by = say.clock_words(due, now=self.now, zone=zone_of(self.stay.ward)) if due else ""
        return [say.action_words(action, by=by) for action in self.alert.actions]

    @property
    def rules(self) -> list[str]:
        return [say.rule_words(rule, self.alert.protocol_settings) for rule in self.alert.rules]

    @property
    def reasons(self) -> list[str]:
        return [say.REASON_WORDS[reason] for reason in self.alert.because]

    @property
    def superseded(self) -> str:
        """What a correction has taken away; the alert keeps it, marked."""
        return evidence_words(self.alert.superseded)

    @cached_property
    def onset(self) -> OnsetClock | None:
        """Between when and when it began (protocol §7); None unless it is critical now."""
        seen_at, last_good_at = self.alert.seen_at, self.alert.last_good_at
        if seen_at is None or last_good_at is None:
            return None
        return OnsetClock(last_good_at, seen_at, self.now)

    @property
    def causes(self) -> list[tuple[str, int]]:
        return [(say.CAUSE_WORDS[cause["cause"]], cause["percent"]) for cause in self.assessment.get("causes", [])]

    @property
    def timeline(self) -> list[Line]:
        return [Line(event.at, event_words(event, self.names)) for event in self.alert.events.all()]


def people_mentioned(alerts: Iterable[Alert]) -> set[int]:
    """The ids of those whose corrections the alerts' timelines tell of."""
    return {
        change["by"] for alert in alerts for event in alert.events.all() for change in event.data.get("changes", [])
    }


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


def event_words(event: AlertEvent, names: Mapping[int, Staff]) -> str:
    """One line of the timeline in a sentence's parts, with who did it."""
    data = event.data
    if event.kind in (AlertEvent.Kind.ROSE, AlertEvent.Kind.FELL) and "level_now" in data:
        return f"{event.get_kind_display()}: {data['level_now']} now"
    if event.kind == AlertEvent.Kind.SUPERSEDED:
        changes = "; ".join(change_of_history(change, names) for change in data.get("changes", []))
        gone = evidence_words(data.get("no_longer", {}))
        return f"{changes or 'history changed'}: " + (f"no longer holds: {gone}" if gone else "all of it holds")
    if event.kind == AlertEvent.Kind.CLOSED:
        outcome = Alert.Outcome(data["outcome"]).label
        return f"closed by {event.by or 'the software'}: {outcome}"
    if event.by is not None:
        return f"{event.get_kind_display()} by {event.by}"
    more = evidence_words(data)
    return f"{event.get_kind_display()}: {more}" if more else event.get_kind_display()


def change_of_history(change: Mapping[str, Any], names: Mapping[int, Staff]) -> str:
    """ "check corrected by H. Svensson (wrong side)"."""
    why = f" ({change['why']})" if change.get("why") else ""
    return f"{change['what']} by {names.get(change['by'], 'somebody')}{why}"
