"""Reads: the stays to assess, and the alerts of the pages."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Now

from monitoring.alerts.models import Alert, HandOver
from monitoring.due.models import Watch
from wards import access
from wards.access import May
from wards.models import Staff

LEVEL_RANK = Case(
    *[When(level=level, then=Value(rank)) for rank, level in enumerate(("watch", "concern", "critical"))],
    output_field=IntegerField(),
)


def stays_to_assess(limit: int) -> Sequence[int]:
    """Stays whose assessment is due, longest due first; one that somebody is working on is left to them."""
    due = Watch.objects.filter(assess_at__lte=Now()).order_by("assess_at")
    with transaction.atomic():
        rows = due.select_for_update(no_key=True, skip_locked=True).values_list("stay_id", flat=True)
        return list(rows[:limit])


def with_patients(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """With all that a page shows of them, in a number of queries that does not depend on how many there are."""
    return alerts.select_related(
        "stay__patient",
        "stay__ward",
        "stay__bed",
        "stay__watch",
        "acknowledged_by",
        "accepted_by",
        "decided_by",
        "pause_confirmed_by",
        "closed_by",
    ).prefetch_related("events__by")


def open_alerts(staff: Staff) -> QuerySet[Alert]:
    """The open alerts of the wards where `staff` may see alerts: oldest unacknowledged first."""
    wards = access.wards_where(staff, May.VIEW_ALERTS)
    return with_patients(Alert.objects.filter(stay__ward__in=wards, closed_at__isnull=True)).order_by(
        F("acknowledged_at").asc(nulls_first=True), "opened_at"
    )


def inbox(staff: Staff) -> QuerySet[Alert]:
    """The open deficit alerts of a surgeon's wards, from concern up: the highest first, then the oldest."""
    wards = access.wards_where(staff, May.VIEW_INBOX)
    alerts = Alert.objects.filter(
        stay__ward__in=wards, kind=Alert.Kind.DEFICIT, closed_at__isnull=True, level__in=["concern", "critical"]
    )
    return with_patients(alerts).order_by(LEVEL_RANK.desc(), "opened_at")


def pending_offer(alert: Alert) -> HandOver | None:
    """The hand-over of the alert that waits for an answer, if one does."""
    return _unanswered().filter(alert=alert).first()


def offers_to(staff: Staff) -> QuerySet[HandOver]:
    """The open alerts that `staff` was offered and has not answered for, oldest first."""
    return _unanswered().filter(offered_to=staff, alert__closed_at__isnull=True).order_by("offered_at")


def _unanswered() -> QuerySet[HandOver]:
    waiting = HandOver.objects.filter(accepted_at__isnull=True, declined_at__isnull=True)
    return waiting.select_related("offered_by", "offered_to", "alert__stay__ward")
