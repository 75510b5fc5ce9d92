"""The fusion, and re-operations."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wards.models.entries import ClinicalEntry


class Level(models.TextChoices):
    """Vertebral levels a lumbar fusion spans, in order from above."""

    T10 = "T10"
    T11 = "T11"
    T12 = "T12"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"
    S1 = "S1"
    S2 = "S2"
    ILIUM = "ilium"


def motion_segments(upper: str, lower: str) -> int:
    """How many motion segments lie between two levels: L4–5 is one, L3–S1 three. Below S1 nothing moves."""
    levels = list(Level)
    above, below = (min(levels.index(Level(level)), levels.index(Level.S1)) for level in (upper, lower))
    return below - above


class Operation(ClinicalEntry):
    """The fusion (`index`) or a re-operation (`secondary`). The protocol counts from `ended_at` (protocol §1)."""

    class Kind(models.TextChoices):
        INDEX = "index", _("index fusion")
        SECONDARY = "secondary", _("re-operation")

    class Procedure(models.TextChoices):
        PLF = "PLF", _("PLF: posterolateral fusion")
        PLIF = "PLIF", _("PLIF: posterior lumbar interbody fusion")
        TLIF = "TLIF", _("TLIF: transforaminal lumbar interbody fusion")
        OTHER = "other", _("other (re-operation)")

    class Diagnosis(models.TextChoices):
        HERNIATION = "herniation", _("lumbar disc herniation")
        STENOSIS = "stenosis", _("stenosis")
        HERNIATION_AND_STENOSIS = "herniation_and_stenosis", _("disc herniation and stenosis")
        SCOLIOSIS = "scoliosis", _("scoliosis")
        SPONDYLOLISTHESIS = "spondylolisthesis", _("spondylolisthesis")
        OTHER = "other", _("other")

    class SymptomaticSide(models.TextChoices):
        LEFT = "left", _("left")
        RIGHT = "right", _("right")
        BOTH = "both", _("both")
        NONE = "none", _("none")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    procedure = models.CharField(max_length=8, choices=Procedure.choices)
    level_upper = models.CharField(max_length=8, choices=Level.choices)
    level_lower = models.CharField(max_length=8, choices=Level.choices)
    diagnosis = models.CharField(max_length=24, choices=Diagnosis.choices)
    symptomatic_side = models.CharField(max_length=5, choices=SymptomaticSide.choices)
    coagulopathy = models.BooleanField()
    deformity_correction = models.BooleanField()

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="operation_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(kind__in=["index", "secondary"]), name="operation_kind_is_index_or_secondary"
            ),
            models.CheckConstraint(
                condition=Q(kind="secondary") | ~Q(procedure="other"), name="index_operation_names_its_fusion"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "ended_at"], name="operations_of_an_episode")]

    def __str__(self) -> str:
        return f"operation {self.pk}"

    @property
    def at(self) -> datetime:
        """When it happened, for the protocol: the operation's end."""
        return self.ended_at

    @property
    def procedure_label(self) -> str:
        """As surgeons write it: PLIF. A re-operation may be another one."""
        return str(_("other")) if self.procedure == self.Procedure.OTHER else self.procedure

    @property
    def levels_label(self) -> str:
        """As surgeons write it: L3–S1, L4–5 where both are lumbar, and L3 for one level alone."""
        upper, lower = self.level_upper, self.level_lower
        if upper == lower:
            return upper
        return f"{upper}–{lower[1:]}" if upper[0] == lower[0] and lower != "ilium" else f"{upper}–{lower}"
