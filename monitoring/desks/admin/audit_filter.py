"""Which entries of the audit log somebody asks for, as the page's address says it. No queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from monitoring.desks.admin.audit_kinds import Group, Kind

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
LONGEST: Final = 40  # of a place in an address: more digits are none of ours


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the log between two entries: just beside the one of this time and id."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}.{self.pk}"


def spot(said: str) -> Spot | None:
    """The place that an address names; None where it is none."""
    micros, dot, pk = said.partition(".")
    if not dot or len(said) > LONGEST or not (micros.isascii() and micros.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    try:
        return Spot(EPOCH + int(micros) * MICROSECOND, int(pk))
    except OverflowError:
        return None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """By whom, about whom, on which ward (all by id), what, and when: from `since` on until just before `until`.

    `typed` is what the form said, so that the address of another page says the same.
    """

    who_id: int | None = None
    patient_id: int | None = None
    ward_id: int | None = None
    kind: Kind | None = None
    group: Group | None = None
    since: datetime | None = None
    until: datetime | None = None
    request: str = ""
    typed: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """What stands behind the path; nothing where all entries are asked for."""
        return self.address_from(None)

    def address_from(self, place: Spot | None) -> str:
        """The same, going on from a place in the log."""
        said = [*self.typed, *([("after", str(place))] if place else [])]
        return f"?{urlencode(said)}" if said else ""

    @property
    def names(self) -> list[str]:
        """What it filters by, for the audit log: the names alone."""
        return sorted(name for name, _said in self.typed)
