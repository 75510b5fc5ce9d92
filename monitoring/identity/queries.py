"""What an account's own pages show: its sessions, its second factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitoring.audit.context import session_name
from monitoring.identity.agents import agent_words
from monitoring.identity.models import Factor, RecoveryCode, SignedIn
from monitoring.identity.sessions import stored_sessions
from wards.models import Staff

Seen = Callable[[dict[str, Any]], datetime | None]
"""When somebody was last at a screen, out of what its session keeps."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session that is open. `is_here`: the one that asks."""

    signed_in: SignedIn
    browser: str
    seen_at: datetime
    is_here: bool


def open_sessions(staff: Staff, session_key: str | None, at: datetime, seen: Seen) -> list[Session]:
    """The one that asks first, then those last seen."""
    rows = list(SignedIn.objects.filter(staff=staff, ended_at=None, ends_at__gt=at))
    stored = stored_sessions(rows, at)
    here = session_name(session_key) if session_key else ""
    found = [
        Session(
            row,
            agent_words(row.agent),
            seen(stored[row.name].get_decoded()) or row.began_at,
            row.name == here,
        )
        for row in rows
        if row.name in stored
    ]
    return sorted(found, key=lambda one: (not one.is_here, -one.seen_at.timestamp()))


def factors_of(staff: Staff) -> list[Factor]:
    """The second factors that still count, in the order in which they were added."""
    return list(Factor.objects.filter(staff=staff, removed_at=None).order_by("pk"))


def recovery_codes_left(staff: Staff) -> int:
    return RecoveryCode.objects.filter(staff=staff, used_at=None, retired_at=None).count()
