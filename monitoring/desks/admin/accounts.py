"""What is done to an account and to its sessions together: the rooms that write them do not know each other."""

from __future__ import annotations

from django.db import transaction

from monitoring.identity.actions import reset_factors
from monitoring.identity.enrolment import make_code, needs_code, waits_for_factor
from monitoring.identity.models import SignedIn
from monitoring.identity.sessions import end_sessions_of
from wards.invitations import invite
from wards.models import Staff
from wards.staff_actions import close_staff


@transaction.atomic
def close_account(staff: Staff, *, by: Staff, reason: str, anyway: bool) -> Staff:
    """As `close_staff`; the sessions are noted as over."""
    closed = close_staff(staff, by=by, reason=reason, anyway=anyway)
    end_sessions_of(closed, by=by, why=SignedIn.Why.ACCOUNT)
    return closed


@transaction.atomic
def new_start(staff: Staff, *, by: Staff, reason: str) -> str:
    """Take away the second factors of a colleague who has lost them; the code with which they set up another, "" where
    they need none.
    """
    reset_factors(staff, by=by, reason=reason)
    return make_code(staff, by=by, reason=reason) if waits_for_code(staff) else ""


def waits_for_code(staff: Staff) -> bool:
    """Whether they cannot sign in before an administrator has handed them a code, or a link."""
    return needs_code(staff) and waits_for_factor(staff)


@transaction.atomic
def link_for(staff: Staff, *, by: Staff, reason: str) -> str:
    """The token of `invite`; the sessions of the password that it replaces are noted as over."""
    token = invite(staff, by=by, reason=reason)
    end_sessions_of(staff, by=by, why=SignedIn.Why.PASSWORD)
    return token
