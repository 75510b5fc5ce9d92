"""What signing in needs beside `Staff`: guesses, known devices, sessions, second factors, the provider's links."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wards.models import Membership, Staff


class Guesses(models.Model):
    """Wrong answers in one bucket (`throttle`): how many, until when the next is refused, when all is forgotten.

    `key` is a keyed hash of whom and where it counts: nothing that was typed can be read from it.
    """

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    free_at = models.DateTimeField(null=True)
    forget_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key[:8]


class KnownDevice(models.Model):
    """A browser on which somebody has signed in before, by the name that the audit log knows it by."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    device = models.CharField(max_length=32, db_index=True)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["staff", "device"], name="one_row_per_known_device")]

    def __str__(self) -> str:
        return f"known device {self.pk}"


class SignedIn(models.Model):
    """A session of somebody, kept after it has ended. `name` is the audit log's name of it: no session opens with it.

    `ends_at` is its absolute end, whatever is touched; `ended_at` says that it is over.
    """

    class How(models.TextChoices):
        PASSWORD = "password", _("password")
        PROVIDER = "provider", _("the hospital’s sign-in")
        PASSKEY = "passkey", _("passkey")

    class Why(models.TextChoices):
        SIGNED_OUT = "signed_out", _("signed out")
        REPLACED = "replaced", _("signed in anew")
        BY_HAND = "by_hand", _("ended from another session")
        HOURS = "hours", _("its hours were over")
        WRONG_ANSWERS = "wrong_answers", _("too many wrong answers")
        ACCOUNT = "account", _("the account has ended")
        RESET = "reset", _("second factors were reset")
        PASSWORD = "password", _("the password was reset")
        NEW_PASSWORD = "new_password", _("the password was changed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="sign_ins")
    name = models.CharField(max_length=32, db_index=True)
    how = models.CharField(max_length=8, choices=How.choices)
    second = models.CharField(max_length=8, blank=True)
    device = models.CharField(max_length=32, blank=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=16, choices=Why.choices, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="sessions_to_end"),
            models.Index(fields=["staff"], condition=Q(ended_at=None), name="sessions_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, why="") | (Q(ended_at__isnull=False) & ~Q(why="")),
                name="session_ended_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"


class Factor(models.Model):
    """A second factor of somebody.

    An authenticator app (`secret`, encrypted; `last_step`, the half minute of the last code that was taken), or a
    passkey (`name`, as its owner calls it; `credential`, its public half; `signatures`, its own count of them).
    """

    class Kind(models.TextChoices):
        TOTP = "totp", _("authenticator app")
        PASSKEY = "passkey", _("passkey")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=40, blank=True)
    secret = models.TextField(blank=True)
    last_step = models.BigIntegerField(default=0)
    credential_id = models.TextField(blank=True)
    credential = models.BinaryField(default=bytes)
    signatures = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(kind="totp", removed_at=None), name="one_authenticator_app"
            ),
            models.UniqueConstraint(
                fields=["credential_id"], condition=Q(kind="passkey", removed_at=None), name="one_row_per_passkey"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="factor_is_removed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RecoveryCode(models.Model):
    """One code of a set that somebody keeps on paper. `digest` is a keyed hash; a newer set retires the older one."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["staff"], condition=Q(used_at=None, retired_at=None), name="recovery_codes_left")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class EnrolmentCode(models.Model):
    """What an administrator hands over, so that somebody who has been here before sets up a second factor.

    `digest` is a keyed hash. It is good once, until `until`; a newer one retires it.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(used_at=None, retired_at=None), name="one_enrolment_code_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment code {self.pk}"


class Link(models.Model):
    """Whom the hospital's provider means by a subject. Made once, at the first sign-in."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_per_subject"),
            models.UniqueConstraint(fields=["issuer", "staff"], name="one_subject_per_account"),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class ClaimedRole(models.Model):
    """A membership that came from the provider's claims, and goes with them. One that was given by hand has none."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="claimed")
    claimed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"claimed role {self.pk}"
