"""Between the password and the second factor: who it will be is kept in the session, and nobody is signed in yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from monitoring.due.clock import now
from monitoring.identity.backends import Accounts
from monitoring.identity.models import SignedIn
from monitoring.identity.sessions import leave
from wards.models import Staff

KEPT = "signing_in"
GOOD_FOR = timedelta(minutes=10)  # to set up an authenticator app for the first time


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who has shown the first half of who they are, and where they want to go.

    `may_enrol`: whether that is enough to set up a first factor (`enrolment`).
    """

    staff: Staff
    how: SignedIn.How
    way: str
    may_enrol: bool


def hold(request: HttpRequest, staff: Staff, *, how: SignedIn.How, way: str, may_enrol: bool) -> None:
    """Keep who it will be, under a new session key. Whoever was signed in here is not any more."""
    if request.user.is_authenticated:
        leave(request, why=SignedIn.Why.REPLACED)
    request.session.cycle_key()
    request.session[KEPT] = {
        "staff": staff.pk,
        "how": how.value,
        "way": way,
        "may_enrol": may_enrol,
        "until": (now() + GOOD_FOR).isoformat(),
        "mark": staff.get_session_auth_hash(),
    }


def pending(request: HttpRequest) -> Pending | None:
    """Who is about to sign in here; None for nobody, too late, or where password or account have changed since."""
    kept = request.session.get(KEPT)
    if kept is None or datetime.fromisoformat(kept["until"]) <= now():
        return None
    staff = Staff.objects.filter(pk=kept["staff"]).first()
    if staff is None or not Accounts().user_can_authenticate(staff):
        return None
    if not constant_time_compare(kept["mark"], staff.get_session_auth_hash()):
        return None
    return Pending(staff, SignedIn.How(kept["how"]), kept["way"], kept["may_enrol"])


def let_enrol(request: HttpRequest) -> None:
    """Whoever is about to sign in here has shown more than the first half."""
    request.session[KEPT] = request.session[KEPT] | {"may_enrol": True}


def drop(request: HttpRequest) -> None:
    """It is done, or given up."""
    request.session.pop(KEPT, None)
