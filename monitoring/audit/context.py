"""Where a request came from and on whose strength it is answered, for the audit entries written meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Origin:
    """A request's id, where it came from, and for the system's own work the request that caused it, or the sweep.

    Outside a request all are empty. `request` is asked for its session when an entry is written, because signing in
    gives it another.
    """

    request_id: str = ""
    address: str | None = None
    device: str = ""
    agent: str = ""
    cause: str = ""
    request: HttpRequest | None = field(default=None, repr=False, compare=False)

    @property
    def session(self) -> str:
        """A name of the session that opens nothing; empty where there is none."""
        session = getattr(self.request, "session", None)
        return session_name(session.session_key) if session is not None and session.session_key else ""

    def columns(self) -> dict[str, Any]:
        """As an audit entry keeps it."""
        return {
            "request_id": self.request_id,
            "address": self.address,
            "device": self.device,
            "agent": self.agent,
            "session": self.session,
            "cause": self.cause,
        }


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody's role on a ward, by which they were allowed what they are doing.

    `reason`: why the role was theirs there, where it is none of their own on that ward ("break-glass").
    """

    staff_id: int | None = None
    role: str = ""
    ward_id: int | None = None
    reason: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What the data of an audit entry say of it."""
        return {"by_reason": self.reason} if self.reason else {}


CAUSE = "cause"
"""The header of a task's message that names the request whose work it finishes."""

BY_THE_CLOCK = "sweep:"
"""How the cause begins of what no request asked for: it was past due, and the sweep of this name found it."""

NOWHERE = Origin()
NOBODY = Acting()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)
_acting: ContextVar[Acting] = ContextVar("acting", default=NOBODY)


def current_origin() -> Origin:
    return _origin.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """What is written meanwhile comes from there, and nobody acts yet."""
    token, acting = _origin.set(origin), _acting.set(NOBODY)
    try:
        yield
    finally:
        _origin.reset(token)
        _acting.reset(acting)


def new_request_id() -> str:
    return uuid.uuid4().hex


def cause_now() -> str:
    """The request that whatever is begun now goes back to: this one, or the one that this work goes back to itself."""
    origin = _origin.get()
    return origin.cause or origin.request_id


@contextmanager
def system_at_work(cause: str) -> Iterator[None]:
    """What is written meanwhile is one piece of the system's own work, which `cause` (a request's id) made due."""
    with coming_from(Origin(request_id=new_request_id(), cause=cause)):
        yield


def session_name(session_key: str) -> str:
    """A name for a session that leads nowhere: who reads the log cannot sign in with it."""
    return sha256(f"spinewatch.audit.session:{session_key}".encode()).hexdigest()[:16]


def act_as(acting: Acting) -> None:
    """Remember by which role somebody was just allowed something; `wards.access` says so wherever it allows."""
    _acting.set(acting)


def acting_now(staff_id: int) -> Acting:
    """The role by which this person was last allowed something in this request; empty for anybody else."""
    acting = _acting.get()
    return acting if acting.staff_id == staff_id else NOBODY
