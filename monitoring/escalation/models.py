"""Ladders and their versions, how far an alert has climbed, the ways to reach somebody, and every message sent."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from monitoring.escalation.ladder import Key, Track


class LadderVersion(models.Model):
    """A ward's ladder for one key; the highest number is in force for alerts that open from then on.

    A ward without one works by `ladder.DEFAULTS`.
    """

    ward = models.ForeignKey("wards.Ward", models.PROTECT, related_name="ladder_versions")
    key = models.CharField(max_length=8, choices=[(key.value, key.value) for key in Key])
    number = models.PositiveIntegerField()
    rungs = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ward", "key", "number"], name="one_ladder_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"ladder {self.key} {self.number} of {self.ward.code}"


class Climb(models.Model):
    """How far one alert has climbed. The ladders were frozen when it opened: editing one changes later alerts only.

    `ladders` are those frozen, by key. `progress` is the state of the one being climbed (`ascent.Ascent`), `targets`
    whom its rungs name at present, to tell when that changes. `step` is a counter that never repeats: each round of
    messages has its own. `event_id` is the last line of the alert's timeline that has been answered.
    """

    alert = models.OneToOneField("alerts.Alert", models.PROTECT, related_name="climb")
    ladders = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    targets = models.JSONField(default=list)
    step = models.PositiveIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"climb of alert {self.alert_id}"


class Contact(models.Model):
    """One way to reach somebody outside the app: a person's e-mail or pager, a ward's phone, the site's number.

    In-app needs no row: everybody has it. `channel` is a name of the channel registry, `address` what that channel
    takes. A contact that failed for good is broken until a test or a message goes through; removed ones stay on record.
    `is_backup`: called only where another of the person's contacts failed.
    """

    class Purpose(models.TextChoices):
        WARD_PHONE = "ward_phone", _("ward's phone or bleep")
        SITE_NUMBER = "site_number", _("the site's number")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="contacts")
    ward = models.ForeignKey("wards.Ward", models.PROTECT, null=True, related_name="contacts")
    purpose = models.CharField(max_length=12, choices=Purpose.choices, blank=True)
    channel = models.CharField(max_length=24)
    address = models.CharField(max_length=254)
    is_backup = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    last_worked_at = models.DateTimeField(null=True)
    broken_since = models.DateTimeField(null=True)
    broken_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["is_backup", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, ward__isnull=True, purpose="")
                | (Q(staff__isnull=True, ward__isnull=False) & ~Q(purpose="")),
                name="contact_of_a_person_or_a_ward",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["staff"], condition=Q(removed_at__isnull=True), name="contacts_of_a_person"),
            models.Index(fields=["ward"], condition=Q(removed_at__isnull=True), name="contacts_of_a_ward"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"  # never the address: this string can reach a log


class Delivery(models.Model):
    """One message to one person (or a ward's phone) by one channel. Written before anything is sent.

    pending → sending (leased until `next_attempt_at`) → accepted by the provider → delivered → read, where the channel
    can say so; or failed for now (tried again at `next_attempt_at`), failed for good, or withdrawn because it was no
    longer true. `public_id` goes with the message: if a crash sends it twice, both carry the same id.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("to be sent")
        SENDING = "sending", _("being sent")
        RETRYING = "retrying", _("failed, trying again")
        ACCEPTED = "accepted", _("sent")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("failed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Purpose(models.TextChoices):
        CALL = "call", _("called")
        NEWS = "news", _("told what is new")
        HAS_IT = "has_it", _("told who has it")
        PAUSED = "paused", _("told that paging pauses")
        HAND_OVER = "hand_over", _("offered the alert")
        CLOSED = "closed", _("told that it is closed")
        TEST = "test", _("test")
        NOTICE = "notice", _("told")  # of something that is no alert

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alert = models.ForeignKey("alerts.Alert", models.PROTECT, null=True, related_name="deliveries")
    step = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    track = models.CharField(max_length=8, choices=[(track.value, track.value) for track in Track], blank=True)
    why = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="deliveries")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="deliveries")
    channel = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(db_default=Now())
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "step", "person", "contact", "channel"],
                condition=Q(alert__isnull=False),
                nulls_distinct=False,
                name="one_delivery_per_step_person_and_channel",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(contact__isnull=False), name="delivery_has_a_recipient"
            ),
            models.CheckConstraint(
                condition=Q(next_attempt_at__isnull=False, state__in=["pending", "sending", "retrying"])
                | (Q(next_attempt_at__isnull=True) & ~Q(state__in=["pending", "sending", "retrying"])),
                name="unfinished_delivery_has_a_due_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="deliveries_to_attempt"
            ),
            models.Index(fields=["alert", "step"], name="deliveries_of_an_alert"),
            models.Index(fields=["person", "-created_at"], name="deliveries_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
