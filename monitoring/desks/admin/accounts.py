"""What is done to an account and to its sessions together: the rooms that write them do not know each other."""

from __future__ import annotations

from django.db import transaction

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
def link_for(staff: Staff, *, by: Staff, reason: str) -> str:
    """The token of `invite`; the sessions of the password that it replaces are noted as over."""
    token = invite(staff, by=by, reason=reason)
    end_sessions_of(staff, by=by, why=SignedIn.Why.PASSWORD)
    return token
