"""What is wrong about the records of two patients, and how it is put right: proposed by one, carried out by another."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mending(models.Model):
    """One mix-up between two records: `source` holds what belongs to `target`. Nothing is done before `confirmed_at`.

    - merge: both records are one person's. All of `source`'s stays go to `target`, and `source` is marked as merged.
      Where the surgical episode `absorbed` is one with `into`, its stays and entries go on there.
    - stay: `stay` goes to `target`, into their episode `into`; None: a new one.
    - check: `strength_check` goes to `to_stay`: retracted here, there as it was signed.

    `keeps`: where both have a patient in a bed now, the stay of the bed in which the patient lies; the other one ends.
    `rehearsed` is a row that never was: a trigger refuses to commit it.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("two records of one patient")
        STAY = "stay", _("a stay on the wrong record")
        CHECK = "check", _("a check on the wrong record")

    class State(models.TextChoices):
        OPEN = "open", _("waits for a second person")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("withdrawn")  # by whoever proposed it
        REFUSED = "refused", pgettext_lazy("proposal", "refused")
        REHEARSED = "rehearsed", _("rehearsed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    source = models.ForeignKey("wards.Patient", models.PROTECT, related_name="mendings")
    target = models.ForeignKey("wards.Patient", models.PROTECT, related_name="mendings_to")
    absorbed = models.ForeignKey("wards.Episode", models.PROTECT, null=True, related_name="+")
    into = models.ForeignKey("wards.Episode", models.PROTECT, null=True, related_name="+")
    stay = models.ForeignKey("wards.Stay", models.PROTECT, null=True, related_name="+")
    strength_check = models.ForeignKey("checks.Check", models.PROTECT, null=True, related_name="+")
    to_stay = models.ForeignKey("wards.Stay", models.PROTECT, null=True, related_name="+")
    keeps = models.ForeignKey("wards.Stay", models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    proposed_at = models.DateTimeField(db_default=Now())
    proposed_by = models.ForeignKey("wards.Staff", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("wards.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("wards.Staff", models.PROTECT, null=True, related_name="+")
    ending_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="mending_is_between_two_records"),
            models.CheckConstraint(condition=Q(source__gt=0, target__gt=0), name="mending_is_of_real_patients"),
            models.CheckConstraint(condition=~Q(reason=""), name="mending_says_why"),
            models.CheckConstraint(
                condition=Q(kind="merge", stay=None, strength_check=None, to_stay=None)
                & (Q(absorbed=None, into=None) | Q(absorbed__isnull=False, into__isnull=False))
                | Q(kind="stay", stay__isnull=False, strength_check=None, to_stay=None, absorbed=None)
                | Q(kind="check", strength_check__isnull=False, to_stay__isnull=False)
                & Q(stay=None, absorbed=None, into=None, keeps=None),
                name="mending_names_what_its_kind_asks",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("proposed_by")),
                name="mending_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "rehearsed"]) | Q(confirmed_at=None, confirmed_by=None),
                name="only_what_is_done_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "refused"])
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ending_reason=""),
                name="ended_mending_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["proposed_at"], condition=Q(state="open"), name="mendings_that_wait"),
        ]

    def __str__(self) -> str:
        return f"mending {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
