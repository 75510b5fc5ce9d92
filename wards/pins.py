"""The PIN that opens a locked screen again: a short number of one's own, which signs nobody in.

Five wrong answers in a row, PINs and passwords counted together, and only signing in with the password helps. They are
counted for the person, under the lock of their row: not for a screen, so that several screens give no more guesses.
"""

from __future__ import annotations

import re
from enum import StrEnum, auto

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from wards.models import Staff

SHORTEST, LONGEST = 4, 8
MOST_FAILURES = 5
STRAIGHT = "01234567890"


class Answer(StrEnum):
    """What a typed secret came to."""

    RIGHT = auto()
    WRONG = auto()
    SPENT = auto()
    """Too many wrong ones in a row: even the right one does not open any more."""


@transaction.atomic
def check_secret(staff: Staff, typed: str, *, password: bool) -> Answer:
    """Whether it is still this person at the screen: by their PIN, or by their password."""
    staff = _locked(staff)
    if staff.pin_failures >= MOST_FAILURES:
        return Answer.SPENT
    known = staff.check_password(typed) if password else bool(staff.pin) and check_password(typed, staff.pin)
    data = {"with": "password" if password else "pin"}
    if not known:
        staff.pin_failures += 1
        staff.save(update_fields=["pin_failures"])
        audit.record("identity.refused", by=None, about=staff, data=data | {"in_a_row": staff.pin_failures})
        return Answer.SPENT if staff.pin_failures >= MOST_FAILURES else Answer.WRONG
    _forgive(staff)
    audit.record("identity.confirmed", by=staff, about=staff, data=data)
    return Answer.RIGHT


@transaction.atomic
def set_pin(*, by: Staff, pin: str) -> None:
    """One's own PIN, in place of any earlier one. Raises ValidationError for one that anybody would guess."""
    staff = _locked(by)
    require_good(pin, staff)
    staff.pin = make_password(pin)
    staff.save(update_fields=["pin"])
    audit.record("pin.set", by=by, about=staff)


@transaction.atomic
def forgive(staff: Staff) -> None:
    """The password was right at sign-in: wrong answers before it count no more."""
    _forgive(_locked(staff))


def failures_left(staff: Staff) -> int:
    """How many wrong answers the person still has; read afresh."""
    return MOST_FAILURES - Staff.objects.values_list("pin_failures", flat=True).get(pk=staff.pk)


def require_good(pin: str, staff: Staff) -> None:
    """Raises ValidationError for a PIN of the wrong form, or one that is among the first that anybody would try."""
    if not re.fullmatch(rf"[0-9]{{{SHORTEST},{LONGEST}}}", pin):
        raise ValidationError({"pin": [_("4 to 8 digits, and nothing else.")]})
    if is_trivial(pin):
        raise ValidationError({"pin": [_("Too easy to guess: no row such as 1234, nothing that repeats, no year.")]})
    if pin in re.sub(r"\D", "", staff.phone):
        raise ValidationError({"pin": [_("This stands in your phone number, which colleagues know.")]})


def is_trivial(pin: str) -> bool:
    """Rows (1234, 9876), anything made of one part again and again (7777, 1212, 123123), years of a living person."""
    repeats = re.fullmatch(r"(\d+?)\1+", pin) is not None
    is_row = pin in STRAIGHT or pin in STRAIGHT[::-1]
    return repeats or is_row or re.fullmatch(r"(19|20)\d\d", pin) is not None


def _locked(staff: Staff) -> Staff:
    return Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)


def _forgive(staff: Staff) -> None:
    if staff.pin_failures:
        staff.pin_failures = 0
        staff.save(update_fields=["pin_failures"])
