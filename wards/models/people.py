"""Who signs in, and their roles on wards; places; the protocol that a ward works by."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.audit.synthetic import same_sign


class Role(models.TextChoices):
    NURSE = "nurse", "nurse"
    CHARGE_NURSE = "charge_nurse", "charge nurse"
    SURGEON = "surgeon", "surgeon"
    ADMINISTRATOR = "administrator", "administrator"


class Staff(AbstractUser):
    """Somebody who signs in. What they may do follows from their `Membership` of wards, never from Django's flags."""

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Ward(models.Model):
    """A ward. `retarget_at` is set when who is there changes: open alerts must look again whom they call."""

    code = models.SlugField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    phone = models.CharField(max_length=32, blank=True)
    retarget_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["code"]
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


class Bed(models.Model):
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="beds")
    label = models.CharField(max_length=16)

    class Meta:
        ordering: ClassVar = ["ward_id", "label"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ward", "label"], name="one_bed_per_label"),
            models.CheckConstraint(condition=same_sign("id", "ward"), name="bed_is_all_synthetic_or_not"),
        ]

    def __str__(self) -> str:
        return self.label
