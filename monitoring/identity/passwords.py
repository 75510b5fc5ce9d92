"""One's own password, changed by whoever knows it. Whoever does not is given a link (`wards.invitations`)."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.identity.models import SignedIn
from monitoring.identity.sessions import end_sessions_of, renew
from wards.locks import lock_staff
from wards.models import Staff


@transaction.atomic
def change_password(request: HttpRequest, *, by: Staff, password: str) -> int:
    """Keep another password of one's own, once the old one was shown. This session goes on, under another key.

    Returns how many other sessions it ended: all that there were. Raises ValidationError, by `password`, for one that
    anybody would guess, and for the one that it is already.
    """
    staff = lock_staff(by.pk)
    require_good(password, staff)
    if staff.check_password(password):
        raise ValidationError({"password": [_("This is the password that you have now.")]})
    staff.set_password(password)
    staff.save(update_fields=["password"])
    record("password.set", by=staff, about=staff, data={"by": "themselves"})
    renew(request, staff)
    key = request.session.session_key or ""
    return end_sessions_of(staff, by=staff, why=SignedIn.Why.NEW_PASSWORD, but=key)


def require_good(password: str, staff: Staff) -> None:
    """Raises ValidationError, by `password`, for one that anybody would guess."""
    try:
        validate_password(password, staff)
    except ValidationError as poor:
        raise ValidationError({"password": poor.messages}) from None
