"""Who asks for a page, at which instant, and what they may do where: read once for a request, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import DateTimeField, Func
from django.http import HttpRequest

from monitoring.breakglass.queries import Opened, as_read, beside
from monitoring.desks.common.gather import attach
from monitoring.due.clock import now
from monitoring.mending.queries import to_look_at
from wards.access import May, by_right
from wards.models import Membership, Role, Staff, Ward


class ClockTimestamp(Func):
    """The database's clock (`due.clock`), beside what is read."""

    template = "clock_timestamp()"
    output_field = DateTimeField()


@dataclass(frozen=True)
class Visit:
    """One request of somebody. `at` is when it came, by the database's clock; memberships by their ward's code.

    `opened`: the records out of their reach that they have opened; `to_review`: how many of those that others opened
    wait for them; `to_mend`: how many mendings that others proposed do.
    """

    staff: Staff
    at: datetime
    memberships: Sequence[Membership]
    opened: Sequence[Opened] = ()
    to_review: int = 0
    to_mend: int = 0

    @cached_property
    def wards(self) -> list[Ward]:
        return list({membership.ward_id: membership.ward for membership in self.memberships}.values())

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(membership.role) for membership in self.memberships)

    @cached_property
    def rights(self) -> Mapping[May, frozenset[int]]:
        """For each thing one may do, the ids of the wards on which they may."""
        return by_right(self.memberships) if self.staff.is_active else by_right(())

    @property
    def locks_after(self) -> timedelta:
        """So long without a touch, and the screen locks: the strictest of the person's wards counts."""
        strictest = min((ward.locks_after for ward in self.wards), default=None)
        return timedelta(minutes=strictest or Ward._meta.get_field("locks_after").get_default())


def visit_by(staff: Staff) -> Visit:
    """One statement; for somebody of no ward, or who has left, another for the clock."""
    memberships = list(
        Membership.objects.filter(staff=staff, staff__is_active=True)
        .select_related("ward")
        .annotate(read_at=ClockTimestamp(), to_mend=to_look_at(staff), **beside(staff))
        .order_by("ward__code", "role")
    )
    if not memberships:
        return Visit(staff, now(), ())
    read = vars(memberships[0])
    return Visit(staff, read["read_at"], memberships, *as_read(read), read["to_mend"])


def visit_of(request: HttpRequest) -> Visit:
    """The visit of a signed-in person's request, read at the first asking: the lock asks first."""
    visit: Visit | None = getattr(request, "visit", None)
    if visit is None:
        assert isinstance(request.user, Staff)
        visit = visit_by(request.user)
        request.visit = visit  # type: ignore[attr-defined]
        if request.method in {"GET", "HEAD"}:
            # What is only shown need not ask `access` again; a form that is sent does, under its locks.
            attach([request.user], "memberships", visit.memberships)
    return visit
