"""Pending work as rows with a due time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Watch(models.Model):
    """The current state of one stay's monitoring, and when it must be looked at again.

    `assess_at`: (re)assess at or after this; now, because history changed, or the protocol's `next_change`.
    `changed_since`: the earliest event changed since the last assessment (protocol §10, "nothing passes unseen").
    `changes`: who changed what and why since then, for the alert's timeline.
    `assessment`: the last assessment as JSON (protocol §9), made at `assessed_at` under `protocol_version`.
    """

    stay = models.OneToOneField("wards.Stay", models.PROTECT, related_name="watch")
    assess_at = models.DateTimeField(null=True)
    changed_since = models.DateTimeField(null=True)
    changes = models.JSONField(default=list)
    check_due_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=8, default="stable")
    assessment = models.JSONField(null=True)
    assessed_at = models.DateTimeField(null=True)
    protocol_version = models.CharField(max_length=64, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["assess_at"], condition=Q(assess_at__isnull=False), name="watches_to_assess"),
            models.Index(fields=["check_due_at"], condition=Q(check_due_at__isnull=False), name="watches_to_check"),
            models.Index(fields=["failing_since"], condition=Q(failing_since__isnull=False), name="watches_failing"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(level__in=["stable", "watch", "concern", "critical"]), name="watch_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"watch of stay {self.stay_id}"


class Pulse(models.Model):
    """When something that must stay alive was last heard from, by the database's clock."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
