"""One line on an alert's timeline: who did what to it, or what happened to it. Lines are only ever added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.due.nudge import nudge
from wards.models import Staff

BESIDE = frozenset(
    {
        AlertEvent.Kind.CALLED,
        AlertEvent.Kind.NOBODY,
        AlertEvent.Kind.RETARGETED,
        AlertEvent.Kind.LAPSED,
        AlertEvent.Kind.REPORTED,
    }
)
"""What the ladder writes down, and who was told. It leaves the revision: what a person saw of it is still true."""


def note(
    alert: Alert,
    kind: AlertEvent.Kind,
    *,
    data: dict[str, Any] | None = None,
    by: Staff | None = None,
    notifies: bool = False,
    audit: bool = True,
) -> AlertEvent:
    """Write down what happened to an alert, in the transaction in which it did; `by` None is the software.

    `audit` False leaves it out of the audit log, for what has a record of its own. The alert's row is not touched.
    """
    event = AlertEvent.objects.create(alert=alert, kind=kind, by=by, notifies=notifies, data=data or {})
    if audit:
        record(f"alert.{kind}", by=by, about=alert, patient_id=alert.stay.patient_id, data=data)
    return event


def take_step(
    alert: Alert,
    kind: AlertEvent.Kind,
    *,
    data: dict[str, Any] | None = None,
    by: Staff | None = None,
    notifies: bool = False,
    fields: Iterable[str] | None = None,
) -> None:
    """Save a changed alert, locked or new: a new revision, a line on its timeline, and whom to call is looked at again.

    `fields` are the changed ones; None saves all.
    """
    if not alert._state.adding:
        alert.revision += 1
    alert.next_step_at = now()
    alert.save(update_fields=None if fields is None else [*fields, "revision", "next_step_at"])
    note(alert, kind, data=data, by=by, notifies=notifies)
    nudge("climb", alert.pk)
