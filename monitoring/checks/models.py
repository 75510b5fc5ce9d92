"""What is seen and done at the bedside: strength checks, conservative treatment, accepted references (protocol §1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache, reduce
from operator import or_
from typing import ClassVar, Literal

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from monitoring.protocol import MUSCLES, Muscle
from wards.models import ClinicalEntry

LATE_AFTER = timedelta(minutes=15)  # a check recorded later than this after the examination is marked late


class Untested(models.TextChoices):
    """Why a muscle has no grade. The first five mean NT (not testable now), the last two NA (never testable)."""

    SEDATED = "sedated", _("NT: sedated")
    BLOCK = "block", _("NT: nerve block")
    PAIN = "pain", _("NT: pain")
    CAST = "cast", _("NT: cast or brace")
    OTHER = "other", _("NT: other")
    AMPUTATION = "amputation", _("NA: amputation")
    FUSED_JOINT = "fused_joint", _("NA: fused joint")


NEVER_TESTABLE = frozenset({Untested.AMPUTATION, Untested.FUSED_JOINT})


class Flag(models.TextChoices):
    """A red flag's finding. Empty means that the check left it out."""

    PRESENT = "present", _("yes")
    ABSENT = "absent", _("no")
    NOT_ASSESSED = "not_assessed", _("not asked")


def grade_column() -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(null=True, blank=True)


def untested_column() -> models.CharField[str, str]:
    return models.CharField(max_length=12, choices=Untested.choices, blank=True)


def flag_column() -> models.CharField[str, str]:
    return models.CharField(max_length=12, choices=Flag.choices, blank=True)


@cache
def column(muscle: Muscle) -> str:
    """The name of a muscle's grade column: `l4_left`. Its reason for having none is in `l4_left_untested`."""
    return f"{muscle.myotome.lower()}_{muscle.side}"


def muscle_constraints() -> Iterator[models.CheckConstraint]:
    """A grade is 0–5 or missing; a muscle has a grade or a reason for having none, never both."""
    for muscle in MUSCLES:
        name = column(muscle)
        yield models.CheckConstraint(
            condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 5}),
            name=f"check_{name}_is_0_to_5",
        )
        yield models.CheckConstraint(
            condition=Q(**{f"{name}_untested": ""})
            | Q(**{f"{name}__isnull": True, f"{name}_untested__in": Untested.values}),
            name=f"check_{name}_graded_or_untested",
        )


def other_reason_is_explained() -> models.CheckConstraint:
    """ "NT: other" says nothing by itself: the note does."""
    others = [Q(**{f"{column(muscle)}_untested": Untested.OTHER.value}) for muscle in MUSCLES]
    return models.CheckConstraint(condition=~Q(note="") | ~reduce(or_, others), name="check_other_reason_is_explained")


class Check(ClinicalEntry):
    """One strength check. A muscle or flag that it leaves out was not looked at, which is not normal.

    `catheter`: said to have a urinary catheter in place, so that retention cannot show. `moved_from`: the same check as
    it was signed on another patient's record by mistake, and is retracted there (mending).
    """

    examined_at = models.DateTimeField()
    l2_left = grade_column()
    l2_right = grade_column()
    l3_left = grade_column()
    l3_right = grade_column()
    l4_left = grade_column()
    l4_right = grade_column()
    l5_left = grade_column()
    l5_right = grade_column()
    s1_left = grade_column()
    s1_right = grade_column()
    l2_left_untested = untested_column()
    l2_right_untested = untested_column()
    l3_left_untested = untested_column()
    l3_right_untested = untested_column()
    l4_left_untested = untested_column()
    l4_right_untested = untested_column()
    l5_left_untested = untested_column()
    l5_right_untested = untested_column()
    s1_left_untested = untested_column()
    s1_right_untested = untested_column()
    saddle_anaesthesia = flag_column()
    bladder_bowel = flag_column()
    pain = models.PositiveSmallIntegerField(null=True, blank=True)
    catheter = models.BooleanField(default=False)
    second_examiner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    moved_from = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="moved_to")

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            *muscle_constraints(),
            other_reason_is_explained(),
            models.CheckConstraint(condition=Q(pain__isnull=True) | Q(pain__gte=0, pain__lte=10), name="pain_0_to_10"),
            models.CheckConstraint(
                condition=Q(saddle_anaesthesia__in=["", *Flag.values], bladder_bowel__in=["", *Flag.values]),
                name="check_flags_are_known",
            ),
            models.CheckConstraint(
                condition=Q(second_examiner__isnull=True) | ~Q(second_examiner=F("recorded_by")),
                name="second_examiner_is_somebody_else",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "examined_at"], name="checks_of_an_episode")]

    @property
    def at(self) -> datetime:
        """When it happened, for the protocol: the examination."""
        return self.examined_at

    @property
    def is_late(self) -> bool:
        return self.recorded_at - self.examined_at > LATE_AFTER

    def grade(self, muscle: Muscle) -> int | Literal["NT", "NA"] | None:
        """The muscle's grade 0–5, NT or NA; None where the check left it out."""
        grade: int | None = getattr(self, column(muscle))
        if grade is not None:
            return grade
        untested: str = getattr(self, f"{column(muscle)}_untested")
        if not untested:
            return None
        return "NA" if untested in NEVER_TESTABLE else "NT"

    def set_grade(self, muscle: Muscle, *, grade: int | None, untested: str = "") -> None:
        setattr(self, column(muscle), grade)
        setattr(self, f"{column(muscle)}_untested", untested)


