"""Patients, their surgical episodes and their stays on a ward's bed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from monitoring.audit.synthetic import same_sign
from wards.models.people import Bed, Staff, Ward
from wards.names import identifying_name


class Patient(models.Model):
    """Somebody by their record in the hospital. `merged_into`: a second record of one person, whose stays went to that
    one; the row stays, so that its number is still found.
    """

    class Sex(models.TextChoices):
        FEMALE = "F", _("female")
        MALE = "M", _("male")
        OTHER = "X", _("other or not known")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_number = models.CharField(max_length=32, unique=True)
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex.choices)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="patient_is_not_merged_into_itself",
            ),
            models.CheckConstraint(condition=~Q(record_number=""), name="patient_has_a_record_number"),
            models.CheckConstraint(condition=~Q(family_name=""), name="patient_has_a_family_name"),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"  # never the name: this string can reach a log

    @property
    def display_name(self) -> str:
        """SURNAME, First, or 李建国: the first of the two identifiers on every page about a patient."""
        return identifying_name(self.family_name, self.given_name)


class Episode(models.Model):
    """A surgical episode: the index operation, the baseline before it and all that follows, over wards and stays.

    One without a stay is what mending left: its stays went on in another.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="episodes")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=same_sign("id", "patient"), name="episode_is_all_synthetic_or_not"),
        ]

    def __str__(self) -> str:
        return f"episode {self.pk}"


class Stay(models.Model):
    """One admission to a ward's bed, until discharge. A readmission is a new stay that may continue the episode."""

    class Departure(models.TextChoices):
        HOME = "home", _("home")
        OTHER_HOSPITAL = "other_hospital", _("other hospital or unit")
        DIED = "died", _("died")
        MERGED = "merged", _("the same patient's other stay goes on")  # by mending only

    LEAVING = (Departure.HOME, Departure.OTHER_HOSPITAL, Departure.DIED)  # what a discharge may say

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idempotency_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="stays")
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="stays")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="stays")
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="stays")
    responsible_surgeon = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    admitted_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    discharged_at = models.DateTimeField(null=True, blank=True)
    departure = models.CharField(max_length=16, choices=Departure.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bed"], condition=Q(discharged_at__isnull=True), name="one_open_stay_per_bed"
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(discharged_at__isnull=True), name="one_open_stay_per_patient"
            ),
            models.CheckConstraint(
                condition=Q(discharged_at__isnull=True) | Q(discharged_at__gte=F("admitted_at")),
                name="discharge_follows_admission",
            ),
            models.CheckConstraint(
                condition=Q(discharged_at__isnull=True, departure="")
                | (Q(discharged_at__isnull=False) & ~Q(departure="")),
                name="discharge_says_where_to",
            ),
            models.CheckConstraint(
                condition=same_sign("id", "patient", "episode", "ward", "bed"), name="stay_is_all_synthetic_or_not"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ward"], condition=Q(discharged_at__isnull=True), name="open_stays_of_a_ward"),
        ]

    def __str__(self) -> str:
        return f"stay {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.discharged_at is None


class Move(models.Model):
    """A stay's move from one bed to another, within or between wards. Rows are only ever added."""

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="moves")
    from_bed = models.ForeignKey(Bed, models.PROTECT, related_name="+")
    to_bed = models.ForeignKey(Bed, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"move {self.pk}"


class Absence(models.Model):
    """The patient is in theatre or imaging. Holds reminders of overdue checks (six hours at most), never a deficit."""

    class Place(models.TextChoices):
        THEATRE = "theatre", _("in theatre")
        IMAGING = "imaging", _("in imaging")

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="absences")
    place = models.CharField(max_length=8, choices=Place.choices)
    left_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    back_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stay"], condition=Q(back_at__isnull=True), name="away_at_one_place"),
            models.CheckConstraint(
                condition=Q(back_at__isnull=True) | Q(back_at__gte=F("left_at")), name="return_follows_leaving"
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"
