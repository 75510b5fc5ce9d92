"""Runs: from the first event that made a condition hold until it is properly over (protocol §5)."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime

from monitoring.protocol.events import Check, Event, Operation, ReferenceAccepted
from monitoring.protocol.instants import minutes_after
from monitoring.protocol.settings import Settings


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is on; the condition itself may have ceased to hold."""

    seen_at: datetime
    """The time of its first event."""
    made_by: Set[str]
    """The muscles and flags that made the condition hold at the last evaluation at which it did."""
    first_clear_look_at: datetime | None = None
    """The time of the first clear look since the condition last held."""


def run_after(event: Event, run: Run | None, made_by: Set[str], settings: Settings) -> Run | None:
    """The run that is on after `event`, given the one before it and what makes the condition hold now, if anything.

    Protocol §5: a run "begins with the first event after which it holds while no run of it is on".
    """
    if made_by:
        return Run(event.at, made_by) if run is None else Run(run.seen_at, made_by)
    if run is None or isinstance(event, Operation) or accepts_away(event, run):
        return None
    if not is_clear_look(event, run):
        return run
    if run.first_clear_look_at is None:
        return replace(run, first_clear_look_at=event.at)
    return None if is_late_enough(event, run.first_clear_look_at, settings) else run


def accepts_away(event: Event, run: Run) -> bool:
    """Protocol §5: it ends "with a `reference_accepted` that names a muscle or flag that made the condition hold"."""
    return isinstance(event, ReferenceAccepted) and not run.made_by.isdisjoint({*event.muscles, *event.flags})


def is_clear_look(event: Event, run: Run) -> bool:
    """Protocol §5: a check that "graded every muscle, and found present or absent every flag" that made it hold."""
    return isinstance(event, Check) and run.made_by <= {*event.graded, *event.assessed}


def is_late_enough(event: Event, first_clear_look_at: datetime, settings: Settings) -> bool:
    """Protocol §5: "that comes `raised_interval_minutes` or more after the first clear look"."""
    return event.at >= minutes_after(first_clear_look_at, settings.raised_interval_minutes)
