"""What ends by itself: an account whose last day has passed, a session whose hours are over.

Both are rows with a due time; the sweep ends them. Neither waits for it at the door: signing in, and each request, asks
for itself (`backends`, the session's own expiry). The sweep lets the rest of the house know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.identity.days import has_ended, today
from monitoring.identity.models import SignedIn
from monitoring.identity.sessions import end, end_sessions_of
from wards.changes import people_changed
from wards.locks import lock_rota, lock_staff
from wards.models import Staff

Why = SignedIn.Why
LATER = timedelta(seconds=30)


def accounts_past_their_day(limit: int) -> Sequence[int]:
    past = Staff.objects.filter(is_active=True, ends_on__lt=today()).order_by("ends_on", "pk")
    return list(past.values_list("pk", flat=True)[:limit])


@transaction.atomic
def end_account(staff_id: int) -> None:
    """Close an account whose last day has passed: as for somebody who has left, and open alerts look whom they call."""
    staff = lock_staff(staff_id)
    if not staff.is_active or not has_ended(staff):
        return
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    record("staff.ended", by=None, about=staff, data={"ends_on": str(staff.ends_on)})
    end_sessions_of(staff, by=None, why=Why.ACCOUNT)
    for ward_id in staff.memberships.order_by("ward").values_list("ward", flat=True).distinct():
        lock_rota(ward_id)
        people_changed(ward_id)


def account_back_off(_staff_id: int, _error: Exception) -> None:
    """It is tried again with the next tick: nobody can sign in with it meanwhile."""


def sessions_past_their_hours(limit: int) -> Sequence[int]:
    past = SignedIn.objects.filter(ended_at=None, ends_at__lte=now()).order_by("ends_at")
    return list(past.values_list("pk", flat=True)[:limit])


def end_session(signed_in_id: int) -> None:
    """Note that a session's hours are over."""
    past = SignedIn.objects.filter(pk=signed_in_id, ended_at=None, ends_at__lte=now()).first()
    if past is not None:
        end(past, by=None, why=Why.HOURS)


def session_back_off(signed_in_id: int, _error: Exception) -> None:
    """Its own expiry has closed it meanwhile; only the note of it waits."""
    SignedIn.objects.filter(pk=signed_in_id).update(ends_at=now() + LATER)
