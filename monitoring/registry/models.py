"""A line for each index fusion: what a study of it needs, flat, whoever wrote it down and when.

Every number of the registry is made of lines alone. One is either put together from the record (`recorded`), again
whenever an entry of its episode changes, or was imported and never changes. Times are spans from the index operation's
end, or from the examination that found the deficit; None is not known, and never 0.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from monitoring.pathway.vocabulary import Finding
from monitoring.registry.vocabulary import Deficit, Ended, Reoperation
from wards.models import Level, Operation, Patient, Stay


class Import(models.Model):
    """Past operations brought in from one file, whole; or taken back whole. `digest` is the file's SHA-256."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    imported_at = models.DateTimeField(db_default=Now())
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_back_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(source=""), name="import_names_its_source"),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(taken_back_at__isnull=True), name="one_standing_import_of_a_file"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True, taken_back_reason="")
                | (Q(taken_back_at__isnull=False, taken_back_by__isnull=False) & ~Q(taken_back_reason="")),
                name="import_is_taken_back_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


def _days() -> models.FloatField[Any, Any]:
    """Days of 24 h from the index operation's end."""
    return models.FloatField(null=True, blank=True)


def _minutes() -> models.FloatField[Any, Any]:
    """Minutes from the examination that found the deficit; negative where moments were typed out of order."""
    return models.FloatField(null=True, blank=True)


def _grade() -> models.PositiveSmallIntegerField[Any, Any]:
    """The lowest MRC grade of the muscles of the deficit. 0 is paralysis."""
    return models.PositiveSmallIntegerField(null=True, blank=True)


class Line(models.Model):
    """One index fusion and what followed.

    `episode` of what was recorded here; `brought_by` and `case_key` (the hospital's own number in the study, no record
    number) of what was imported. `counts` is false for what was taken back.

    `operated_on` is the day of the index operation on the ward's clock. `age` is in whole years on that day. `segments`
    are the fused motion segments. `onset_days`: until the deficit was first seen. `ended` is what became of it.
    `reoperation` is the first secondary operation for a severe deficit, else the first of all; `finding` what it
    found. `grade_at_deficit` is the lowest before it, `grade_day3` and `grade_day7` after it, `relief` as in
    `pathway.recovery`. `good_to_decompression_hours`: from the last good check to that operation's end, the worst case.
    `checks_late`: those that ended an overdue alert.
    """

    episode = models.OneToOneField("wards.Episode", models.PROTECT, null=True, blank=True, related_name="registry_line")
    brought_by = models.ForeignKey(Import, models.PROTECT, null=True, blank=True, related_name="lines")
    case_key = models.CharField(max_length=40, blank=True)
    counts = models.BooleanField(default=True)
    made_at = models.DateTimeField(db_default=Now())

    ward = models.ForeignKey("wards.Ward", models.PROTECT, related_name="registry_lines")
    operated_on = models.DateField()
    sex = models.CharField(max_length=1, choices=Patient.Sex.choices)
    age = models.PositiveSmallIntegerField()
    diagnosis = models.CharField(max_length=24, choices=Operation.Diagnosis.choices)
    procedure = models.CharField(max_length=8, choices=Operation.Procedure.choices)
    level_upper = models.CharField(max_length=8, choices=Level.choices, blank=True)
    level_lower = models.CharField(max_length=8, choices=Level.choices, blank=True)
    segments = models.PositiveSmallIntegerField()
    symptomatic_side = models.CharField(max_length=5, choices=Operation.SymptomaticSide.choices, blank=True)
    coagulopathy = models.BooleanField(null=True, blank=True)
    deformity_correction = models.BooleanField(null=True, blank=True)

    departure = models.CharField(max_length=16, choices=Stay.Departure.choices, blank=True)
    departure_days = _days()

    deficit = models.CharField(max_length=16, choices=Deficit.choices, default=Deficit.NONE)
    onset_days = _days()
    ended = models.CharField(max_length=16, choices=Ended.choices, blank=True)
    reoperation = models.CharField(max_length=16, choices=Reoperation.choices, default=Reoperation.NONE)
    reoperation_days = _days()
    finding = models.CharField(max_length=64, choices=Finding.choices, blank=True)
    grade_at_deficit = _grade()
    grade_day3 = _grade()
    grade_day7 = _grade()
    relief = models.BooleanField(null=True, blank=True)
    good_to_decompression_hours = models.FloatField(null=True, blank=True)
    minutes_to_alert = _minutes()
    minutes_to_acknowledged = _minutes()
    minutes_to_imaging = _minutes()
    minutes_to_theatre = _minutes()
    checks_done = models.PositiveIntegerField(null=True, blank=True)
    checks_late = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(episode__isnull=False, brought_by__isnull=True, case_key="")
                | (Q(episode__isnull=True, brought_by__isnull=False) & ~Q(case_key="")),
                name="line_is_recorded_or_imported",
            ),
            models.UniqueConstraint(
                fields=["ward", "case_key"], condition=Q(counts=True) & ~Q(case_key=""), name="one_line_per_case_key"
            ),
            models.CheckConstraint(condition=Q(segments__gte=1), name="line_fuses_a_segment"),
            models.CheckConstraint(
                condition=Q(checks_late__isnull=True) | Q(checks_late__lte=F("checks_done")),
                name="line_late_checks_are_among_those_done",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lte": 5}), name=f"line_{name}_is_0_to_5"
                )
                for name in ("grade_at_deficit", "grade_day3", "grade_day7")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ward", "operated_on"], condition=Q(counts=True), name="lines_of_a_ward"),
            models.Index(
                fields=["ward", "operated_on"],
                condition=Q(counts=True) & (~Q(deficit="none") | ~Q(reoperation="none")),
                name="lines_that_tell_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.pk}"


class Stale(models.Model):
    """An entry of this episode has changed: its line is due to be put together again.

    Triggers write it, in the transaction of the change, whoever makes that. Rows are added and taken away, never
    changed: no writer waits for another one. `due_at` is put off where putting together failed, since `failing_since`.
    """

    episode_id = models.BigIntegerField()
    due_at = models.DateTimeField(db_default=Now())
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="stale_lines"),
            models.Index(fields=["episode_id"], name="stale_episode"),
            models.Index(fields=["failing_since"], name="stale_failing", condition=Q(failing_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"stale episode {self.episode_id}"
