"""Milestones that follow from what somebody recorded elsewhere: imaging, theatre. In any order, by whoever did it."""

from __future__ import annotations

from datetime import datetime

from monitoring.alerts.footing import save_step
from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.alerts.steps import makes_good
from wards.models import Staff, Stay


def reached(stay: Stay, kind: Milestone.Kind, *, at: datetime, by: Staff, note: str = "") -> Milestone | None:
    """Note on the stay's open deficit alert that something was done about it, in the caller's transaction.

    `stay` is locked. Nothing where no such alert is open, where it was done before the alert began, or where it stands
    there already: the first of a kind counts.
    """
    open_alerts = Alert.objects.select_for_update(no_key=True, of=("self",)).select_related("stay__ward")
    alert = open_alerts.filter(stay=stay, kind=Alert.Kind.DEFICIT, closed_at__isnull=True).first()
    if alert is None or at < alert.began_in_minute or alert.milestones.filter(kind=kind).exists():
        return None
    done = Milestone.objects.create(alert=alert, kind=kind, at=at, note=note, recorded_by=by)
    if makes_good(alert, done):
        alert.lapsed_at = None
    data = {"kind": kind, "at": at.isoformat(), "note": note}
    save_step(alert, AlertEvent.Kind.MILESTONE, by=by, fields=["lapsed_at"], data=data)
    return done
