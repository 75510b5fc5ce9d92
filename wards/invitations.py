"""The link by which somebody sets a password: handed over by an administrator, good once and for three days.

It signs nobody in. Who has set a password signs in with it, and with a second factor where one is asked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due import clock
from wards.access import Forbidden
from wards.entries import said_why
from wards.locks import lock_staff
from wards.models import Staff
from wards.staff_actions import require_account

GOOD_FOR = timedelta(days=3)
SALT = "spinewatch.invitation"


@transaction.atomic
def invite(staff: Staff, *, by: Staff, reason: str) -> str:
    """The token of a link by which this person sets a password. The one they had is gone at once, and so are their
    sessions and any link of before.

    Raises Forbidden where the account is not for `by` to touch, or their own; ValidationError where it is closed.
    """
    staff = lock_staff(staff.pk)
    require_account(staff, by=by)
    if staff.pk == by.pk:
        raise Forbidden(_("Your own password is reset by another administrator."))
    reason = said_why(reason)
    if not staff.is_active:
        raise ValidationError({"reason": [_("This account is closed. Open it again first.")]})
    had_one = staff.has_usable_password()
    staff.set_unusable_password()
    staff.save(update_fields=["password"])
    record("password.link_made", by=by, about=staff, reason=reason, data={"in_place_of_a_password": had_one})
    return token_for(staff, until=clock.now() + GOOD_FOR)


@transaction.atomic
def set_password(token: str, password: str) -> Staff:
    """Use the link up: this is the person's password from now on.

    Raises ValidationError where the link is not good any more, and by `password` for one that anybody would guess.
    """
    found = invited(token)
    staff = None if found is None else lock_staff(found.pk)
    if staff is None or invited(token) is None:  # asked again under the lock: somebody may have been faster
        raise ValidationError(_("This link is used up. Ask an administrator for another one."))
    try:
        validate_password(password, staff)
    except ValidationError as refused:
        raise ValidationError({"password": refused.messages}) from None
    staff.set_password(password)
    staff.pin_failures = 0
    staff.save(update_fields=["password", "pin_failures"])
    record("password.set", by=staff, about=staff, data={"by": "link"})
    return staff


def token_for(staff: Staff, *, until: datetime) -> str:
    """A token that names the account and cannot be made up; it dies with the password that the account has now."""
    return signing.Signer(salt=SALT).sign_object([staff.public_id.hex, int(until.timestamp()), _mark(staff)])


def invited(token: str) -> Staff | None:
    """Whom the token was made for; None for any other text, and for a link that is used up, replaced or too old."""
    try:
        name, until, mark = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    staff = Staff.objects.filter(public_id=UUID(name), is_active=True).first()
    if staff is None or until <= clock.now().timestamp() or not constant_time_compare(mark, _mark(staff)):
        return None
    return staff


def _mark(staff: Staff) -> str:
    """Of the password that the account has, or of the nothing that stands in its place: each is another."""
    return salted_hmac(SALT, staff.password).hexdigest()[:20]
