"""The people of an administrator's wards as the list shows them: as many queries for fifty as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet

from monitoring.desks.common.reach import Way, ways
from monitoring.escalation.models import Contact
from monitoring.identity.models import Factor, Link
from wards.models import Membership, Role, Staff, Ward
from wards.staff_queries import people_within_reach

ENDING = timedelta(days=30)
NO_WARD = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `roles` by ward, only on wards of the reader's; `elsewhere` where they have others too."""

    staff: Staff
    roles: Mapping[Ward, Sequence[Role]]
    elsewhere: bool
    ways: Sequence[Way]
    has_factor: bool
    by_the_provider: bool

    @property
    def is_reachable(self) -> bool:
        return any(way.works for way in self.ways)

    @property
    def waits(self) -> bool:
        """Whether the account is open, and nobody can sign in with it before a password is set."""
        return self.staff.is_active and not self.staff.has_usable_password() and not self.by_the_provider

    @property
    def is_called(self) -> bool:
        """Whether alerts can call them: an administrator alone is never called."""
        return any(role != Role.ADMINISTRATOR for roles in self.roles.values() for role in roles)


def people(by: Staff, asked: Mapping[str, str], at: datetime) -> QuerySet[Staff]:
    """Whom the list shows: `asked` is what `SearchForm.asked` says."""
    found = people_within_reach(by)
    for word in asked["q"].split():
        name = Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
        found = found.filter(name)
    if asked["ward"] == NO_WARD:
        found = found.filter(memberships__isnull=True)
    held = Membership.objects.all()
    if asked["ward"] not in {"", NO_WARD}:
        held = held.filter(ward__code=asked["ward"])
    if asked["role"]:
        held = held.filter(role=asked["role"])
    if asked["role"] or asked["ward"] not in {"", NO_WARD}:
        found = found.filter(pk__in=held.values("staff"))
    return _which(found, asked["which"] or "open", at)


def _which(found: QuerySet[Staff], which: str, at: datetime) -> QuerySet[Staff]:
    if which == "closed":
        return found.filter(is_active=False)
    found = found.filter(is_active=True)
    if which == "ending":
        return found.filter(ends_on__isnull=False, ends_on__lte=(at + ENDING).date())
    if which == "unreachable":
        working = Contact.objects.filter(removed_at=None, broken_since=None, staff__isnull=False)
        return found.exclude(pk__in=working.values("staff"))
    if which == "waiting":
        return found.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(pk__in=Link.objects.values("staff"))
    return found


def rows(staff: Iterable[Staff], mine: Iterable[Ward]) -> list[Row]:
    """These people with what stands beside each: five queries."""
    people, near = list(staff), {ward.pk for ward in mine}
    held: defaultdict[int, dict[Ward, list[Role]]] = defaultdict(dict)
    elsewhere = set()
    memberships = Membership.objects.filter(staff__in=people).select_related("ward").order_by("ward__code", "role")
    for one in memberships:
        if one.ward_id in near:
            held[one.staff_id].setdefault(one.ward, []).append(Role(one.role))
        else:
            elsewhere.add(one.staff_id)
    reached: defaultdict[int | None, list[Way]] = defaultdict(list)
    for way in ways(Contact.objects.filter(staff__in=people, removed_at=None).order_by("is_backup", "pk")):
        reached[way.contact.staff_id].append(way)
    factors, linked = with_second_factor(people), by_the_provider(people)
    return [
        Row(
            one,
            held[one.pk],
            elsewhere=one.pk in elsewhere,
            ways=reached[one.pk],
            has_factor=one.pk in factors,
            by_the_provider=one.pk in linked,
        )
        for one in people
    ]


def with_second_factor(staff: Iterable[Staff]) -> set[int]:
    """The ids of those of them who have a second factor."""
    return set(Factor.objects.filter(staff__in=list(staff), removed_at=None).values_list("staff", flat=True))


def by_the_provider(staff: Iterable[Staff]) -> set[int]:
    """The ids of those of them who sign in by the hospital's own sign-in."""
    return set(Link.objects.filter(staff__in=list(staff)).values_list("staff", flat=True))
