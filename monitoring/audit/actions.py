"""The one way into the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction

from monitoring.audit.context import NOBODY, acting_now, current_origin
from monitoring.audit.models import AuditEntry
from monitoring.audit.synthetic import is_synthetic


def record(
    action: str,
    *,
    by: AbstractBaseUser | None,
    about: models.Model,
    patient_id: int | None = None,
    ward_id: int | None = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write down that `by` (None: the system itself) did `action` to `about`, in the transaction that does it.

    `action` is "<subject>.<past participle>": "check.recorded". The ward is that of `about`, or the one on which `by`
    was allowed it. Raises `TransactionManagementError` outside a transaction, because an entry that can be saved
    without its change, or the change without it, proves nothing. What happens to the watchdog's patient is left out.
    """
    if is_synthetic(patient_id):
        return
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry belongs in the transaction of what it tells of")
    acting = NOBODY if by is None else acting_now(by.pk)
    AuditEntry.objects.create(
        actor_id=None if by is None else by.pk,
        acting_role=acting.role,
        action=action,
        subject_type=about._meta.label_lower,
        subject_id=str(about.pk),
        patient_id=patient_id,
        ward_id=ward_id or ward_of(about) or acting.ward_id,
        reason=reason,
        data=(data or {}) | acting.told,
        **current_origin().columns(),
    )


def ward_of(about: models.Model) -> int | None:
    """The id of the ward that a row belongs to, by itself or by the stay that it is about."""
    if about._meta.label == "wards.Ward":
        return about.pk  # type: ignore[no-any-return]
    found: int | None = getattr(about, "ward_id", None)
    stay = about._state.fields_cache.get("stay")
    if found is None and stay is not None:
        found = stay.ward_id
    return found
