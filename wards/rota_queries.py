"""Who is there at an instant: who holds a post of a ward, who has a patient, and when that changes next.

Somebody who has left, or who has no role on the ward that fits the post, is never there, whatever the rota says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from wards.access import CLINICAL, NURSES, POSTS
from wards.models import Absence, Allocation, Duty, Group, Membership, Post, Role, Staff, Stay, Ward


def eligible(ward_id: int, roles: Iterable[Role]) -> QuerySet[Staff]:
    """The active people with one of these roles on the ward, by name."""
    held = Membership.objects.filter(staff=OuterRef("pk"), ward_id=ward_id, role__in=roles)
    return Staff.objects.filter(Exists(held), is_active=True).order_by("last_name", "first_name", "pk")


def who_may_hold(ward_id: int, post: str) -> QuerySet[Staff]:
    """Who may be given this post of the ward."""
    return eligible(ward_id, POSTS[Post(post)])


def standing_duties(ward_id: int, since: datetime, until: datetime) -> QuerySet[Duty]:
    """The lines of the rota that are not cancelled and touch the time from `since` until just before `until`."""
    return Duty.objects.filter(ward_id=ward_id, cancelled_at=None, starts_at__lt=until, ends_at__gt=since)


def on_duty(ward_id: int, post: str, at: datetime) -> list[Staff]:
    """Who holds this post of the ward at this instant, by name; each person once."""
    now = Duty.objects.filter(ward_id=ward_id, post=post, cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    return list(who_may_hold(ward_id, post).filter(pk__in=now.values("staff")))


def on_duty_by_post(ward_id: int, at: datetime) -> dict[Post, list[Staff]]:
    """As `on_duty`, for every post of the ward in one query."""
    fitting = Q()
    for post, roles in POSTS.items():
        held = Membership.objects.filter(staff=OuterRef("staff"), ward_id=ward_id, role__in=roles)
        fitting |= Q(Exists(held), post=post)
    now = Duty.objects.filter(ward_id=ward_id, cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    rows = now.filter(fitting, staff__is_active=True).select_related("staff")
    found: dict[Post, dict[int, Staff]] = {post: {} for post in POSTS}
    for duty in rows.order_by("staff__last_name", "staff__first_name", "staff_id"):
        found[Post(duty.post)][duty.staff_id] = duty.staff
    return {post: list(people.values()) for post, people in found.items()}


def patients_nurse(stay_id: int, at: datetime) -> Staff | None:
    """The nurse who has this patient at this instant: of several, the one allocated last who is still of the ward."""
    allocation = (
        allocations_at(stay_id, at)
        .filter(
            nurse__is_active=True,
            nurse__memberships__role__in=NURSES,
            nurse__memberships__ward__in=Stay.objects.filter(pk=stay_id).values("ward"),
        )
        .select_related("nurse")
        .first()
    )
    return None if allocation is None else allocation.nurse


def nurse_of_each(at: datetime) -> Subquery:
    """As `patients_nurse`, for a query of many stays: the id of each one's nurse, or null."""
    here = Membership.objects.filter(staff=OuterRef("nurse"), ward=OuterRef(OuterRef("ward")), role__in=NURSES)
    standing = Allocation.objects.filter(stay=OuterRef("pk"), cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    return Subquery(standing.filter(Exists(here), nurse__is_active=True).order_by("-pk").values("nurse")[:1])


def allocations_at(stay_id: int, at: datetime) -> QuerySet[Allocation]:
    """The allocations of the stay that stand at this instant, the one recorded last first."""
    standing = Allocation.objects.filter(stay_id=stay_id, cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    return standing.order_by("-pk")  # numbered under the stay's lock; `recorded_at` is when a transaction began


def group_members(ward_id: int, public_ids: Sequence[str]) -> list[Staff]:
    """Who is in any of these groups and may see the ward's alerts, by name; each person once.

    The groups may be another ward's: a patient moved here brings a plan that was frozen there.
    """
    if not public_ids:
        return []
    members = Group.objects.filter(public_id__in=public_ids).values("members")
    return list(eligible(ward_id, CLINICAL).filter(pk__in=members))


def next_change(ward_id: int, stay_id: int, at: datetime) -> datetime | None:
    """The next instant after `at` at which somebody of the ward's rota, or the patient's nurse, comes or goes."""
    duties = Duty.objects.filter(ward_id=ward_id, cancelled_at=None)
    allocations = Allocation.objects.filter(stay_id=stay_id, cancelled_at=None)
    first, *others = (
        lines.filter(**{f"{edge}__gt": at}).order_by(edge).values_list(edge, flat=True)[:1]
        for lines in (duties, allocations)
        for edge in ("starts_at", "ends_at")
    )
    return min(first.union(*others, all=True), default=None)


def absence_of(stay_id: int) -> Absence | None:
    """Where the patient is, if not on the ward."""
    return Absence.objects.filter(stay_id=stay_id, back_at=None).first()


def gaps(ward: Ward, post: str, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The times from `since` until `until` with nobody in the post, in order."""
    duties = standing_duties(ward.pk, since, until).filter(post=post, staff__in=who_may_hold(ward.pk, post).order_by())
    return uncovered(duties.values_list("starts_at", "ends_at"), since, until)


def uncovered(
    covered: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """What these spans, in any order and overlapping as they may, leave of the time from `since` until `until`."""
    left, open_from = [], since
    for starts_at, ends_at in sorted(covered):
        if starts_at >= until:
            break
        if starts_at > open_from:
            left.append((open_from, starts_at))
        open_from = max(open_from, ends_at)
    if open_from < until:
        left.append((open_from, until))
    return left
