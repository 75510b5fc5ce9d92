"""Who works here, as an administrator sees it: the people of one's wards, and how far one answers for each."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from wards.access import May, wards_where
from wards.models import Membership, Role, Staff, Ward


def people_within_reach(by: Staff) -> QuerySet[Staff]:
    """The people of the wards that one administers, and those who belong to no ward: else nobody could find them.

    Closed accounts too. Never the watchdog's.
    """
    wards = wards_where(by, May.MANAGE_STAFF).order_by()
    held = Membership.objects.filter(staff=OuterRef("pk"))
    people = Staff.objects.filter(Exists(held.filter(ward__in=wards)) | ~Exists(held), pk__gt=0)
    return people.order_by("last_name", "first_name", "pk") if wards.exists() else people.none()


def person_or_404(by: Staff, public_id: UUID) -> Staff:
    """Raises Http404 for somebody of other wards only, as for somebody who is not there."""
    person = people_within_reach(by).filter(public_id=public_id).first()
    if person is None:
        raise Http404("Nobody of this name among your people.")
    return person


def wards_beyond(by: Staff, staff: Staff) -> list[Ward]:
    """The wards of somebody that `by` does not administer. While there are any, the account is not theirs to touch."""
    mine = wards_where(by, May.MANAGE_STAFF).order_by()
    return list(Ward.objects.filter(memberships__staff=staff).exclude(pk__in=mine).distinct())


def administrators_of(ward_id: int) -> QuerySet[Staff]:
    """The ward's administrators whose accounts are open."""
    held = Membership.objects.filter(ward_id=ward_id, role=Role.ADMINISTRATOR, staff__gt=0)
    return Staff.objects.filter(pk__in=held.values("staff"), is_active=True).order_by("last_name", "first_name", "pk")
