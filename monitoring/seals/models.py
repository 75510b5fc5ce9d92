"""The chain of seals over the audit log and the history of rows, and what makes, sends and checks it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

LEAST, MOST = -(2**63), 2**63 - 1  # of a bigint: before any id, after any


class Log(models.TextChoices):
    """What is sealed. Both are written in the transaction of what they tell of, and never changed."""

    ENTRIES = "entries"
    CHANGES = "changes"


class Seal(models.Model):
    """A link of the chain: a piece of one log, as it stood when every transaction that could add to it had ended.

    The rows of a log stand in the order of (xact, id). A seal covers those from (`from_xact`, `from_id`) up to and
    without (`upto_xact`, `upto_id`), whose ids are `ids_from` or more. `leaves` has 48 bytes for each in that order:
    its transaction, its id, and the SHA-256 of its content (canonical.py, by `format`). `hash` is over all columns but
    itself and `signature` (chain.py), `previous` is that of the seal before; `signature` is by the key named `key`.

    ROWS seals rows. EPOCH begins again where the counter of transactions went back (a database restored from a dump):
    later rows have `ids_from` or more. PRUNED says in `note` which seals' rows retention has removed.
    """

    class Kind(models.TextChoices):
        ROWS = "rows"
        EPOCH = "epoch"
        PRUNED = "pruned"

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    log = models.CharField(max_length=8, choices=Log.choices)
    format = models.PositiveSmallIntegerField()
    ids_from = models.BigIntegerField()
    from_xact = models.BigIntegerField()
    from_id = models.BigIntegerField()
    upto_xact = models.BigIntegerField()
    upto_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    leaves = models.BinaryField()
    note = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, unique=True)  # so that the chain has one end
    key = models.CharField(max_length=16)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["log", "number"], name="seals_by_log"),
            models.Index(fields=["kind", "number"], condition=~Q(kind="rows"), name="seals_of_note"),
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"


class Sealing(models.Model):
    """When sealing is due, and how far it is. The one row's lock makes one sealer at a time.

    `done_at`: when all that could be sealed was. `unsealed_since`: the time of the oldest entry that was left then,
    because a transaction before it was still open.
    """

    due_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    unsealed_since = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return "sealing"


class Verification(models.Model):
    """A verification asked for on the page, done piece by piece: what was found so far, or in the end.

    `next_number`: the seal to go on with. `differences`: rows that are not as sealed, until they are named at the end
    (findings.py). `findings`: the first of them, `found`: how many.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now(), null=True)
    finished_at = models.DateTimeField(null=True)
    next_number = models.BigIntegerField(default=1)
    seals = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    removed = models.BigIntegerField(default=0)
    differences = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    found = models.BigIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="verifications_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=True),
                nulls_distinct=False,
                name="one_verification_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"verification {self.pk}"


class SealDispatch(models.Model):
    """One way on which the newest seal leaves the house, so that nobody inside can cut or rewrite the chain unseen.

    `next_attempt_at`: when it is to be sent; while it is being sent, the end of the sender's lease. `attempt` counts
    on for ever and is the fencing token: whoever finds another number on the row is too late.
    """

    class Channel(models.TextChoices):
        FILE = "file"
        EMAIL = "email"
        WEBHOOK = "webhook"

    channel = models.CharField(max_length=8, choices=Channel.choices, unique=True)
    next_attempt_at = models.DateTimeField(null=True)
    attempt = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    sent_number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"seals by {self.channel}"
