"""Who answered an alert, those too whose answer counts no longer. Pure.

The alert's own columns hold the answer that stands. What a rise, a re-opening, a lapse or a later answer has put in its
place stands on the timeline alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from monitoring.alerts.latch import CALLS_SURGEONS
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.protocol import Level

Kind = AlertEvent.Kind
AS_SURGEON: Final = "surgeon"  # how somebody took an alert up, in the event's `as`


@dataclass(frozen=True)
class Answers:
    """What an alert's timeline says beside its columns.

    `overtaken` are the acknowledgements, acceptances, decisions and closings that count no longer. `taken_up` are the
    kinds of column that a hand-over or a re-opening has set, which has a line of its own. The first times are those of
    whatever came first; the last two say when nurses and surgeons were asked anew after they had answered.
    """

    overtaken: Sequence[AlertEvent] = ()
    taken_up: frozenset[Kind] = frozenset()
    acknowledged_at: datetime | None = None
    accepted_at: datetime | None = None
    nurses_asked_again_at: datetime | None = None
    surgeons_asked_again_at: datetime | None = None
    rose_to_critical_at: datetime | None = None


@dataclass
class _Standing:
    """While the timeline is read: by kind the line that stands, and those that stood before it."""

    now: dict[Kind, AlertEvent] = field(default_factory=dict)
    all: dict[Kind, list[AlertEvent]] = field(default_factory=dict)
    asked_again: dict[Kind, datetime] = field(default_factory=dict)

    def set(self, kind: Kind, event: AlertEvent) -> None:
        self.now[kind] = event
        self.all.setdefault(kind, []).append(event)

    def take_back(self, kinds: Iterable[Kind], at: datetime) -> None:
        for kind in kinds:
            if self.now.pop(kind, None) is not None:
                self.asked_again[kind] = at


def answers(alert: Alert, events: Iterable[AlertEvent]) -> Answers:
    """Read the alert's timeline, in its order."""
    standing, rose_to_critical_at = _Standing(), None
    for event in events:
        _follow(standing, event)
        if event.kind == Kind.ROSE and event.data.get("level") == Level.CRITICAL.label:
            rose_to_critical_at = rose_to_critical_at or event.at
    said = [(kind, event) for kind, lines in standing.all.items() for event in lines if event.kind == kind]
    return Answers(
        overtaken=[event for kind, event in said if standing.now.get(kind) is not event],
        taken_up=frozenset(
            kind for kind, event in standing.now.items() if event.kind in {Kind.HANDED_OVER, Kind.REOPENED}
        ),
        acknowledged_at=_first(standing.all.get(Kind.ACKNOWLEDGED, ()), alert.acknowledged_at),
        accepted_at=_first(standing.all.get(Kind.ACCEPTED, ()), alert.accepted_at),
        nurses_asked_again_at=standing.asked_again.get(Kind.ACKNOWLEDGED),
        surgeons_asked_again_at=standing.asked_again.get(Kind.ACCEPTED),
        rose_to_critical_at=rose_to_critical_at,
    )


def _follow(standing: _Standing, event: AlertEvent) -> None:
    """What one line sets, and what it takes back."""
    kind = Kind(event.kind)
    if kind in {Kind.ACKNOWLEDGED, Kind.ACCEPTED, Kind.CLOSED}:
        standing.set(kind, event)
    elif kind == Kind.DECIDED:
        standing.set(kind, event)
        if Kind.ACCEPTED not in standing.now:  # who decides has it
            standing.set(Kind.ACCEPTED, event)
    elif kind == Kind.ROSE and event.notifies:
        surgeons = [] if CALLS_SURGEONS.isdisjoint(event.data) else [Kind.ACCEPTED, Kind.DECIDED]
        standing.take_back([Kind.ACKNOWLEDGED, *surgeons], event.at)
    elif kind == Kind.REOPENED:
        standing.take_back([Kind.ACKNOWLEDGED, Kind.ACCEPTED, Kind.DECIDED, Kind.CLOSED], event.at)
        standing.set(_taken_up_as(event), event)
    elif kind == Kind.HANDED_OVER:
        standing.set(_taken_up_as(event), event)


def _taken_up_as(event: AlertEvent) -> Kind:
    return Kind.ACCEPTED if event.data.get("as") == AS_SURGEON else Kind.ACKNOWLEDGED


def _first(events: Sequence[AlertEvent], standing_at: datetime | None) -> datetime | None:
    """The first time of all: what stands has its own, exact one."""
    times = [event.at for event in events[:-1]] if standing_at is not None else [event.at for event in events]
    return min([*times, *([standing_at] if standing_at is not None else [])], default=None)
