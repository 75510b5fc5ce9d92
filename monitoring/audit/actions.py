"""The one way into the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction

from monitoring.audit.context import current_origin
from monitoring.audit.models import AuditEntry
from monitoring.audit.synthetic import is_synthetic


def record(
    action: str,
    *,
    by: AbstractBaseUser | None,
    about: models.Model,
    patient_id: int | None = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write down that `by` (None: the system itself) did `action` to `about`, in the transaction that does it.

    `action` is "<subject>.<past participle>": "check.recorded". Raises `TransactionManagementError` outside a
    transaction, because an entry that can be saved without its change, or the change without it, proves nothing. What
    happens to the watchdog's synthetic patient is left out.
    """
    if is_synthetic(patient_id):
        return
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry belongs in the transaction of what it tells of")
    origin = current_origin()
    AuditEntry.objects.create(
        actor_id=None if by is None else by.pk,
        action=action,
        subject_type=about._meta.label_lower,
        subject_id=str(about.pk),
        patient_id=patient_id,
        reason=reason,
        data=data or {},
        request_id=origin.request_id,
        address=origin.address,
    )
