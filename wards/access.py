"""The one place that says who may see or do what.

It follows from `Membership` alone: Django's own flags mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum, auto
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from wards.models import ClinicalEntry, Membership, Post, Role, Staff, Stay, Ward, entries_of

EntryT = TypeVar("EntryT", bound=ClinicalEntry)


class Forbidden(PermissionDenied):
    """The person may see this, and may not do that to it."""


class May(StrEnum):
    """What somebody may do on a ward."""

    VIEW_BOARD = auto()
    VIEW_STAY = auto()
    VIEW_ALERTS = auto()
    VIEW_INBOX = auto()
    ADMIT = auto()
    MOVE = auto()
    DISCHARGE = auto()
    RECORD_OPERATION = auto()
    RECORD_CHECK = auto()
    RECORD_TREATMENT = auto()
    ACCEPT_REFERENCE = auto()
    ACKNOWLEDGE_ALERT = auto()
    CLOSE_ALERT_BELOW_CRITICAL = auto()
    CLOSE_CRITICAL_ALERT = auto()
    ADOPT_PROTOCOL = auto()
    ACCEPT_ALERT = auto()
    DECIDE_ALERT = auto()
    CONFIRM_PAUSE = auto()
    RECORD_MILESTONE = auto()
    RECORD_ABSENCE = auto()
    RECORD_IMAGING = auto()
    REPORT_IMAGING = auto()
    PLAN_THEATRE = auto()
    RECORD_EXPLORATION = auto()
    RECORD_DRAIN = auto()
    VIEW_ROTA = auto()
    EDIT_ROTA = auto()
    ALLOCATE = auto()
    EDIT_LADDER = auto()
    EDIT_WARD_CONTACTS = auto()
    EDIT_WARD_LIMITS = auto()
    MANAGE_DISPLAYS = auto()


EVERYONE = frozenset(Role)
CLINICAL = frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.SURGEON})
SURGEONS = frozenset({Role.SURGEON})
NURSES = frozenset({Role.NURSE, Role.CHARGE_NURSE})
WARD_LEADS = frozenset({Role.CHARGE_NURSE, Role.ADMINISTRATOR})

RULES: dict[May, frozenset[Role]] = {
    May.VIEW_BOARD: EVERYONE,
    May.VIEW_STAY: EVERYONE,
    May.VIEW_ALERTS: CLINICAL,
    May.VIEW_INBOX: SURGEONS,
    May.ADMIT: CLINICAL,
    May.MOVE: CLINICAL,
    May.DISCHARGE: CLINICAL,
    May.RECORD_OPERATION: CLINICAL,
    May.RECORD_CHECK: CLINICAL,
    May.RECORD_TREATMENT: CLINICAL,
    May.ACCEPT_REFERENCE: SURGEONS,
    May.ACKNOWLEDGE_ALERT: CLINICAL,
    May.CLOSE_ALERT_BELOW_CRITICAL: CLINICAL,
    May.CLOSE_CRITICAL_ALERT: SURGEONS,
    May.ADOPT_PROTOCOL: frozenset({Role.ADMINISTRATOR}),
    May.ACCEPT_ALERT: SURGEONS,
    May.DECIDE_ALERT: SURGEONS,
    May.CONFIRM_PAUSE: CLINICAL,
    May.RECORD_MILESTONE: CLINICAL,
    May.RECORD_ABSENCE: CLINICAL,
    May.RECORD_IMAGING: CLINICAL,
    May.REPORT_IMAGING: SURGEONS,
    May.PLAN_THEATRE: CLINICAL,
    May.RECORD_EXPLORATION: SURGEONS,
    May.RECORD_DRAIN: CLINICAL,
    May.VIEW_ROTA: EVERYONE,
    May.EDIT_ROTA: WARD_LEADS | SURGEONS,
    May.ALLOCATE: NURSES,
    May.EDIT_LADDER: WARD_LEADS,
    May.EDIT_WARD_CONTACTS: WARD_LEADS,
    May.EDIT_WARD_LIMITS: WARD_LEADS,
    May.MANAGE_DISPLAYS: WARD_LEADS,
}

POSTS: dict[Post, frozenset[Role]] = {
    Post.NURSE: NURSES,
    Post.CHARGE_NURSE: NURSES,  # at night one of the nurses is in charge
    Post.SURGEON_ON_CALL: SURGEONS,
    Post.SECOND_ON_CALL: SURGEONS,
}
"""The roles on a ward that somebody needs one of to hold a post there."""


def roles_on(staff: Staff, ward: Ward) -> frozenset[Role]:
    """The person's roles on the ward; none for somebody who has left."""
    if not staff.is_active:
        return frozenset()
    return frozenset(Role(held.role) for held in staff.memberships.all() if held.ward_id == ward.pk)


def may(staff: Staff, what: May, ward: Ward) -> bool:
    return not RULES[what].isdisjoint(roles_on(staff, ward))


def require(staff: Staff, what: May, ward: Ward) -> None:
    """Raises Forbidden unless the person may do this on the ward."""
    if not may(staff, what, ward):
        words = _("Your role on %(ward)s does not allow this: %(what)s.")
        raise Forbidden(words % {"ward": ward, "what": what.replace("_", " ")})


def wards_of(staff: Staff) -> QuerySet[Ward]:
    """The wards that the person belongs to."""
    if not staff.is_active:
        return Ward.objects.none()
    return Ward.objects.filter(memberships__staff=staff).distinct()


def wards_where(staff: Staff, what: May) -> QuerySet[Ward]:
    """The wards on which the person may do this."""
    return wards_of(staff).filter(memberships__staff=staff, memberships__role__in=RULES[what])


def wards_by_right(staff: Staff) -> dict[May, frozenset[int]]:
    """For each thing one may do, the ids of the wards on which the person may do it. One query, for long lists."""
    return by_right(staff.memberships.all() if staff.is_active else ())


def by_right(memberships: Iterable[Membership]) -> dict[May, frozenset[int]]:
    """The same of somebody's memberships that were read already."""
    held = [(one.ward_id, Role(one.role)) for one in memberships]
    return {what: frozenset(ward_id for ward_id, role in held if role in allowed) for what, allowed in RULES.items()}


def ward_or_404(staff: Staff, code: str) -> Ward:
    """Raises Http404 for a ward that the person does not belong to, as for one that does not exist."""
    ward = wards_of(staff).filter(code=code).first()
    if ward is None:
        raise Http404("No such ward among yours.")
    return ward


def stays_within_reach(staff: Staff) -> QuerySet[Stay]:
    """The stays, present and past, on the person's wards. A patient moved elsewhere is out of reach."""
    return Stay.objects.filter(ward__in=wards_of(staff).order_by())


def stay_or_404(staff: Staff, public_id: UUID) -> Stay:
    """The stay with all that a page's banner names. Raises Http404 for another ward's, as for an unknown one."""
    named = stays_within_reach(staff).select_related(
        "patient", "ward", "bed", "episode", "watch", "responsible_surgeon"
    )
    stay = named.filter(public_id=public_id).first()
    if stay is None:
        raise Http404("No such stay on your wards.")
    return stay


def entry_or_404(staff: Staff, model: type[EntryT], public_id: UUID) -> EntryT:
    """A signed entry of an episode that has a stay within reach: a readmission's ward sees what the first stay wrote.

    Raises Http404 for any other.
    """
    near = entries_of(model).filter(episode__stays__in=stays_within_reach(staff), public_id=public_id)
    entry = near.select_related("stay__patient", "stay__ward", "stay__bed", "recorded_by").distinct().first()
    if entry is None:
        raise Http404("No such entry on your wards.")
    return entry
