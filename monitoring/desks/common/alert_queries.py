"""Alerts made ready to be shown, in a number of queries that does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404

from monitoring.alerts.models import Alert
from monitoring.alerts.queries import with_patients
from monitoring.desks.common.alert_card import AlertCard
from monitoring.desks.common.alert_words import people_mentioned
from monitoring.desks.common.queries import Surgery, surgeries
from monitoring.escalation.queries import deliveries_of
from wards.access import May, wards_by_right, wards_where
from wards.models import Staff

# What a card says beside the alert and its patient, each in one query for all of them.
BESIDE = (
    "acknowledged_by",
    "accepted_by",
    "decided_by",
    "closed_by",
    "pause_confirmed_by",
    "milestones__recorded_by",
    "hand_overs__offered_by",
    "hand_overs__offered_to",
)


def cards(alerts: Iterable[Alert], *, staff: Staff, now: datetime) -> list[AlertCard]:
    """The alerts as cards, with what `staff` may do to each."""
    alerts = list(alerts)
    prefetch_related_objects(alerts, *BESIDE)
    operated = surgeries(alert.stay.episode_id for alert in alerts)
    names = Staff.objects.in_bulk(people_mentioned(alerts))
    told = deliveries_of(alerts)
    allowed = wards_by_right(staff)
    return [
        AlertCard(
            alert=alert,
            surgery=operated.get(alert.stay.episode_id, Surgery()),
            now=now,
            names=names,
            viewer=staff,
            rights=frozenset(what for what, wards in allowed.items() if alert.stay.ward_id in wards),
            deliveries=told.get(alert.pk, ()),
        )
        for alert in alerts
    ]


def alert_within_reach(staff: Staff, public_id: UUID) -> Alert | None:
    """The alert with its patient; None for one of another ward, as for one that does not exist."""
    reachable = Alert.objects.filter(stay__ward__in=wards_where(staff, May.VIEW_ALERTS), public_id=public_id)
    return with_patients(reachable).select_related("stay__responsible_surgeon").first()


def alert_or_404(staff: Staff, public_id: UUID) -> Alert:
    """As `alert_within_reach`. Raises Http404 where that finds nothing."""
    alert = alert_within_reach(staff, public_id)
    if alert is None:
        raise Http404("No such alert on your wards.")
    return alert
