"""How a new installation begins: with one ward and one administrator, who adds everybody else on the pages."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.audit.actions import record
from wards.models import Membership, Role, Staff, Ward
from wards.staff_actions import StaffFacts, draft_staff
from wards.ward_actions import WardFacts, draft_ward


class AdministratorThere(Exception):
    """Somebody administers a ward already. The message says who."""


def administrator_there() -> Staff | None:
    """Any open account that administers a ward."""
    held = Membership.objects.filter(role=Role.ADMINISTRATOR, staff__gt=0)
    return Staff.objects.filter(pk__in=held.values("staff"), is_active=True).order_by("pk").first()


@transaction.atomic
def make_first_administrator(
    *, code: str, ward: WardFacts, username: str, facts: StaffFacts, password: str
) -> tuple[Ward, Staff]:
    """Make the ward of this code, unless it is there, and its administrator.

    Raises AdministratorThere where anybody is one, and ValidationError by field.
    """
    there = administrator_there()
    if there is not None:
        raise AdministratorThere(f"{there.username} is an administrator already, and adds others under /staff/.")
    person = draft_staff(username, facts)
    try:
        validate_password(password, person)
    except ValidationError as refused:
        raise ValidationError({"password": refused.messages}) from None
    draft = draft_ward(code=code, facts=ward)
    place = Ward.objects.filter(code__iexact=draft.code).first()
    if place is None:
        place = draft
        place.save(force_insert=True)
        record("ward.made", by=None, about=place, data={"code": place.code, "after": asdict(ward)})
    person.set_password(password)
    person.save(force_insert=True)
    Membership.objects.create(staff=person, ward=place, role=Role.ADMINISTRATOR)
    record("staff.added", by=None, about=person, ward_id=place.pk, data={"role": Role.ADMINISTRATOR.value})
    return place, person
