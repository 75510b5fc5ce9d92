"""Reads of the nurse's desk: the alerts that were closed lately, a week of the rota."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from monitoring.alerts.models import Alert
from monitoring.alerts.queries import with_patients
from monitoring.desks.nurse.rota_week import Week, week_of, week_span
from wards.access import POSTS, May, may_where, wards_of
from wards.models import Duty, Post, Staff, Ward
from wards.rota_queries import standing_duties
from wards.times import zone_of

RECENTLY = timedelta(hours=24)


def recently_closed(staff: Staff, *, now: datetime) -> QuerySet[Alert]:
    """The deficit alerts within reach that were closed in the last day, the latest first."""
    closed = Alert.objects.filter(
        may_where(staff, May.VIEW_ALERTS), kind=Alert.Kind.DEFICIT, closed_at__gte=now - RECENTLY
    )
    return with_patients(closed).order_by("-closed_at")


def rota_week(ward: Ward, monday: date, now: datetime) -> Week:
    """A week of the ward's rota: two queries."""
    zone = zone_of(ward)
    duties = standing_duties(ward.pk, *week_span(monday, zone)).select_related("staff").order_by("starts_at", "pk")
    roles: defaultdict[int, set[str]] = defaultdict(set)
    for staff_id, role in ward.memberships.filter(staff__is_active=True).values_list("staff_id", "role"):
        roles[staff_id].add(role)
    held = [(duty, not POSTS[Post(duty.post)].isdisjoint(roles[duty.staff_id])) for duty in duties]
    return week_of(held, monday=monday, now=now, zone=zone)


def duty_or_404(staff: Staff, public_id: UUID) -> Duty:
    """A line of the rota, cancelled ones too. Raises Http404 for another ward's, as for an unknown one."""
    near = Duty.objects.filter(ward__in=wards_of(staff).order_by(), public_id=public_id)
    duty = near.select_related("ward", "staff", "cancelled_by", "recorded_by").first()
    if duty is None:
        raise Http404("No such line on your wards' rota.")
    return duty
