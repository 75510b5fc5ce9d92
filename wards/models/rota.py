"""Who is there: posts held from–to, which nurse has which patient, and named groups."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from monitoring.audit.synthetic import same_sign
from wards.models.people import Staff, Ward
from wards.models.stays import Stay


class Post(models.TextChoices):
    """What somebody on the rota is there for."""

    NURSE = "nurse", _("nurse on shift")
    CHARGE_NURSE = "charge_nurse", _("charge nurse")
    SURGEON_ON_CALL = "surgeon_on_call", _("surgeon on call")
    SECOND_ON_CALL = "second_on_call", _("second on call")


class Signed(models.Model):
    """A line that somebody wrote, and that is cancelled, never changed: what was planned then stays readable."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="%(class)s_ends_after_it_starts"),
        ]


class Duty(Signed):
    """One person in one post of a ward, from `starts_at` until just before `ends_at`. Several may share a post.

    A hand-over cancels the line and writes two, `handed_over_from` it: the old holder's until then, the new one's from
    then on. `source_uid` names the event of the calendar file that the line came from, so that the same file can be
    read again; `in_file` is true while the file that was read last says the same of it, whatever was done by hand.
    """

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="duties")
    post = models.CharField(max_length=16, choices=Post.choices)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="duties")
    source_uid = models.CharField(max_length=255, blank=True)
    in_file = models.BooleanField(default=False)
    handed_over_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")

    class Meta(Signed.Meta):
        constraints: ClassVar = [
            *Signed.Meta.constraints,
            models.CheckConstraint(condition=Q(post__in=Post.values), name="duty_post_is_known"),
            models.CheckConstraint(condition=same_sign("staff", "ward"), name="duty_is_all_synthetic_or_not"),
            models.UniqueConstraint(
                fields=["ward", "post", "source_uid"], condition=Q(in_file=True), name="one_duty_per_event_of_the_file"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ward", "post", "starts_at"], condition=Q(cancelled_at__isnull=True), name="duties_of_a_ward"
            ),
        ]

    def __str__(self) -> str:
        return f"duty {self.pk}"


class Allocation(Signed):
    """This nurse has this patient for a shift. Of several at one time the one recorded last counts."""

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="allocations")
    nurse = models.ForeignKey(Staff, models.PROTECT, related_name="allocations")

    class Meta(Signed.Meta):
        constraints: ClassVar = [
            *Signed.Meta.constraints,
            models.CheckConstraint(condition=same_sign("stay", "nurse"), name="allocation_is_all_synthetic_or_not"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["stay", "starts_at"], condition=Q(cancelled_at__isnull=True), name="allocations_of_a_stay"
            ),
        ]

    def __str__(self) -> str:
        return f"allocation {self.pk}"


class Group(models.Model):
    """People who are called together by a name of the ward's own: "spine team"."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=40)
    members = models.ManyToManyField(Staff, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ward", "name"], name="one_group_per_name")]

    def __str__(self) -> str:
        return self.name
