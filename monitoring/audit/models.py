"""The audit log: append-only, held so by a database trigger (migration `0002_append_only`)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Now


class Transaction(models.Func):
    """The id of the transaction that writes the row, as PostgreSQL counts them: never used twice, never reset."""

    template = "pg_current_xact_id()::text"
    output_field = models.TextField()


class AuditEntry(models.Model):
    """One thing that somebody, or the system, did. Written in the same transaction as what it tells of.

    `acting_role`: the role on `ward` by whose strength it was allowed. `address`, `device` (a browser's own random
    name) and `agent`: where from; `session`: a name of the signed-in session that opens nothing. `cause`: the request
    whose work the system was finishing, or "sweep:assess" where that sweep found it due. `xact`: the transaction, which
    row changes and seals go by.
    """

    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acting_role = models.CharField(max_length=16, blank=True)
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    patient = models.ForeignKey("wards.Patient", models.PROTECT, null=True, related_name="+")
    ward = models.ForeignKey("wards.Ward", models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=32, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    session = models.CharField(max_length=32, blank=True)
    cause = models.CharField(max_length=64, blank=True)
    xact = models.BigIntegerField(db_default=Cast(Transaction(), models.BigIntegerField()))

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["patient", "at", "id"], name="audit_by_patient"),
            models.Index(fields=["actor", "at", "id"], name="audit_by_actor"),
            models.Index(fields=["ward", "at", "id"], name="audit_by_ward"),
            models.Index(fields=["action", "at", "id"], name="audit_by_action"),
            models.Index(fields=["xact", "id"], name="audit_by_transaction"),
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="audit_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.subject_type} {self.subject_id}"


class RowChange(models.Model):
    """A row as it was before and after one statement, written by a trigger whoever asked, the application or not.

    `operation` is INSERT, UPDATE or DELETE; `before` and `after` are the columns by name, of an UPDATE only those that
    differ. `xact` and `request_id` tie it to the audit entries of the same transaction and request; one that is tied to
    no request was made past the application. `database_user` is who was connected.
    """

    class Operation(models.TextChoices):
        INSERT = "INSERT"
        UPDATE = "UPDATE"
        DELETE = "DELETE"

    at = models.DateTimeField(db_default=Now())
    table = models.CharField(max_length=63)
    row_id = models.CharField(max_length=64)
    operation = models.CharField(max_length=6, choices=Operation.choices)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    database_user = models.CharField(max_length=63)
    xact = models.BigIntegerField(db_default=Cast(Transaction(), models.BigIntegerField()))

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["table", "row_id", "id"], name="change_by_row"),
            models.Index(fields=["xact", "id"], name="change_by_transaction"),
            models.Index(fields=["at", "id"], condition=Q(request_id=""), name="change_past_application"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row_id}"