class Attempt(ClinicalEntry):
    """A check that was tried and could not be done. It is no look: nothing is known by it, what was due is due."""

    is_history = False

    class Reason(models.TextChoices):
        ASLEEP = "asleep", _("asleep")
        AWAY = "away", _("away from the ward")
        REFUSED = "refused", _("refused")
        OTHER = "other", _("other")

    tried_at = models.DateTimeField()
    reason = models.CharField(max_length=8, choices=Reason.choices)
    next_try_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(reason__in=["asleep", "away", "refused", "other"]), name="attempt_reason_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason="other") | ~Q(note=""), name="attempt_other_is_explained"),
            models.CheckConstraint(condition=Q(next_try_at__gt=F("tried_at")), name="next_try_follows_the_attempt"),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "tried_at"], name="attempts_of_an_episode")]

    @property
    def at(self) -> datetime:
        """When it was tried."""
        return self.tried_at


class Treatment(ClinicalEntry):
    """Conservative treatment started or stopped."""

    class Kind(models.TextChoices):
        REST = "rest", _("rest")
        MANNITOL = "mannitol", _("mannitol IV")
        METHYLPREDNISOLONE = "methylprednisolone", _("methylprednisolone IV")

    class Action(models.TextChoices):
        STARTED = "started", _("started")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    action = models.CharField(max_length=8, choices=Action.choices)
    happened_at = models.DateTimeField()
    dose = models.CharField(max_length=80, blank=True)

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(action__in=["started", "stopped"]), name="treatment_action_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["rest", "mannitol", "methylprednisolone"]), name="treatment_kind_is_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "happened_at"], name="treatments_of_an_episode")]

    @property
    def at(self) -> datetime:
        """When it happened, for the protocol."""
        return self.happened_at


class JSONPathExists(Func):
    """Whether a JSON path finds anything in a column; the database raises an error where the path does not apply."""

    function = "jsonb_path_exists"
    output_field = models.BooleanField()


# Whatever these find is wrong. `strict`: anything but an object, or an array, is an error.
NOT_A_GRADE = (
    'strict $.keyvalue() ? (!(@.key like_regex "^(L[2-5]|S1) (left|right)$" && @.value.type() == "number"'
    " && @.value >= 0 && @.value <= 5 && @.value.floor() == @.value))"
)
NOT_A_FLAG = 'strict $[*] ? (!(@ == "saddle_anaesthesia" || @ == "bladder_bowel"))'


class Acceptance(ClinicalEntry):
    """A surgeon accepts grades as new references, or red flags as known, with a reason (protocol §1, §3).

    `muscles`: {"L4 left": 3}; `flags`: ["bladder_bowel"].
    """

    accepted_at = models.DateTimeField()
    muscles = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    reason = models.TextField()

    class Meta(ClinicalEntry.Meta):
        constraints: ClassVar = [
            *ClinicalEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="acceptance_has_a_reason"),
            models.CheckConstraint(condition=~Q(muscles={}, flags=[]), name="acceptance_names_something"),
            models.CheckConstraint(
                condition=~Q(JSONPathExists("muscles", Value(NOT_A_GRADE))), name="acceptance_grades_are_0_to_5"
            ),
            models.CheckConstraint(
                condition=~Q(JSONPathExists("flags", Value(NOT_A_FLAG))), name="acceptance_flags_are_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "accepted_at"], name="acceptances_of_an_episode")]

    @property
    def at(self) -> datetime:
        """When it happened, for the protocol."""
        return self.accepted_at
