"""What a clinician signed. Rows are never changed or deleted: a correction is a new row that supersedes the old one, a
retraction is a mark on it. A database trigger holds that (migration `0002_signed_rows`).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Now

from monitoring.audit.synthetic import same_sign
from wards.models.people import Staff
from wards.models.stays import Episode, Stay


class NextPlace(Func):
    """The next number of `wards_entry_place`: it remembers the order of first recording (protocol §10)."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self) -> None:
        super().__init__(Value("wards_entry_place"))


EntryT = TypeVar("EntryT", bound="ClinicalEntry")


class EntryQuerySet(models.QuerySet[EntryT]):
    def standing(self) -> Self:
        """The entries that count: neither retracted nor superseded by a correction."""
        return self.filter(retracted_at__isnull=True, superseded_by__isnull=True)


def entries_of(model: type[EntryT]) -> EntryQuerySet[EntryT]:
    """All entries of one kind, for code that serves every kind."""
    return EntryQuerySet(model)


class ClinicalEntry(models.Model):
    """What somebody signed about an episode.

    Two clocks: each kind has its clinical time, `recorded_at` is the server's.

    `place` is the order of first recording, kept by a correction (protocol §10). `idempotency_key` is the form's: a
    form sent five times is stored once. `is_history`: the protocol reads this kind; where not, it moves no assessment.
    """

    is_history: ClassVar[bool] = True

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idempotency_key = models.UUIDField(unique=True)
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="%(class)ss")
    stay = models.ForeignKey(Stay, models.PROTECT, related_name="%(class)ss")
    place = models.BigIntegerField(db_default=NextPlace())
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    correction_reason = models.TextField(blank=True)
    retracted_at = models.DateTimeField(null=True, blank=True)
    retracted_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    retraction_reason = models.TextField(blank=True)

    objects = models.Manager.from_queryset(EntryQuerySet)()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True, correction_reason="")
                | (Q(supersedes__isnull=False) & ~Q(correction_reason="")),
                name="%(class)s_correction_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(retracted_at__isnull=True, retracted_by__isnull=True, retraction_reason="")
                | (Q(retracted_at__isnull=False, retracted_by__isnull=False) & ~Q(retraction_reason="")),
                name="%(class)s_retraction_is_signed",
            ),
            models.CheckConstraint(
                condition=same_sign("stay", "episode", "recorded_by"), name="%(class)s_is_all_synthetic_or_not"
            ),
        ]

    @property
    def is_standing(self) -> bool:
        return self.retracted_at is None and self.correction is None

    @property
    def correction(self) -> Self | None:
        """The entry that supersedes this one, if one does."""
        return getattr(self, "superseded_by", None)

    @property
    def at(self) -> datetime:
        """When it happened, for the protocol. Each kind names its own time."""
        raise NotImplementedError
