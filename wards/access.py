"""The one place that says who may see or do what. Django's own flags mean nothing.

One rule, told from data: somebody may do what a role of theirs allows (`rights.RULES`), and that role is theirs

- on a ward by `Membership`: its nurses, charge nurses, surgeons and administrators;
- on one patient's stay by a reason (`reasons`): the stay's own surgeon, wherever the patient lies; whoever has an alert
  of it, is offered one, or was sent one, until a day after its closing; whoever broke the glass, for an hour.

Being on call adds nothing: a post on the rota is given to, and looked up among, people with a fitting role on that ward
(`rights.POSTS`), so that a line left standing when a role ends opens nothing.

What is out of reach is a 404, as what does not exist; what is seen and not allowed is a 403.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from monitoring.audit.context import NOBODY, Acting, act_as
from monitoring.audit.openings import looked_at
from wards.models import ClinicalEntry, Membership, Role, Staff, Stay, Ward, entries_of
from wards.reasons import Reason, by_reason, names_held, registered
from wards.refusals import refused_anywhere, refused_there
from wards.rights import (
    ADMINISTRATORS,
    CLINICAL,
    NURSES,
    POSTS,
    RULES,
    SURGEONS,
    WARD_LEADS,
    WARD_TEAM,
    May,
)

__all__ = ["ADMINISTRATORS", "CLINICAL", "NURSES", "POSTS", "RULES", "SURGEONS", "WARD_LEADS", "WARD_TEAM", "May"]
"""The table's names, which are asked for here; and all that follows."""

EntryT = TypeVar("EntryT", bound=ClinicalEntry)


class Forbidden(PermissionDenied):
    """The person may see this, and may not do that to it. Its words stand on the page: they name no patient."""


class Grant(NamedTuple):
    """By which role something is allowed, and by which reason it is lent; empty where the role is one on the ward."""

    role: Role
    reason: str = ""


# --- On a ward, or on one stay ---------------------------------------------------------------------------------------


def roles_on(staff: Staff, ward: Ward) -> frozenset[Role]:
    """The person's roles on the ward; none for somebody who has left."""
    return _roles(_held(staff), ward.pk)


def may(staff: Staff, what: May, place: Ward | Stay) -> bool:
    """Whether the person may do this on a ward or, where it is about one patient, on that stay."""
    return _grant(staff, what, place) is not None


def require(staff: Staff, what: May, place: Ward | Stay) -> None:
    """Raises Forbidden unless the person may do this there. The audit log keeps by which role, and for what reason."""
    grant, ward = _grant(staff, what, place), place.ward if isinstance(place, Stay) else place
    if grant is None:
        raise Forbidden(refused_there(what))
    act_as(Acting(staff.pk, grant.role, ward.pk, grant.reason))


def may_somewhere(staff: Staff, what: May) -> bool:
    """Whether a role of the person on any ward of theirs allows it."""
    return not RULES[what].isdisjoint(_anywhere(_held(staff)))


def require_somewhere(staff: Staff, what: May) -> None:
    """For what is done on no ward. Raises Forbidden unless a role of the person on any ward of theirs allows it."""
    roles = RULES[what] & _anywhere(_held(staff))
    if not roles:
        raise Forbidden(refused_anywhere(what))
    act_as(Acting(staff.pk, min(roles)))


def rights_on(staff: Staff, stay: Stay) -> frozenset[May]:
    """All that the person may do on the stay."""
    held = _held(staff)
    own = {what for what, roles in RULES.items() if roles & _roles(held, stay.ward_id)}
    anywhere = _anywhere(held)
    return frozenset(own).union(*(_lent(reason, anywhere) for reason in _reasons_on(staff, stay, held)))


def _grant(staff: Staff, what: May, place: Ward | Stay) -> Grant | None:
    held = _held(staff)
    ward_id = place.ward_id if isinstance(place, Stay) else place.pk
    if own := RULES[what] & _roles(held, ward_id):
        return Grant(min(own))
    if isinstance(place, Stay):
        for reason in _reasons_on(staff, place, held):
            if lent := reason.roles_for(what) & _anywhere(held):
                return Grant(min(lent), reason.name)
    return None


def _held(staff: Staff) -> Sequence[Membership]:
    return list(staff.memberships.all()) if staff.is_active else []


def _roles(held: Iterable[Membership], ward_id: int) -> frozenset[Role]:
    return frozenset(Role(one.role) for one in held if one.ward_id == ward_id)


def _anywhere(held: Iterable[Membership]) -> frozenset[Role]:
    return frozenset(Role(one.role) for one in held)


# --- Reasons ---------------------------------------------------------------------------------------------------------


def _lent(reason: Reason, roles: frozenset[Role]) -> frozenset[May]:
    return frozenset(what for what in reason.lends if reason.roles_for(what) & roles)


def _reasons_on(staff: Staff, stay: Stay, held: Sequence[Membership]) -> list[Reason]:
    """The reasons that hold on the stay, where they could add anything: as they were read with it, else by a query."""
    if not _could_add(stay, held):
        return []
    _learn(staff, [stay], held)
    _of, names = vars(stay)["_reasons"]
    return [reason for reason in registered() if reason.name in names]


def _could_add(stay: Stay, held: Sequence[Membership]) -> bool:
    """Whether any reason lends a role that the person holds, and not on the stay's own ward."""
    elsewhere = _anywhere(held) - _roles(held, stay.ward_id)
    return any(reason.roles & elsewhere for reason in registered())


def know_reasons(staff: Staff, stay: Stay, names: Iterable[str]) -> None:
    """Keep with the stay what was read beside it (`reasons.names_held`): what is only shown need not ask again."""
    vars(stay)["_reasons"] = (staff.pk, frozenset(names))


