"""The alert: latched, one open per stay and kind, with a timeline to which rows are only ever added (protocol §10)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.alerts.evidence import Evidence


class Alert(models.Model):
    """What people act on. Level, actions, reasons and muscles are the highest that held; they never fall.

    `began_at` is the clinical time of the first moment that raised it; `opened_at` the server's. `marks` is what was
    known when it was closed: it does not alert again (protocol §10). `seen_at` and `last_good_at` are the onset's two
    ends (protocol §7) as they were when last it was critical. `revision` guards against a stale page.
    """

    class Kind(models.TextChoices):
        DEFICIT = "deficit", "deficit"
        OVERDUE = "overdue", "check overdue"

    class Outcome(models.TextChoices):
        EXPLORED = "explored", "explored"
        AMELIORATED = "ameliorated", "ameliorated by conservative treatment"
        NON_NEUROGENIC = "non_neurogenic", "non-neurogenic"
        ENTRY_ERROR = "entry_error", "entry error"
        REFERENCE_ACCEPTED = "reference_accepted", "reference accepted"
        TRANSFERRED_OUT = "transferred_out", "transferred out"
        DIED = "died", "died"
        OTHER = "other", "other"
        RESOLVED = "resolved", "two stable looks in a row"  # by the software
        LOOKED = "looked", "the check was done"  # by the software, kind overdue
        NO_LONGER_DUE = "no_longer_due", "discharged before the check"  # the same

    OUTCOMES_BY_PEOPLE = frozenset(set(Outcome) - {Outcome.RESOLVED, Outcome.LOOKED, Outcome.NO_LONGER_DUE})

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stay = models.ForeignKey("wards.Stay", models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    level = models.CharField(max_length=8)
    actions = models.JSONField(default=list)
    because = models.JSONField(default=list)
    rules = models.JSONField(default=list)
    muscles = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    began_at = models.DateTimeField()
    opened_at = models.DateTimeField(db_default=Now())
    raised_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(null=True)
    last_good_at = models.DateTimeField(null=True)
    level_now = models.CharField(max_length=8)
    better_since = models.DateTimeField(null=True)
    superseded = models.JSONField(default=dict)
    protocol_version = models.CharField(max_length=64)
    protocol_settings = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    outcome_text = models.TextField(blank=True)
    marks = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stay", "kind"], condition=Q(closed_at__isnull=True), name="one_open_alert_per_stay_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="closed_alert_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="other") | ~Q(outcome_text=""), name="other_outcome_has_a_text"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["watch", "concern", "critical"]), name="alert_level_is_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["stay", "kind", "closed_at"], name="alerts_of_a_stay"),
            models.Index(fields=["opened_at"], condition=Q(closed_at__isnull=True), name="open_alerts"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} alert {self.pk}"

    @property
    def evidence(self) -> Evidence:
        """What it says, of a deficit alert: the highest of all that held."""
        stored = {name: getattr(self, name) for name in ("level", "actions", "because", "rules", "muscles", "flags")}
        return Evidence.from_json(stored)

    @evidence.setter
    def evidence(self, evidence: Evidence) -> None:
        for name, value in evidence.to_json().items():
            setattr(self, name, value)


class AlertEvent(models.Model):
    """One line of an alert's timeline. `notifies`: somebody must be told of it (again)."""

    class Kind(models.TextChoices):
        OPENED = "opened", "opened"
        ROSE = "rose", "rose"
        FELL = "fell", "better"
        SUPERSEDED = "superseded", "superseded"
        ACKNOWLEDGED = "acknowledged", "acknowledged"
        CLOSED = "closed", "closed"

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=16, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    notifies = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by or 'the software'}"
