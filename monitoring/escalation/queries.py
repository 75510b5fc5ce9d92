"""Reads: ladders in force, what is due, who was told, and what is wrong with who could be called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.due.clock import now
from monitoring.escalation.ladder import DEFAULTS, Key, Ladder, Track, ladder_from_json
from monitoring.escalation.models import Delivery, LadderVersion
from wards.models import Staff, Ward

TAKEN = (
    AlertEvent.Kind.ACKNOWLEDGED,
    AlertEvent.Kind.ACCEPTED,
    AlertEvent.Kind.HANDED_OVER,
    AlertEvent.Kind.DECIDED,
    AlertEvent.Kind.REOPENED,
)


def ladder_of(ward_id: int, key: Key) -> Ladder:
    """The ward's ladder in force."""
    return ladders_of(ward_id)[key]


def ladders_of(ward_id: int, at: datetime | None = None) -> dict[Key, Ladder]:
    """All ladders in force on a ward, now or at an instant, in one query."""
    versions = LadderVersion.objects.filter(ward=ward_id)
    if at is not None:
        versions = versions.filter(recorded_at__lte=at)
    newest = versions.order_by("key", "-number").distinct("key")
    return DEFAULTS | {Key(version.key): ladder_from_json(version.rungs) for version in newest}


def alerts_to_climb(limit: int) -> Sequence[int]:
    """Alerts whose next step is due, longest due first; one that somebody is working on is left to them."""
    due = Alert.objects.filter(next_step_at__lte=now()).order_by("next_step_at")
    with transaction.atomic():
        rows = due.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)
        return list(rows[:limit])


def wards_to_retarget(limit: int) -> Sequence[int]:
    """Wards where who is there has changed."""
    due = Ward.objects.filter(retarget_at__lte=now()).order_by("retarget_at")
    with transaction.atomic():
        return list(due.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)[:limit])


def deliveries_to_attempt(limit: int) -> Sequence[int]:
    """Messages to send, or to send again: those whose sender died have outlived their lease."""
    due = Delivery.objects.filter(next_attempt_at__lte=now()).order_by("next_attempt_at")
    with transaction.atomic():
        return list(due.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)[:limit])


def calls_of(alert: Alert, *, track: Track | None = None, besides: int | None = None) -> list[Delivery]:
    """The calls made about an alert so far, of one track or of both; without those to the person `besides`."""
    rows = Delivery.objects.filter(alert=alert, purpose=Delivery.Purpose.CALL)
    if track is not None:
        rows = rows.filter(track=track)
    return [row for row in rows if row.person_id is None or row.person_id != besides]


def people_called(alert: Alert, since_step: int) -> set[str]:
    """The keys (`people.Recipient.key`) of whoever was called since a step."""
    rows = Delivery.objects.filter(alert=alert, purpose=Delivery.Purpose.CALL, step__gte=since_step)
    people = rows.filter(person__isnull=False).values_list("person", flat=True).distinct()
    phones = rows.filter(person__isnull=True).values_list("contact", flat=True).distinct()
    return {f"person {person}" for person in people} | {f"contact {contact}" for contact in phones}


def who_had_it(alert: Alert, *, before: AlertEvent) -> list[Staff]:
    """Everybody who took the alert up in some way before a line of its timeline, and still works here."""
    taken = AlertEvent.objects.filter(alert=alert, pk__lt=before.pk, kind__in=TAKEN)
    return list(Staff.objects.filter(is_active=True, pk__in=taken.values("by")))


def calls_that_failed(alert: Alert, steps: Sequence[int]) -> list[int]:
    """Of these rounds of calls, those whose every message outside the app failed for good."""
    failed = Count("pk", filter=Q(state=Delivery.State.FAILED))
    sent = Delivery.objects.filter(alert=alert, step__in=steps, purpose=Delivery.Purpose.CALL).exclude(channel="in_app")
    rounds = sent.values("step").annotate(sent=Count("pk"), failed=failed).filter(sent=F("failed"))
    return list(rounds.values_list("step", flat=True))