def learn_reasons(staff: Staff, stays: Sequence[Stay]) -> None:
    """Read the reasons that hold on these stays: one query for all, none where all lie on one's own wards, or where
    they are known.
    """
    _learn(staff, stays, _held(staff))


def _learn(staff: Staff, stays: Sequence[Stay], held: Sequence[Membership]) -> None:
    asked = [stay for stay in stays if _could_add(stay, held) and vars(stay).get("_reasons", (None,))[0] != staff.pk]
    if not asked:
        return
    found = Stay.objects.filter(pk__in={stay.pk for stay in asked}).annotate(reasons_held=names_held(staff))
    names = dict(found.values_list("pk", "reasons_held"))
    for stay in asked:
        know_reasons(staff, stay, names.get(stay.pk, ()))


# --- Wards -----------------------------------------------------------------------------------------------------------


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
    return by_right(_held(staff))


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


# --- Patients --------------------------------------------------------------------------------------------------------


def may_where(staff: Staff, what: May, *, stay: str = "stay", wards: Iterable[int] | QuerySet[Ward] | None = None) -> Q:
    """A condition on rows that name a stay: the person may do this there. `wards`: those on which they may by role,
    where that is known already.
    """
    held = _held(staff)
    lent = Stay.objects.filter(by_reason(staff, what, _anywhere(held)), pk=OuterRef(f"{stay}__pk"))
    own = {one.ward_id for one in held if Role(one.role) in RULES[what]} if wards is None else wards
    return Q(**{f"{stay}__ward__in": own}) | Q(Exists(lent))


def stays_within_reach(staff: Staff) -> QuerySet[Stay]:
    """The stays, present and past, on the person's wards, and those that a reason opens.

    A patient moved elsewhere is out of reach, unless a reason says otherwise.
    """
    held = _held(staff)
    by_role = Q(ward__in={one.ward_id for one in held})
    return Stay.objects.filter(by_role | by_reason(staff, May.VIEW_STAY, _anywhere(held)))


def wards_lent(staff: Staff) -> frozenset[int]:
    """The ids of wards that are none of the person's, and on which a patient lies whose stay a reason opens to them."""
    held = _held(staff)
    lent = Stay.objects.filter(by_reason(staff, May.VIEW_STAY, _anywhere(held)), discharged_at=None)
    elsewhere = lent.exclude(ward__in={one.ward_id for one in held})
    return frozenset(elsewhere.order_by().values_list("ward", flat=True).distinct())


def named(stays: QuerySet[Stay], staff: Staff) -> QuerySet[Stay]:
    """With all that a page's banner names, and the reasons for which the person reaches each."""
    return with_banner(stays).annotate(reasons_held=names_held(staff))


def with_banner(stays: QuerySet[Stay]) -> QuerySet[Stay]:
    """With all that a page's banner names."""
    return stays.select_related("patient", "ward", "bed", "episode", "watch", "responsible_surgeon")


def stay_or_404(staff: Staff, public_id: UUID) -> Stay:
    """The stay with all that a page's banner names. Raises Http404 for one out of reach, as for an unknown one."""
    return _found_or_404(staff, Q(public_id=public_id))


def current_stay_or_404(staff: Staff, episode_id: int) -> Stay:
    """The same of the stay that is watched for an episode (`locks.current_stay`), in one statement."""
    those = Stay.objects.filter(episode=episode_id).annotate(is_closed=Q(discharged_at__isnull=False))
    return _found_or_404(staff, Q(pk=Subquery(those.order_by("is_closed", "-admitted_at", "-pk").values("pk")[:1])))


def _found_or_404(staff: Staff, which: Q) -> Stay:
    """Reasons are asked about only where the person's roles on the stay's ward are not all that they could have there:
    on one's own ward the statement is a short one.
    """
    held = _held(staff)
    stay = with_banner(Stay.objects.filter(which, ward__in={one.ward_id for one in held})).first()
    if stay is None:
        stay = named(stays_within_reach(staff), staff).filter(which).first()
        if stay is None:
            raise Http404("No such stay on your wards.")
        know_reasons(staff, stay, vars(stay)["reasons_held"])
    opened(staff, stay)
    return stay


def entry_or_404(staff: Staff, model: type[EntryT], public_id: UUID) -> EntryT:
    """A signed entry of an episode that has a stay within reach: a readmission's ward sees what the first stay wrote.

    Raises Http404 for any other.
    """
    entries = entries_of(model).filter(public_id=public_id)
    entries = entries.select_related("stay__patient", "stay__ward", "stay__bed", "recorded_by").distinct()
    own = {one.ward_id for one in _held(staff)}
    entry = entries.filter(episode__stays__ward__in=own).first()
    entry = entry or entries.filter(episode__stays__in=stays_within_reach(staff)).first()
    if entry is None:
        raise Http404("No such entry on your wards.")
    opened(staff, entry.stay)
    return entry


def opened(staff: Staff, stay: Stay) -> None:
    """The patient's record was found for somebody: the audit log keeps the page that shows it (`audit.openings`).

    Whatever looks one patient up for a person calls it, so that no page can forget it.
    """
    looked_at(stay, by=staff, patient_id=stay.patient_id, ward_id=stay.ward_id, acting=lambda: _by_view(staff, stay))


def _by_view(staff: Staff, stay: Stay) -> Acting:
    grant = _grant(staff, May.VIEW_STAY, stay)
    return NOBODY if grant is None else Acting(staff.pk, grant.role, stay.ward_id, grant.reason)
