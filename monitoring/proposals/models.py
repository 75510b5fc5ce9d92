"""New settings of a ward's protocol: proposed, replayed on its recorded stays, approved by a second person."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.protocol import Settings


class Proposal(models.Model):
    """A new version of a ward's protocol on its way. What it says are its drafts; the newest counts.

    `revision` guards against a stale page. `due_at` brings an approved one in force: at `in_force_from`, or later where
    that failed. It `lapses`, with a code of `Lapse` as the reason, where its approval no longer holds when it is due.
    """

    class State(models.TextChoices):
        OPEN = "open", _("proposed")
        APPROVED = "approved", _("approved")  # and waits for its date
        IN_FORCE = "in_force", _("brought in force")
        WITHDRAWN = "withdrawn", _("withdrawn")  # by somebody who wrote it
        REFUSED = "refused", pgettext_lazy("proposal", "refused")
        LAPSED = "lapsed", _("lapsed")  # by the software

    class Lapse(models.TextChoices):
        OVERTAKEN = "overtaken", _("another version came in force meanwhile")
        APPROVER_GONE = "approver_gone", _("who approved it no longer administers the ward")

    PENDING = (State.OPEN, State.APPROVED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ward = models.ForeignKey("wards.Ward", models.PROTECT, related_name="protocol_proposals")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    revision = models.PositiveIntegerField(default=1)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("wards.Staff", models.PROTECT, null=True, related_name="+")
    approved_replay = models.ForeignKey("proposals.Replay", models.PROTECT, null=True, related_name="+")
    in_force_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    version = models.OneToOneField("wards.ProtocolVersion", models.PROTECT, null=True, related_name="proposal")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("wards.Staff", models.PROTECT, null=True, related_name="+")
    ending_reason = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ward"], condition=Q(state__in=["open", "approved"]), name="one_pending_proposal_per_ward"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "in_force"])
                | Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    approved_replay__isnull=False,
                    in_force_from__isnull=False,
                ),
                name="approved_proposal_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(version__isnull=False), name="proposal_in_force_has_its_version"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "refused", "lapsed"])
                | (Q(ended_at__isnull=False) & ~Q(ending_reason="")),
                name="ended_proposal_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "refused"]) | Q(ended_by__isnull=False),
                name="proposal_is_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(state="approved"), name="only_an_approved_proposal_is_due"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="proposals_due"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"

    @property
    def is_pending(self) -> bool:
        return self.state in self.PENDING

    @property
    def newest(self) -> Draft:
        """What it says."""
        return self.drafts.select_related("written_by").latest("number")


class Draft(models.Model):
    """What a proposal said at one time; a change is another row. `replaces`: the number of the version in force then.

    Number 0 is the published protocol with its default settings.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    settings = models.JSONField()
    replaces = models.PositiveIntegerField()
    reason = models.TextField()
    written_at = models.DateTimeField(db_default=Now())
    written_by = models.ForeignKey("wards.Staff", models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "number"], name="one_draft_per_number"),
            models.CheckConstraint(condition=~Q(reason=""), name="draft_says_why"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def proposed(self) -> Settings:
        return Settings.from_json(self.settings)


class Replay(models.Model):
    """A draft replayed on all recorded stays of its ward, beside the version in force then, as of `at`.

    It is done a few stays at a time, in the order of their ids: `reached` is the last one done, `due_at` when to go on,
    None once `finished_at` says so or nobody wants it any more. `totals` is `comparing.Totals` of the stays so far.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(Draft, models.PROTECT, related_name="replays")
    asked_by = models.ForeignKey("wards.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    in_force = models.CharField(max_length=64)
    in_force_settings = models.JSONField()
    stays = models.PositiveIntegerField()
    reached = models.BigIntegerField(default=0)
    totals = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draft"], condition=Q(due_at__isnull=False), name="one_running_replay_per_draft"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(due_at__isnull=True), name="finished_replay_is_not_due"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="replays_due")]

    def __str__(self) -> str:
        return f"replay {self.pk}"


class Difference(models.Model):
    """A stay that a replay found to differ. `found` is `comparing.Compared` of it, as JSON."""

    replay = models.ForeignKey(Replay, models.PROTECT, related_name="differences")
    stay = models.ForeignKey("wards.Stay", models.PROTECT, related_name="+")
    found = models.JSONField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["replay", "stay"], name="one_difference_per_stay"),
        ]

    def __str__(self) -> str:
        return f"difference {self.pk}"
