"""From what the hospital's provider says of somebody to an account of ours and its roles.

Roles that came from claims are replaced by each sign-in's claims; those given by hand stay, unless the setting says
otherwise. All of a sign-in is one transaction: account, link, roles, audit; then the wards' open alerts look again.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from monitoring.audit.actions import record
from monitoring.identity.backends import Accounts
from monitoring.identity.environment import Provider
from monitoring.identity.models import ClaimedRole, Link
from monitoring.identity.oidc import Claims, Refused, role_values
from wards.changes import people_changed
from wards.locks import lock_rota, lock_staff
from wards.models import Membership, Role, Staff, Ward

LONGEST = {"username": 150, "first_name": 80, "last_name": 80, "email": 254}
Place = tuple[int, str]
"""A ward's id, and a role there."""


@transaction.atomic
def account_of(provider: Provider, claims: Claims) -> Staff:
    """Whom the claims mean, with the roles that they give. Raises Refused: "unknown", "ambiguous", "closed", "no_role".

    Found by the link of an earlier sign-in; else by the setting's claim; else a new account, where a role is mapped.
    """
    places = mapped(provider, claims)
    link = Link.objects.filter(issuer=provider.issuer, subject=claims["sub"]).select_related("staff").first()
    staff = link.staff if link else _matched(provider, claims) or _made(claims, places)
    staff = lock_staff(staff.pk)
    if not Accounts().user_can_authenticate(staff):
        raise Refused("closed")
    if link is None:
        _link(provider, claims, staff)
    _replace_roles(staff, places, overrules_hand=provider.overrules_hand)
    if not Membership.objects.filter(staff=staff).exists():
        raise Refused("no_role")
    return staff


def mapped(provider: Provider, claims: Claims) -> dict[Place, Ward]:
    """The roles that the claims stand for, on the wards that there are."""
    named = {place for value in role_values(provider, claims) for place in provider.roles.get(value, ())}
    wards = {ward.code: ward for ward in Ward.objects.filter(code__in=[code for code, _role in named], pk__gt=0)}
    return {(wards[code].pk, role): wards[code] for code, role in named if code in wards}


def _matched(provider: Provider, claims: Claims) -> Staff | None:
    """The account that the setting's claim names. An address counts only where the provider has proved it."""
    if provider.match == "username" and (name := _text(claims, "preferred_username")):
        found = list(Staff.objects.filter(username=name, pk__gt=0))
    elif provider.match == "email" and claims.get("email_verified") is True and (address := _text(claims, "email")):
        found = list(Staff.objects.filter(email__iexact=address, pk__gt=0))
    else:
        return None
    if len(found) > 1:
        raise Refused("ambiguous")
    return found[0] if found else None


def _made(claims: Claims, places: dict[Place, Ward]) -> Staff:
    """An account for somebody unknown, who signs in by the provider alone: it has no password."""
    name = _text(claims, "preferred_username")
    if not places or not name:
        raise Refused("unknown")
    if Staff.objects.filter(username__iexact=name).exists():
        raise Refused("ambiguous")
    staff = Staff(
        username=name[: LONGEST["username"]],
        first_name=_text(claims, "given_name")[: LONGEST["first_name"]],
        last_name=_text(claims, "family_name")[: LONGEST["last_name"]],
        email=_text(claims, "email")[: LONGEST["email"]],
    )
    staff.set_unusable_password()
    staff.save(force_insert=True)
    record("staff.added", by=None, about=staff, data={"from": "provider"})
    return staff


def _link(provider: Provider, claims: Claims, staff: Staff) -> None:
    """From now on the subject means this account, and no other subject does."""
    if Link.objects.filter(issuer=provider.issuer, staff=staff).exists():
        raise Refused("ambiguous")
    Link.objects.create(issuer=provider.issuer, subject=claims["sub"], staff=staff)
    record("account.linked", by=None, about=staff)


def _replace_roles(staff: Staff, places: dict[Place, Ward], *, overrules_hand: bool) -> None:
    held = {(one.ward_id, one.role): one for one in Membership.objects.filter(staff=staff).select_related("claimed")}
    for place in places.keys() - held.keys():
        membership = Membership.objects.create(staff=staff, ward_id=place[0], role=Role(place[1]))
        ClaimedRole.objects.create(membership=membership)
    gone = [one for place, one in held.items() if place not in places and (overrules_hand or hasattr(one, "claimed"))]
    Membership.objects.filter(pk__in=[one.pk for one in gone]).delete()
    _tell(staff, held.keys(), {*places, *held} - {(one.ward_id, one.role) for one in gone})


def _tell(staff: Staff, before: Iterable[Place], after: Iterable[Place]) -> None:
    """An audit entry for each ward where something changed; its alerts look again. The wards are the last locks."""
    was, became = _by_ward(before), _by_ward(after)
    for ward_id in sorted(was.keys() | became.keys()):
        if was.get(ward_id) == became.get(ward_id):
            continue
        data = {"ward": ward_id, "before": was.get(ward_id, []), "after": became.get(ward_id, []), "from": "provider"}
        action = "role.given" if len(data["after"]) >= len(data["before"]) else "role.taken"  # type: ignore[arg-type]
        lock_rota(ward_id)
        record(action, by=None, about=staff, ward_id=ward_id, data=data)
        people_changed(ward_id)


def _by_ward(places: Iterable[Place]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for ward_id, role in sorted(places):
        found.setdefault(ward_id, []).append(str(role))
    return found


def _text(claims: Claims, name: str) -> str:
    found = claims.get(name)
    return found.strip() if isinstance(found, str) else ""
