"""The only code that writes about second factors. Each action is one transaction: lock, rules, change, audit.

The person's row is the lock. No secret and no code is ever in the audit log.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.identity import box, totp
from monitoring.identity.codes import bare, new_code
from monitoring.identity.models import Factor, RecoveryCode, SignedIn
from monitoring.identity.passkeys import NewPasskey, refused
from monitoring.identity.policy import must_have_factor
from monitoring.identity.sessions import end_sessions_of
from wards.access import Forbidden
from wards.entries import said_why
from wards.locks import lock_staff
from wards.models import Staff
from wards.staff_actions import require_account

RECOVERY_CODES = 10
RECOVERY = "recovery"
Kind = Factor.Kind


# --- Getting one ------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_app(*, by: Staff, secret: str, code: str) -> list[str] | None:
    """One's own authenticator app, which shows by its first code that it has the secret.

    The recovery codes, where this is the first factor of all; else None. Raises ValidationError for a wrong code, and
    for a second app.
    """
    staff = lock_staff(by.pk)
    step = totp.matching_step(secret, code, now())
    if step is None:
        raise ValidationError({"code": [_("The code does not fit. Look at the app’s newest one.")]})
    if staff.factors.filter(kind=Kind.TOTP, removed_at=None).exists():
        raise ValidationError({"code": [_("You have an authenticator app already. Remove it first.")]})
    made = Factor(staff=staff, kind=Kind.TOTP, secret=box.closed(secret), last_step=step)
    return _added(made)


@transaction.atomic
def add_passkey(*, by: Staff, name: str, made: NewPasskey) -> list[str] | None:
    """One's own passkey. As `add_app`; raises ValidationError for one that is kept already."""
    staff = lock_staff(by.pk)
    kept = Factor(
        staff=staff,
        kind=Kind.PASSKEY,
        name=name,
        credential_id=made.credential_id,
        credential=made.credential,
        signatures=made.signatures,
    )
    try:
        with transaction.atomic():
            return _added(kept)
    except IntegrityError:
        raise ValidationError({"answer": [_("This passkey is kept already.")]}) from None


def _added(factor: Factor) -> list[str] | None:
    is_first = not factor.staff.factors.filter(removed_at=None).exists()
    factor.save(force_insert=True)
    record("factor.added", by=factor.staff, about=factor.staff, data={"factor": factor.kind})
    return _new_codes(factor.staff) if is_first else None


@transaction.atomic
def make_recovery_codes(*, by: Staff) -> list[str]:
    """A new set of one's own; the ones of before open nothing any more. Raises ValidationError without any factor."""
    staff = lock_staff(by.pk)
    if not staff.factors.filter(removed_at=None).exists():
        raise ValidationError(_("Set up an authenticator app or a passkey first."))
    return _new_codes(staff)


def _new_codes(staff: Staff) -> list[str]:
    _retire_codes(staff)
    codes = [new_code() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(staff=staff, digest=box.digest(bare(code))) for code in codes)
    record("recovery_codes.made", by=staff, about=staff)
    return codes


def _retire_codes(staff: Staff) -> None:
    RecoveryCode.objects.filter(staff=staff, retired_at=None).update(retired_at=now())


# --- Giving one -------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_code(staff: Staff, typed: str) -> str:
    """What the code came from: "totp", "recovery"; "" for a wrong one. Each code is good once."""
    staff = lock_staff(staff.pk)
    found = _by_app(staff, typed) or _by_recovery(staff, typed)
    if not found:
        record("second_factor.refused", by=None, about=staff, data={"factor": "code"})
    return found


def _by_app(staff: Staff, typed: str) -> str:
    app = staff.factors.filter(kind=Kind.TOTP, removed_at=None).first()
    if app is None:
        return ""
    at = now()
    try:
        step = totp.matching_step(box.opened(app.secret), typed, at)
    except box.CannotOpen:  # its recovery codes still do
        return ""
    if step is None or step <= app.last_step:  # a code that was read over a shoulder opens nothing again
        return ""
    app.last_step, app.used_at = step, at
    app.save(update_fields=["last_step", "used_at"])
    return Kind.TOTP.value


def _by_recovery(staff: Staff, typed: str) -> str:
    left = RecoveryCode.objects.filter(staff=staff, used_at=None, retired_at=None)
    code = left.filter(digest__in=box.digests(bare(typed))).first()
    if code is None:
        return ""
    code.used_at = now()
    code.save(update_fields=["used_at"])
    record("recovery_code.used", by=staff, about=staff, data={"left": left.count()})
    return RECOVERY


@transaction.atomic
def accept_passkey(factor: Factor, signatures: int) -> str:
    """Note the use of a passkey whose signature was right. Returns "passkey".

    Raises ValidationError where its count has not gone up: then there are two of it, and one is stolen.
    """
    lock_staff(factor.staff_id)
    factor = Factor.objects.get(pk=factor.pk)
    is_copy = (signatures or factor.signatures) and signatures <= factor.signatures
    if factor.removed_at is not None or is_copy:
        raise ValidationError(refused())
    factor.signatures, factor.used_at = signatures, now()
    factor.save(update_fields=["signatures", "used_at"])
    return Kind.PASSKEY.value


@transaction.atomic
def note_refused_passkey(staff: Staff) -> None:
    """An answer to a passkey's challenge was not accepted."""
    record("second_factor.refused", by=None, about=staff, data={"factor": Kind.PASSKEY.value})


# --- Losing one -------------------------------------------------------------------------------------------------------


@transaction.atomic
def remove_factor(factor: Factor, *, by: Staff) -> bool:
    """Take away one of one's own. Returns whether it was still there.

    Raises ValidationError for the last one of somebody who needs one. With the last one the recovery codes go too.
    """
    staff = lock_staff(by.pk)
    standing = staff.factors.filter(removed_at=None)
    if not standing.filter(pk=factor.pk).exists():
        return False
    is_last = not standing.exclude(pk=factor.pk).exists()
    if is_last and must_have_factor(staff):
        raise ValidationError(_("Your role needs a second factor. Set up another one first."))
    standing.filter(pk=factor.pk).update(removed_at=now(), removed_by=staff)
    if is_last:
        _retire_codes(staff)
    record("factor.removed", by=staff, about=staff, data={"factor": factor.kind})
    return True


@transaction.atomic
def reset_factors(staff: Staff, *, by: Staff, reason: str) -> int:
    """Take away all second factors of a colleague who has lost them, and end their sessions: how many there were.

    They set up new ones when they next sign in, where their role needs one. Raises Forbidden where the account is not
    for `by` to touch, or their own; ValidationError without a reason.
    """
    staff = lock_staff(staff.pk)
    require_account(staff, by=by)
    if staff.pk == by.pk:
        raise Forbidden(_("Your own second factors are reset by another administrator."))
    reason = said_why(reason)
    standing = staff.factors.filter(removed_at=None)
    count = standing.update(removed_at=now(), removed_by=by)
    if not count:
        return 0
    _retire_codes(staff)
    record("factors.reset", by=by, about=staff, reason=reason, data={"factors": count})
    end_sessions_of(staff, by=by, why=SignedIn.Why.RESET)
    return count
