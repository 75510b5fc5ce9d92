"""Alerts made ready to be shown, in a number of queries that does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.http import Http404

from monitoring.alerts.models import Alert
from monitoring.alerts.queries import with_patients
from monitoring.desks.common.alert_card import AlertCard, people_mentioned
from monitoring.desks.common.queries import Surgery, surgeries
from wards.access import May, wards_by_right, wards_where
from wards.models import Staff


def cards(alerts: Iterable[Alert], *, staff: Staff, now: datetime) -> list[AlertCard]:
    """The alerts as cards, with what `staff` may do to each."""
    alerts = list(alerts)
    operated = surgeries(alert.stay.episode_id for alert in alerts)
    names = Staff.objects.in_bulk(people_mentioned(alerts))
    allowed = wards_by_right(staff)
    closing = {True: allowed[May.CLOSE_CRITICAL_ALERT], False: allowed[May.CLOSE_ALERT_BELOW_CRITICAL]}
    return [
        AlertCard(
            alert=alert,
            surgery=operated.get(alert.stay.episode_id, Surgery()),
            now=now,
            names=names,
            may_acknowledge=alert.acknowledged_at is None and alert.stay.ward_id in allowed[May.ACKNOWLEDGE_ALERT],
            may_close=alert.kind == Alert.Kind.DEFICIT and alert.stay.ward_id in closing[alert.level == "critical"],
        )
        for alert in alerts
    ]


def alert_or_404(staff: Staff, public_id: UUID) -> Alert:
    """The alert with its patient. Raises Http404 for one of another ward, as for one that does not exist."""
    reachable = Alert.objects.filter(stay__ward__in=wards_where(staff, May.VIEW_ALERTS), public_id=public_id)
    alert = with_patients(reachable).first()
    if alert is None:
        raise Http404("No such alert on your wards.")
    return alert
