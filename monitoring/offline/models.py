"""Checks that were made while the network was away, and that could not be filed when they came."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Held(models.Model):
    """A check that a device sent later and that the rules refuse: the patient was discharged meanwhile, the tablet's
    clock was changed, somebody else entered the same. It is kept with what it said until a person files or drops it.

    `values` is the form as it was typed; `refusals` what was wrong with it, a sentence each.
    """

    class Ending(models.TextChoices):
        FILED = "filed", _("filed")
        DROPPED = "dropped", _("not filed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idempotency_key = models.UUIDField(unique=True)
    stay = models.ForeignKey("wards.Stay", models.PROTECT, related_name="+")
    examined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    examined_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=Now())
    values = models.JSONField()
    refusals = models.JSONField(default=list)
    was_grave = models.BooleanField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    check_filed = models.ForeignKey("checks.Check", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["received_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ending="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ending="")),
                name="held_check_ends_signed",
            ),
            models.CheckConstraint(condition=~Q(ending="dropped") | ~Q(reason=""), name="held_check_dropped_says_why"),
            models.CheckConstraint(
                condition=~Q(ending="filed") | Q(check_filed__isnull=False), name="held_check_filed_names_it"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["stay"], condition=Q(ended_at__isnull=True), name="held_checks_of_a_stay"),
        ]

    def __str__(self) -> str:
        return f"held check {self.pk}"
