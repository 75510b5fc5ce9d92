"""Where a correction removes all that was critical, surgical paging pauses until a second person confirms that.

Protocol §10: "a second person confirms within 10 min, or it resumes". When the time is over, the climb resumes it; here
it resumes when the alert is critical again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.timeline import take_step
from monitoring.due.actions import Change
from monitoring.due.clock import now
from monitoring.protocol import Level

TAKING_BACK = ("corrected", "retracted", "mended")  # as a change of history ends: "check.corrected"
TELL_OF_CHANGES = frozenset({AlertEvent.Kind.SUPERSEDED, AlertEvent.Kind.PAUSED})
COLUMNS = ("paused_at", "pause_confirmed_at", "pause_confirmed_by")


def follow(alert: Alert, *, before: Mapping[str, Any], changes: Iterable[Change]) -> None:
    """Pause or resume, after these changes, by what no longer holds of the alert; `before` is what did not before."""
    corrections = _corrections(changes)
    gone, was_gone = (said.get("level") == Level.CRITICAL.label for said in (alert.superseded, before))
    if alert.paused_at is not None and not gone:
        _resume(alert)
    elif gone and not was_gone and corrections:
        _pause(alert, corrections)
    elif waits(alert) and corrections and alert.superseded == before:  # who corrects more cannot confirm either
        data = {"no_longer": alert.superseded, "changes": corrections}
        take_step(alert, AlertEvent.Kind.SUPERSEDED, data=data, fields=[])


def waits(alert: Alert) -> bool:
    """Whether a pause waits for a second person, be there time left or not."""
    return alert.paused_at is not None and alert.pause_confirmed_at is None


def correctors(alert: Alert) -> set[int]:
    """The ids of all whose corrections took something from the alert: none of them is a second person."""
    told = [event.data for event in alert.events.all() if event.kind in TELL_OF_CHANGES]
    return {change["by"] for data in told for change in _corrections(data["changes"])}


def _corrections(changes: Iterable[Change]) -> list[Change]:
    """A late entry or new settings are none: they take nothing back."""
    return [change for change in changes if change["what"].endswith(TAKING_BACK)]


def _pause(alert: Alert, corrections: list[Change]) -> None:
    alert.paused_at, alert.pause_confirmed_at, alert.pause_confirmed_by = now(), None, None
    data = {"changes": corrections}
    take_step(alert, AlertEvent.Kind.PAUSED, data=data, notifies=True, fields=COLUMNS)


def _resume(alert: Alert) -> None:
    alert.paused_at, alert.pause_confirmed_at, alert.pause_confirmed_by = None, None, None
    take_step(alert, AlertEvent.Kind.RESUMED, data={"why": "critical_again"}, notifies=True, fields=COLUMNS)
