"""People, places and operations: who lies where, who looks after them, and what was operated.

Rows that a clinician signed (`ClinicalEntry`) are never changed or deleted: a correction is a new row that supersedes
the old one, a retraction is a mark on it. A database trigger holds that (migration `0002_signed_rows`).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now


class NextPlace(Func):
    """The next number of `wards_entry_place`: it remembers the order of first recording (protocol §10)."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self) -> None:
        super().__init__(Value("wards_entry_place"))


class Role(models.TextChoices):
    NURSE = "nurse", "nurse"
    CHARGE_NURSE = "charge_nurse", "charge nurse"
    SURGEON = "surgeon", "surgeon"
    ADMINISTRATOR = "administrator", "administrator"


class Staff(AbstractUser):
    """Somebody who signs in. What they may do follows from their `Membership` of wards, never from Django's flags."""

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Ward(models.Model):
    code = models.SlugField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    phone = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role on one ward."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="memberships")
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff", "ward", "role"], name="one_membership_per_role"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}, {self.role} on {self.ward}"


class ProtocolVersion(models.Model):
    """The settings of the escalation protocol that a ward works by; the highest number is in force."""

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="protocol_versions")
    number = models.PositiveIntegerField()
    settings = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ward", "number"], name="one_protocol_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.ward.code} {self.number}"


class Bed(models.Model):
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="beds")
    label = models.CharField(max_length=16)

    class Meta:
        ordering: ClassVar = ["ward_id", "label"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["ward", "label"], name="one_bed_per_label")]

    def __str__(self) -> str:
        return self.label


class Patient(models.Model):
    class Sex(models.TextChoices):
        FEMALE = "F", "female"
        MALE = "M", "male"
        OTHER = "X", "other or not known"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_number = models.CharField(max_length=32, unique=True)
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex.choices)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(record_number=""), name="patient_has_a_record_number"),
            models.CheckConstraint(condition=~Q(family_name=""), name="patient_has_a_family_name"),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"  # never the name: this string can reach a log

    @property
    def display_name(self) -> str:
        """SURNAME, First: the first of the two identifiers on every page about a patient."""
        return f"{self.family_name.upper()}, {self.given_name}"


class Episode(models.Model):
    """A surgical episode: the index operation, the baseline before it and all that follows, over wards and stays."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="episodes")
    opened_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"episode {self.pk}"


class Stay(models.Model):
    """One admission to a ward's bed, until discharge. A readmission is a new stay that may continue the episode."""

    class Departure(models.TextChoices):
        HOME = "home", "home"
        OTHER_HOSPITAL = "other_hospital", "other hospital or unit"
        DIED = "died", "died"

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
    form sent five times is stored once.
    """

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


class Operation(ClinicalEntry):
    """The fusion (`index`) or a re-operation (`secondary`). The protocol counts from `ended_at` (protocol §1)."""

    class Kind(models.TextChoices):
        INDEX = "index", "index fusion"
        SECONDARY = "secondary", "re-operation"

    class Procedure(models.TextChoices):
        PLF = "PLF", "PLF: posterolateral fusion"
        PLIF = "PLIF", "PLIF: posterior lumbar interbody fusion"
        TLIF = "TLIF", "TLIF: transforaminal lumbar interbody fusion"
        OTHER = "other", "other (re-operation)"

    class Diagnosis(models.TextChoices):
        HERNIATION = "herniation", "lumbar disc herniation"
        STENOSIS = "stenosis", "stenosis"
        HERNIATION_AND_STENOSIS = "herniation_and_stenosis", "disc herniation and stenosis"
        SCOLIOSIS = "scoliosis", "scoliosis"
        SPONDYLOLISTHESIS = "spondylolisthesis", "spondylolisthesis"
        OTHER = "other", "other"

    class SymptomaticSide(models.TextChoices):
        LEFT = "left", "left"
        RIGHT = "right", "right"
        BOTH = "both", "both"
        NONE = "none", "none"

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
    def levels_label(self) -> str:
        """As surgeons write it: L3–S1, and L4–5 where both are lumbar."""
        upper, lower = self.level_upper, self.level_lower
        return f"{upper}–{lower[1:]}" if upper[0] == lower[0] and lower != "ilium" else f"{upper}–{lower}"
