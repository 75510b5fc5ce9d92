"""What follows an alert: imaging, the re-operation, drains. Signed like everything clinical (`wards.models.entries`).

None of it is an event of the protocol, so nothing here can move an assessment: a re-operation itself is an `Operation`.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.pathway.vocabulary import Finding, FoundSide, Indication
from wards.models import ClinicalEntry, Level, Operation

MOST_ML = 5000  # more in one reading is a slip of the finger


def finding_column(*, blank: bool = True) -> models.CharField[str, str]:
    return models.CharField(max_length=64, choices=Finding.choices, blank=blank)


def side_column() -> models.CharField[str, str]:
    return models.CharField(max_length=8, choices=FoundSide.choices, blank=True)


def level_column() -> models.CharField[str, str]:
    return models.CharField(max_length=8, choices=Level.choices, blank=True)


class Imaging(ClinicalEntry):
    """One stage of an imaging study: requested, done or reported. The stages of one study share `study`.

    Pictures stay in the hospital's archive: `accession` is their number there.
    """

    is_history = False

    class Modality(models.TextChoices):
        CT = "CT", _("CT")
        MRI = "MRI", _("MRI")
        XRAY = "XRAY", _("X-ray")

    class Stage(models.TextChoices):
        REQUESTED = "requested", _("requested")
        DONE = "done", _("done")
        REPORTED = "reported", _("reported")

    study = models.UUIDField(default=uuid.uuid4)
    stage = models.CharField(max_length=9, choices=Stage.choices)
    modality = models.CharField(max_length=4, choices=Modality.choices)
    happened_at = models.DateTimeField()
    accession = models.CharField(max_length=32, blank=True)
    finding = finding_column()
    side = side_column()
    level = level_column()
    text = models.TextField(blank=True)

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(stage__in=["requested", "done", "reported"]), name="imaging_stage_known"
            ),
            models.CheckConstraint(condition=Q(modality__in=["CT", "MRI", "XRAY"]), name="imaging_modality_known"),
            models.CheckConstraint(
                condition=Q(stage="reported", finding__in=Finding.values)
                | (~Q(stage="reported") & Q(finding="", side="", level="")),
                name="imaging_report_has_a_finding",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "happened_at"], name="imaging_of_an_episode")]

    @property
    def at(self) -> datetime:
        """When it was requested, done or reported."""
        return self.happened_at


class TheatrePlan(ClinicalEntry):
    """A re-operation is planned, and why. Another time is a correction of it, cancelling it a retraction."""

    is_history = False

    planned_at = models.DateTimeField()
    indication = models.CharField(max_length=12, choices=Indication.choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(indication__in=Indication.values), name="plan_indication_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "planned_at"], name="theatre_of_an_episode")]

    @property
    def at(self) -> datetime:
        """The theatre's time."""
        return self.planned_at


class Exploration(ClinicalEntry):
    """What a re-operation was for and what it found. The operation's times and levels are the `Operation`'s own.

    `operation_place` is the operation's `place`, which a correction of the operation keeps: `operation` is the row that
    stood when this was first signed.
    """

    is_history = False

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="explorations")
    operation_place = models.BigIntegerField()
    indication = models.CharField(max_length=12, choices=Indication.choices)
    finding = finding_column()
    side = side_column()
    level = level_column()
    text = models.TextField(blank=True)

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(indication="deficit", finding__in=Finding.values)
                | (Q(indication__in=[one for one in Indication.values if one != "deficit"]) & Q(finding="")),
                name="exploration_of_a_deficit_has_a_finding",
            ),
            models.CheckConstraint(
                condition=~Q(indication="other") | ~Q(text=""), name="exploration_for_another_reason_says_which"
            ),
        ]

    @property
    def at(self) -> datetime:
        """The operation's end, as it was known when this was first signed."""
        return self.operation.ended_at


class DrainEntry(ClinicalEntry):
    """One line about a drain: placed, read, or removed. The lines of one drain share `drain`.

    `volume_ml`, of a reading: what ran since the reading before, or since it was placed. 0 is a volume.
    """

    is_history = False

    class Stage(models.TextChoices):
        PLACED = "placed", _("placed")
        READ = "read", _("read")
        REMOVED = "removed", _("removed")

    drain = models.UUIDField(default=uuid.uuid4)
    stage = models.CharField(max_length=7, choices=Stage.choices)
    happened_at = models.DateTimeField()
    label = models.CharField(max_length=24, blank=True)
    suction = models.BooleanField(null=True, blank=True)
    volume_ml = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(stage="placed", suction__isnull=False, volume_ml__isnull=True) & ~Q(label=""))
                | Q(stage="read", label="", suction__isnull=True)
                & Q(volume_ml__isnull=False, volume_ml__range=(0, MOST_ML))
                | Q(stage="removed", label="", suction__isnull=True, volume_ml__isnull=True),
                name="drain_line_says_what_its_stage_asks",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "happened_at"], name="drains_of_an_episode")]

    @property
    def at(self) -> datetime:
        """When it was placed, read or removed."""
        return self.happened_at
