"""Who signs in, and their roles on wards; places; the protocol that a ward works by."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from monitoring.audit.synthetic import same_sign
from wards.names import spoken_name


class Role(models.TextChoices):
    NURSE = "nurse", _("nurse")
    CHARGE_NURSE = "charge_nurse", _("charge nurse")
    SURGEON = "surgeon", _("surgeon")
    ADMINISTRATOR = "administrator", _("administrator")
    REGISTRY_LEAD = "registry_lead", _("registry’s lead")


class Staff(AbstractUser):
    """Somebody who signs in. What they may do follows from their `Membership` of wards, never from Django's flags.

    `phone` is the number that colleagues dial. `language` is what pages and messages are written in; empty: what the
    browser asks for. `pin` is the hash of the
    short number that unlocks a session on a shared tablet, and signs nobody in; `pin_failures` counts wrong ones.
    `ends_on` is the last day of the account, on the house's calendar: once it has passed, the account closes by itself
    (`monitoring.identity.ending`).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    phone = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, blank=True)
    pin = models.CharField(max_length=128, blank=True)
    pin_failures = models.PositiveSmallIntegerField(default=0)
    ends_on = models.DateField(null=True)

    class Meta(AbstractUser.Meta):
        indexes: ClassVar = [
            models.Index(fields=["ends_on"], condition=Q(is_active=True, ends_on__isnull=False), name="accounts_to_end")
        ]

    def __str__(self) -> str:
        return spoken_name(self.last_name, self.first_name) or self.username


class Ward(models.Model):
    """A ward.

    `retarget_at` is set when who is there changes: open alerts must look again whom they call. `locks_after`: after so
    many minutes without a touch a signed-in screen locks. `hides_names`: the display on the wall shows beds, no names.
    `surgeon_phone`: the number that always finds a surgeon. A drain is ready to come out when it gave under
    `drain_limit_ml` a day on `drain_days` consecutive days (protocol §11).
    """

    code = models.SlugField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    phone = models.CharField(max_length=32, blank=True)
    surgeon_phone = models.CharField(max_length=32, blank=True)
    retarget_at = models.DateTimeField(null=True)
    locks_after = models.PositiveSmallIntegerField(default=3)
    hides_names = models.BooleanField(default=True)
    drain_limit_ml = models.PositiveSmallIntegerField(default=50)
    drain_days = models.PositiveSmallIntegerField(default=3)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(locks_after__gte=2, locks_after__lte=5), name="ward_locks_in_2_to_5_min"
            ),
            models.CheckConstraint(
                condition=Q(drain_limit_ml__gte=1, drain_limit_ml__lte=500), name="ward_drain_limit_is_1_to_500_ml"
            ),
            models.CheckConstraint(
                condition=Q(drain_days__gte=1, drain_days__lte=14), name="ward_drain_days_are_1_to_14"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["retarget_at"], condition=Q(retarget_at__isnull=False), name="wards_to_retarget")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role on one ward."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="memberships")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff", "ward", "role"], name="one_membership_per_role"),
            models.CheckConstraint(condition=same_sign("staff", "ward"), name="membership_is_all_synthetic_or_not"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}, {self.role} on {self.ward}"


class ProtocolVersion(models.Model):
    """The settings of the escalation protocol that a ward works by; the highest number is in force."""

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="protocol_versions")
    number = models.PositiveIntegerField()
    settings = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ward", "number"], name="one_protocol_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.ward.code} {self.number}"


class Display(models.Model):
    """A screen on a ward's wall: it shows the board, does nothing else, and never locks.

    Its browser's session is bound to this row and ends with it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="displays")
    name = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return f"display {self.pk}"


class Bed(models.Model):
    """A place on a ward. One that is no longer in use is closed, and keeps its history: `closed_at`, `closed_by`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="beds")
    label = models.CharField(max_length=16)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["ward_id", "label"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ward", "label"], name="one_bed_per_label"),
            models.CheckConstraint(condition=same_sign("id", "ward"), name="bed_is_all_synthetic_or_not"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="bed_is_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.label
