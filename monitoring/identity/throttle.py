"""How often somebody may guess, so that no secret is found by trying and nobody is kept out by somebody else's tries.

Wrong answers are counted in buckets. Which ones an attempt falls into depends on the browser that it comes from:

- one on which this person has signed in before counts by itself alone. Whatever happens elsewhere, in the same house
  too, it is not refused for it;
- one on which somebody else has (a ward's tablet) counts for the person and for the browser. It is not refused for what
  happens at other browsers, behind the same address or not;
- a stranger's counts for the person at this address, for the person anywhere, and for the address.

Each bucket gives some tries free; then every further one costs a wait that doubles up to a limit. Refused attempts are
neither looked at nor counted, so that nobody prolongs a wait by knocking. An attempt is counted before its answer is
looked at and given back if that was right, under the buckets' locks: a hundred at once are as many as one by one.
Everything is kept in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from monitoring.audit.context import current_origin
from monitoring.due.clock import now
from monitoring.identity.models import Guesses, KnownDevice
from wards.models import Staff

SALT = "spinewatch.identity.throttle"
SWEPT_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` tries; then waits from `first` up to `longest`; all forgotten so long after the last try or wait."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """How long the next try waits after so many wrong ones in a row."""
        over = failures - self.free
        return timedelta(0) if over < 0 else min(self.first * 2 ** min(over, 20), self.longest)


HALF_A_MINUTE, HOUR = timedelta(seconds=30), timedelta(hours=1)
LIMITS = {
    "person here": Limit(5, HALF_A_MINUTE, timedelta(minutes=15), HOUR),
    "person anywhere": Limit(30, HALF_A_MINUTE, timedelta(minutes=15), timedelta(days=1)),
    "browser": Limit(30, HALF_A_MINUTE, timedelta(minutes=5), HOUR),
    "address": Limit(60, HALF_A_MINUTE, timedelta(minutes=5), HOUR),
}


class TooSoon(Exception):
    """The attempt was not looked at: it comes before `wait` is over."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class LockOut:
    """A bucket in which the tries are used up: which one, after how many wrong ones, for how long."""

    bucket: str
    failures: int
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was let through, and is counted as wrong until `forgive` says otherwise."""

    buckets: dict[str, str]
    lock_outs: tuple[LockOut, ...]


def admit(secret: str, name: str, staff: Staff | None) -> Attempt:
    """Count one attempt on `secret` ("password", "code") of whoever is called `name`; `staff` where somebody is.

    In a transaction of its own, from where the present request comes. Raises TooSoon where it must wait.
    """
    buckets = _buckets(secret, name, staff)
    with transaction.atomic():
        at = now()
        rows = _locked(buckets, at)
        waits = [row.free_at - at for row in rows.values() if row.free_at is not None and row.free_at > at]
        if waits:
            raise TooSoon(max(waits))
        lock_outs = tuple(out for bucket, row in rows.items() if (out := _count(bucket, row, at)) is not None)
        Guesses.objects.bulk_update(rows.values(), ["failures", "free_at", "forget_at"])
        _sweep(at)
    return Attempt(buckets, lock_outs)


def forgive(attempt: Attempt) -> None:
    """The answer was right: wrong ones of this person here are forgotten, and this one counts nowhere."""
    with transaction.atomic():
        for bucket, row in _locked(attempt.buckets, now()).items():
            row.failures = 0 if bucket == "person here" else max(0, row.failures - 1)
            row.free_at = None
            row.save(update_fields=["failures", "free_at"])


def _buckets(secret: str, name: str, staff: Staff | None) -> dict[str, str]:
    """The keys of the buckets that count, by their kind."""
    origin = current_origin()
    known = KnownDevice.objects.filter(device=origin.device) if origin.device else KnownDevice.objects.none()
    people = set(known.values_list("staff", flat=True))
    who = f"{secret}|{name.casefold()}"
    if staff is not None and staff.pk in people:
        return {"person here": _key("own", who, origin.device)}
    if people:
        return {"person here": _key("house", who, origin.device), "browser": _key("browser", secret, origin.device)}
    address = origin.address or ""
    return {
        "person here": _key("strange", who, address),
        "person anywhere": _key("anywhere", who),
        "address": _key("address", secret, address),
    }


def _key(*words: str) -> str:
    return salted_hmac(SALT, "\n".join(words), algorithm="sha256").hexdigest()


def _locked(buckets: dict[str, str], at: datetime) -> dict[str, Guesses]:
    """The buckets' rows by kind, locked in the order of their keys; those past their time begin anew."""
    fresh = [Guesses(key=key, forget_at=at + LIMITS[bucket].forgotten) for bucket, key in buckets.items()]
    Guesses.objects.bulk_create(fresh, ignore_conflicts=True)
    found = {row.key: row for row in _in_order(list(buckets.values()))}
    for row in found.values():
        if row.forget_at <= at:
            row.failures, row.free_at = 0, None
    return {bucket: found[key] for bucket, key in buckets.items()}


def _in_order(keys: Sequence[str]) -> list[Guesses]:
    return list(Guesses.objects.select_for_update().filter(key__in=keys).order_by("key"))


def _count(bucket: str, row: Guesses, at: datetime) -> LockOut | None:
    limit = LIMITS[bucket]
    row.failures += 1
    wait = limit.wait_after(row.failures)
    row.free_at = at + wait if wait else None
    row.forget_at = at + wait + limit.forgotten
    return LockOut(bucket, row.failures, wait) if wait else None


def _sweep(at: datetime) -> None:
    """Take some rows away whose time is over; those that somebody holds are left to another time."""
    over = Guesses.objects.select_for_update(skip_locked=True).filter(forget_at__lt=at)
    keys = list(over.values_list("key", flat=True)[:SWEPT_AT_ONCE])
    if keys:
        Guesses.objects.filter(key__in=keys).delete()
