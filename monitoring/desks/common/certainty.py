"""Who has just said again who they are. It counts for ten minutes in their session, for changes of how one signs in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from monitoring.desks.common.lock import keep
from monitoring.due.clock import now

CONFIRMED = "confirmed_at"
CONFIRMED_FOR = timedelta(minutes=10)


def confirm_now(session: SessionBase) -> None:
    keep(session, {CONFIRMED: now().isoformat()})


def begin_confirmed(session: SessionBase) -> None:
    """At a signing in that is all that somebody without a password can show."""
    session[CONFIRMED] = now().isoformat()


def is_confirmed(session: SessionBase) -> bool:
    said = session.get(CONFIRMED)
    return said is not None and now() - datetime.fromisoformat(said) < CONFIRMED_FOR
