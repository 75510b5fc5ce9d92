"""The record of a patient out of reach, opened for a reason, for an hour."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import GreaterThanOrEqual

LASTS = timedelta(hours=1)
SHORTEST_REASON = 10


class BreakGlass(models.Model):
    """Somebody has opened a patient out of their reach. It ends at `until`, or before that when they say so.

    `stay` is the one that was opened and `ward` where it lay then: its leads review it. Reviewed is by somebody else.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    patient = models.ForeignKey("wards.Patient", models.PROTECT, related_name="+")
    stay = models.ForeignKey("wards.Stay", models.PROTECT, related_name="+")
    ward = models.ForeignKey("wards.Ward", models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="break_glass_lasts"),
            models.CheckConstraint(condition=Q(until__lte=F("at") + LASTS), name="break_glass_lasts_an_hour_at_most"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("at")), name="break_glass_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("reason"), SHORTEST_REASON), name="break_glass_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, note="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="break_glass_review_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("staff")),
                name="break_glass_is_reviewed_by_another",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["staff", "until"], condition=Q(ended_at__isnull=True), name="break_glass_of_a_person"),
            models.Index(fields=["ward", "at"], condition=Q(reviewed_at__isnull=True), name="break_glass_to_review"),
        ]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"
