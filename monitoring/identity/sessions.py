"""Sessions: the one place that begins one, and those that end them. Each is a transaction with its audit entry.

A session is Django's row, which opens pages, and ours (`SignedIn`), which is kept. To end one is to take Django's away:
its next request is nobody's, and its stream ends with the next look at who listens.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest

from monitoring.audit.actions import record
from monitoring.audit.context import current_origin, session_name
from monitoring.due.clock import now
from monitoring.identity.models import KnownDevice, SignedIn
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.locks import lock_staff
from wards.models import Staff

Why = SignedIn.Why
BACKEND = "monitoring.identity.backends.Accounts"


@transaction.atomic
def begin(request: HttpRequest, staff: Staff, *, how: SignedIn.How, second: str = "") -> SignedIn:
    """Sign somebody in: under a new session key, whoever's session this browser had; it ends after its hours.

    `second` is the second factor that was given, "" for none.
    """
    staff = lock_staff(staff.pk)  # before the sessions, as whoever ends an account does
    before = request.session.session_key
    _close(_open_here(before), why=Why.REPLACED, by=staff)
    login(request, staff, backend=BACKEND)
    if request.session.session_key == before:
        request.session.cycle_key()  # the same person again: Django would keep the key
    at = now()
    ends_at = at + settings.SESSION_LENGTH
    request.session.set_expiry(ends_at)
    origin = current_origin()
    signed_in = SignedIn.objects.create(
        staff=staff,
        name=session_name(request.session.session_key or ""),
        how=how,
        second=second,
        device=origin.device,
        address=origin.address,
        agent=origin.agent,
        ends_at=ends_at,
    )
    if origin.device:
        KnownDevice.objects.update_or_create(staff=staff, device=origin.device, defaults={"last_at": at})
    record("sign_in.succeeded", by=staff, about=staff, data={"with": how, "second": second})
    return signed_in


@transaction.atomic
def renew(request: HttpRequest, staff: Staff) -> None:
    """This very session goes on under a new key, after its person's password has changed: the old key opens nothing."""
    here = _open_here(request.session.session_key)
    update_session_auth_hash(request, staff)
    here.update(name=session_name(request.session.session_key or ""))


@transaction.atomic
def leave(request: HttpRequest, *, why: SignedIn.Why = Why.SIGNED_OUT) -> None:
    """End the session of this very request. Whoever calls says in the audit log what happened."""
    _close(_open_here(request.session.session_key), why=why, by=request.user if request.user.is_authenticated else None)
    logout(request)


@transaction.atomic
def end(signed_in: SignedIn, *, by: Staff | None, why: SignedIn.Why) -> bool:
    """End one session. Returns whether it was still open."""
    return end_all(SignedIn.objects.filter(pk=signed_in.pk), by=by, why=why) == 1


@transaction.atomic
def end_all(sessions: models.QuerySet[SignedIn], *, by: Staff | None, why: SignedIn.Why) -> int:
    """End those of these sessions that are open: how many."""
    return _end(sessions, by=by, why=why)


@transaction.atomic
def end_sessions_of(staff: Staff, *, by: Staff | None, why: SignedIn.Why, but: str = "") -> int:
    """End all of somebody's sessions; but the one with the key `but`, where that is given."""
    return _end(SignedIn.objects.filter(staff=staff).exclude(name=session_name(but) if but else ""), by=by, why=why)


def _end(sessions: models.QuerySet[SignedIn], *, by: Staff | None, why: SignedIn.Why) -> int:
    open_ones = _close(sessions, why=why, by=by)
    _keys_of(open_ones).delete()
    for one in open_ones:
        record("session.ended", by=by, about=one.staff, data={"why": why, "session": one.name})
        publish(topics.person(one.staff_id))
    return len(open_ones)


def _close(sessions: models.QuerySet[SignedIn], *, why: SignedIn.Why, by: object) -> list[SignedIn]:
    """Note that these are over, under their locks; the ones that were open."""
    locked = sessions.filter(ended_at=None).select_related("staff").select_for_update(of=("self",), no_key=True)
    found = list(locked.order_by("pk"))
    SignedIn.objects.filter(pk__in=[one.pk for one in found]).update(
        ended_at=now(), ended_by=by if isinstance(by, Staff) else None, why=why
    )
    return found


def _open_here(session_key: str | None) -> models.QuerySet[SignedIn]:
    if not session_key:
        return SignedIn.objects.none()
    return SignedIn.objects.filter(name=session_name(session_key))


# --- Django's rows by our names ---------------------------------------------------------------------------------------


class NameOf(models.Func):
    """`audit.context.session_name` of a column, as PostgreSQL works it out."""

    template = "left(encode(sha256(convert_to('spinewatch.audit.session:' || %(expressions)s, 'UTF8')), 'hex'), 16)"
    output_field = models.CharField()


def _keys_of(sessions: list[SignedIn]) -> models.QuerySet[Session]:
    return Session.objects.annotate(name=NameOf(F("session_key"))).filter(name__in=[one.name for one in sessions])


def stored_sessions(sessions: list[SignedIn], at: datetime) -> dict[str, Session]:
    """Django's rows of these sessions that still open pages, by name."""
    found = _keys_of(sessions).filter(expire_date__gt=at)
    return {session_name(row.session_key): row for row in found}
