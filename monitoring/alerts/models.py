"""The alert: latched, one open per stay and kind, with a timeline to which rows are only ever added (protocol §10)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from monitoring.alerts.evidence import Evidence

PAUSE_LASTS = timedelta(minutes=10)  # "a second person confirms within 10 min, or it resumes" (protocol §10)


class Alert(models.Model):
    """What people act on. Level, actions, reasons and muscles are the highest that held; they never fall.

    `began_at` is the clinical time of the first moment that raised it; `opened_at` the server's. `marks` is what was
    known when it was closed: it does not alert again (protocol §10). `seen_at` and `last_good_at` are the onset's two
    ends (protocol §7) as they were when last it was critical. `revision` guards against a stale page.

    `next_step_at`: whom to call must be looked at then (again): now, because something happened to the alert, or when
    the ladder's next rung is due. `lapsed_at`: the surgeon who accepted let a limit pass, so that the surgical rungs go
    on until somebody accepts again or does what was missing. `paused_at`: a correction has removed all that was
    critical, and surgical paging pauses: for ten minutes, or for good once a second person has confirmed that
    (protocol §10). `merged_into`: the alert of the same patient's other stay that took over what this one tells, when
    their records were mended.
    """

    class Kind(models.TextChoices):
        DEFICIT = "deficit", _("deficit")
        OVERDUE = "overdue", _("check overdue")
        NOT_DONE = "not_done", _("check could not be done")  # twice in a row

    class Outcome(models.TextChoices):
        EXPLORED = "explored", _("explored")
        AMELIORATED = "ameliorated", _("ameliorated by conservative treatment")
        NON_NEUROGENIC = "non_neurogenic", _("non-neurogenic")
        ENTRY_ERROR = "entry_error", _("entry error")
        REFERENCE_ACCEPTED = "reference_accepted", _("reference accepted")
        TRANSFERRED_OUT = "transferred_out", _("transferred out")
        DIED = "died", _("died")
        OTHER = "other", _("other")
        MERGED = "merged", _("goes on in another alert")  # by mending only
        RESOLVED = "resolved", _("two stable looks in a row")  # by the software
        LOOKED = "looked", _("the check was done")  # by the software, kind overdue
        NO_LONGER_DUE = "no_longer_due", _("discharged before the check")  # the same
        TAKEN_BACK = "taken_back", _("the entries were taken back")  # by the software, kind not done

    class Decision(models.TextChoices):
        EXPLORE = "explore", _("explore")
        OBSERVE = "observe", _("observe")

    OUTCOMES_BY_PEOPLE = frozenset(
        set(Outcome) - {Outcome.RESOLVED, Outcome.LOOKED, Outcome.NO_LONGER_DUE, Outcome.TAKEN_BACK, Outcome.MERGED}
    )

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
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decision_reason = models.TextField(blank=True)
    look_again_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_confirmed_at = models.DateTimeField(null=True)
    pause_confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    next_step_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    outcome_text = models.TextField(blank=True)
    marks = models.JSONField(null=True)
    reopened_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

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
                condition=Q(outcome="merged", merged_into__isnull=False)
                | (~Q(outcome="merged") & Q(merged_into__isnull=True)),
                name="merged_alert_says_into_which",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["watch", "concern", "critical"]), name="alert_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decision="", decision_reason="")
                | (Q(decided_at__isnull=False) & ~Q(decision="") & ~Q(decision_reason="")),
                name="decision_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(look_again_at__isnull=True) | Q(decision="observe"), name="only_who_observes_looks_again"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["stay", "kind", "closed_at"], name="alerts_of_a_stay"),
            models.Index(fields=["opened_at"], condition=Q(closed_at__isnull=True), name="open_alerts"),
            models.Index(fields=["next_step_at"], condition=Q(next_step_at__isnull=False), name="alerts_to_climb"),
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

    @property
    def began_in_minute(self) -> datetime:
        """The minute in which it began: times are typed in whole minutes."""
        return self.began_at.replace(second=0, microsecond=0)

    @property
    def has_surgeon(self) -> bool:
        """Whether a surgeon has accepted it and let no limit pass since: the surgical rungs are quiet."""
        return self.accepted_at is not None and self.lapsed_at is None

    def is_paused(self, now: datetime) -> bool:
        """Whether surgical paging pauses after a correction: confirmed, or within the time for that (protocol §10)."""
        if self.paused_at is None:
            return False
        return self.pause_confirmed_at is not None or now < self.paused_at + PAUSE_LASTS


class AlertEvent(models.Model):
    """One line of an alert's timeline. `notifies`: somebody must be told of it (again)."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        ROSE = "rose", _("rose")
        FELL = "fell", _("better")
        SUPERSEDED = "superseded", _("superseded")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        ACCEPTED = "accepted", _("accepted")
        MILESTONE = "milestone", _("milestone")
        REPORTED = "reported", _("told by phone")
        DECIDED = "decided", _("decided")
        HAND_OVER_OFFERED = "hand_over_offered", _("hand-over offered")
        HAND_OVER_DECLINED = "hand_over_declined", _("hand-over declined")
        HANDED_OVER = "handed_over", _("handed over")
        PAUSED = "paused", _("surgical paging paused")
        PAUSE_CONFIRMED = "pause_confirmed", _("pause confirmed")
        RESUMED = "resumed", _("surgical paging resumed")
        CALLED = "called", _("called")  # a rung of the ladder was climbed
        NOBODY = "nobody", _("nobody to call")  # a rung was empty
        RETARGETED = "retargeted", _("now to be called")
        LAPSED = "lapsed", _("limit passed")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("re-opened")
        MENDED = "mended", _("record mended")  # data["how"]: joined, goes_on, moved

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    notifies = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by or 'the software'}"


class Milestone(models.Model):
    """Something that was done about an alert, dated; in any order, by whoever did it (protocol §10)."""

    class Kind(models.TextChoices):
        SURGEON_TOLD = "surgeon_told", _("surgeon told")
        TREATMENT_STARTED = "treatment_started", _("treatment started")
        IMAGING_REQUESTED = "imaging_requested", _("imaging requested")
        IMAGING_DONE = "imaging_done", _("imaging done")
        THEATRE_BOOKED = "theatre_booked", _("theatre booked")
        EXPLORATION_BEGUN = "exploration_begun", _("exploration begun")

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="milestones")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alert", "kind"], name="one_milestone_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.recorded_by}"


class SpokenReport(models.Model):
    """Somebody was told of the alert by word of mouth, mostly by phone: who, when, and whether they read it back."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idempotency_key = models.UUIDField(unique=True)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="reports")
    told = models.CharField(max_length=80)
    at = models.DateTimeField()
    read_back = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(told=""), name="report_names_who_was_told")]

    def __str__(self) -> str:
        return f"report {self.pk}"  # never the name: this string can reach a log


class HandOver(models.Model):
    """An open alert is offered to a named colleague. Until they accept, everything goes on as before."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="hand_overs")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert"],
                condition=Q(accepted_at__isnull=True, declined_at__isnull=True),
                name="one_pending_hand_over",
            ),
        ]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"
