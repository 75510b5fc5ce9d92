"""The only code that gives and takes roles on wards.

Each action is one transaction: lock the person, then the ward; rules, change, audit; then open alerts look again whom
they call. Both raise Forbidden where `by` may not (an administrator gives on the wards that they administer, and nobody
changes their own), and ValidationError, by the form's field names, where a rule is not met. Sent again they change
nothing.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due import clock
from wards.access import Forbidden, May, require
from wards.changes import people_changed
from wards.entries import said_why
from wards.left_behind import left_behind
from wards.locks import lock_rota, lock_staff
from wards.models import Membership, Role, Staff, Ward
from wards.staff_actions import require_administrator_left


@transaction.atomic
def give_role(staff: Staff, *, by: Staff, ward: Ward, role: Role, reason: str) -> Membership:
    """Somebody is this on the ward from now on."""
    staff, ward, before = _locked(staff, ward, by)
    held = Membership.objects.filter(staff=staff, ward=ward, role=role).first()
    if held is not None:
        return held
    reason = said_why(reason)
    if not staff.is_active:
        raise ValidationError({"role": [_("This account is closed. Open it again first.")]})
    membership = Membership.objects.create(staff=staff, ward=ward, role=role)
    _tell("role.given", staff, ward, by, reason, before, before | {role})
    return membership


@transaction.atomic
def take_role(staff: Staff, *, by: Staff, ward: Ward, role: Role, reason: str, anyway: bool) -> bool:
    """Somebody is this on the ward no more. Returns whether they still were: somebody may have been faster.

    Raises ValidationError for the ward's last administrator; and by `anyway`, unless it is true, where it leaves a post
    or patients behind.
    """
    staff, ward, before = _locked(staff, ward, by)
    if role not in before:
        return False
    reason = said_why(reason)
    if role == Role.ADMINISTRATOR:
        require_administrator_left(staff, ward, field="reason")
    losses = left_behind(staff, ward, keeps=before - {role}, at=clock.now()) if staff.is_active else []
    if losses and not anyway:
        raise ValidationError({"anyway": losses})
    Membership.objects.filter(staff=staff, ward=ward, role=role).delete()
    _tell("role.taken", staff, ward, by, reason, before, before - {role})
    return True


def _locked(staff: Staff, ward: Ward, by: Staff) -> tuple[Staff, Ward, frozenset[Role]]:
    """The person and the ward, locked, and the person's roles there."""
    staff, ward = lock_staff(staff.pk), lock_rota(ward.pk)
    require(by, May.MANAGE_STAFF, ward)
    require_anothers(staff, by=by)
    held = Membership.objects.filter(staff=staff, ward=ward).values_list("role", flat=True)
    return staff, ward, frozenset(map(Role, held))


def require_anothers(staff: Staff, *, by: Staff) -> None:
    """Raises Forbidden for one's own roles."""
    if staff.pk == by.pk:
        raise Forbidden(_("Nobody changes their own roles: ask another administrator."))


def _tell(
    action: str, staff: Staff, ward: Ward, by: Staff, reason: str, before: frozenset[Role], after: frozenset[Role]
) -> None:
    data = {"ward": ward.pk, "before": sorted(before), "after": sorted(after)}
    record(action, by=by, about=staff, ward_id=ward.pk, reason=reason, data=data)
    people_changed(ward.pk)
