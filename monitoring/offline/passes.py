"""A pass: the server's signed word on who holds the device, for which wards, and until when.

It travels in the kit and is sealed in with each check, so that a check sent by another's session is still signed by the
person who examined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.dateparse import parse_datetime

from wards.models import Staff, Ward

SALT = "spinewatch.offline.pass"
LASTS = timedelta(hours=12)  # the longest shift; a session lasts no longer either


class NoPass(ValueError):
    """Not a pass of this server."""


@dataclass(frozen=True, slots=True)
class Pass:
    staff_id: int
    wards: frozenset[int]
    issued_at: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        return self.issued_at <= at <= self.until


def issue(staff: Staff, wards: Iterable[Ward], *, at: datetime) -> str:
    """A pass for the person on these wards, from `at` for as long as a shift may last."""
    says = {"who": staff.pk, "wards": [ward.pk for ward in wards], "from": at.isoformat()}
    return signing.Signer(salt=SALT).sign_object(says, compress=True)


def read(text: str) -> Pass:
    """Raises NoPass for anything that this server did not sign."""
    try:
        says = signing.Signer(salt=SALT).unsign_object(text)
        issued_at = parse_datetime(says["from"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise NoPass from None
    if issued_at is None:
        raise NoPass
    return Pass(says["who"], frozenset(says["wards"]), issued_at, issued_at + LASTS)
