"""Reads: the stays to assess, and the alerts of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Now

from monitoring.alerts.models import Alert, HandOver
from monitoring.due.models import Watch
from wards.access import May, may_where
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
    """With the patient, the bed and who has acted; what else a page shows is read beside (`desks.common.gather`)."""
    return alerts.select_related(
        "stay__patient",
        "stay__ward",
        "stay__bed",
        "stay__watch",
        "stay__responsible_surgeon",
        "acknowledged_by",
        "accepted_by",
        "decided_by",
        "pause_confirmed_by",
        "closed_by",
    )


def open_alerts(staff: Staff) -> QuerySet[Alert]:
    """The open alerts that `staff` may see: oldest unacknowledged first."""
    return with_patients(Alert.objects.filter(may_where(staff, May.VIEW_ALERTS), closed_at__isnull=True)).order_by(
        F("acknowledged_at").asc(nulls_first=True), "opened_at"
    )


def inbox(staff: Staff, wards: Iterable[int]) -> QuerySet[Alert]:
    """What comes before a surgeon of these wards, by their ids, and what a reason brings from others: deficit alerts
    from concern up, closed ones too.
    """
    theirs = may_where(staff, May.VIEW_INBOX, wards=wards)
    return Alert.objects.filter(theirs, kind=Alert.Kind.DEFICIT, level__in=["concern", "critical"])


def gravest_first(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """The highest level first, then the oldest."""
    return alerts.order_by(LEVEL_RANK.desc(), "opened_at", "pk")


def offers_to(staff: Staff) -> QuerySet[HandOver]:
    """The open alerts that `staff` was offered and has not answered for, oldest first."""
    return _unanswered().filter(offered_to=staff, alert__closed_at__isnull=True).order_by("offered_at")


def _unanswered() -> QuerySet[HandOver]:
    waiting = HandOver.objects.filter(accepted_at__isnull=True, declined_at__isnull=True)
    return waiting.select_related("offered_by", "offered_to", "alert__stay__ward")
