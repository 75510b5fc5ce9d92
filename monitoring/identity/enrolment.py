"""Who may set up a first second factor, where their role needs one.

Somebody who has never been signed in does it with the password of their own link. Whoever has been here before is given
a code by an administrator, in person: else whoever finds the password out first would set one up in their name.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.identity import box
from monitoring.identity.codes import bare, new_code
from monitoring.identity.models import EnrolmentCode
from monitoring.identity.policy import has_factor, must_have_factor
from wards.access import Forbidden
from wards.entries import said_why
from wards.locks import lock_staff
from wards.models import Staff
from wards.staff_actions import require_account

GOOD_FOR = timedelta(days=1)


def needs_code(staff: Staff) -> bool:
    """Whether their password alone no longer lets them set up a first factor: they have been signed in before."""
    return staff.last_login is not None


def waits_for_factor(staff: Staff) -> bool:
    """Whether they cannot sign in with the password alone, and have nothing else yet."""
    return staff.is_active and must_have_factor(staff) and not has_factor(staff)


@transaction.atomic
def make_code(staff: Staff, *, by: Staff | None, reason: str) -> str:
    """The code by which this person sets up a factor: once, for a day, in place of any other. `by` None: whoever runs
    the server.

    Raises Forbidden where the account is not for `by` to touch, or their own; ValidationError where it is closed, or
    has a factor.
    """
    staff = lock_staff(staff.pk)
    if by is not None:
        require_account(staff, by=by)
        if staff.pk == by.pk:
            raise Forbidden(_("Your own code is made by another administrator."))
    reason = said_why(reason)
    if not staff.is_active:
        raise ValidationError({"reason": [_("This account is closed. Open it again first.")]})
    if has_factor(staff):
        raise ValidationError({"reason": [_("There is a second factor already. Reset it first, if it is lost.")]})
    code, at = new_code(), now()
    _left(staff).update(retired_at=at)
    EnrolmentCode.objects.create(staff=staff, digest=box.digest(bare(code)), until=at + GOOD_FOR)
    record("enrolment_code.made", by=by, about=staff, reason=reason)
    return code


@transaction.atomic
def use_code(staff: Staff, typed: str) -> bool:
    """Use it up: whether it was theirs, and still good."""
    staff = lock_staff(staff.pk)
    found = _left(staff).filter(digest__in=box.digests(bare(typed)), until__gt=now())
    if not found.update(used_at=now()):
        record("second_factor.refused", by=None, about=staff, data={"factor": "enrolment code"})
        return False
    record("enrolment_code.used", by=staff, about=staff)
    return True


def _left(staff: Staff) -> models.QuerySet[EnrolmentCode]:
    return EnrolmentCode.objects.filter(staff=staff, used_at=None, retired_at=None)
