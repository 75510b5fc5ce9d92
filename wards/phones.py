"""The numbers that people dial: one's own, and a ward's. What the software sends messages to is kept elsewhere."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from wards.access import May, require
from wards.models import Staff, Ward

LONGEST_PHONE = 32
PHONE = re.compile(r"(?:ext\.?|x)?\s*\+?[\d\s().\-/*#]+", re.IGNORECASE)


@transaction.atomic
def set_phone(*, by: Staff, phone: str) -> None:
    """Keep the number by which colleagues phone `by`; empty: none. Raises ValidationError where nobody can dial it.

    The number itself is not audited: it may be a private one.
    """
    staff = Staff.objects.select_for_update(no_key=True).get(pk=by.pk)
    phone = valid_phone("phone", phone)
    if phone == staff.phone:
        return
    staff.phone = phone
    staff.save(update_fields=["phone"])
    record("staff.phone_set" if phone else "staff.phone_removed", by=by, about=staff)


@transaction.atomic
def set_ward_phones(ward: Ward, *, by: Staff, phone: str, surgeon_phone: str) -> None:
    """Keep the ward's own number, and the one that always finds a surgeon; empty: none.

    Raises Forbidden, and ValidationError by field where nobody can dial it.
    """
    ward = Ward.objects.select_for_update(no_key=True).get(pk=ward.pk)
    require(by, May.EDIT_WARD_CONTACTS, ward)
    before = {"phone": ward.phone, "surgeon_phone": ward.surgeon_phone}
    after = {"phone": valid_phone("phone", phone), "surgeon_phone": valid_phone("surgeon_phone", surgeon_phone)}
    if after == before:
        return
    ward.phone, ward.surgeon_phone = after["phone"], after["surgeon_phone"]
    ward.save(update_fields=["phone", "surgeon_phone"])
    record("ward.phones_set", by=by, about=ward, data={"before": before, "after": after})


def valid_phone(field: str, phone: str) -> str:
    """The number with single spaces; empty: none. Raises ValidationError where nobody can dial it."""
    phone = " ".join(phone.split())
    if not phone:
        return ""
    if not (PHONE.fullmatch(phone) and re.search(r"\d\d", phone)):
        raise ValidationError({field: [_("Write a number that can be dialled: +49 30 1234, or ext. 4720.")]})
    if len(phone) > LONGEST_PHONE:
        raise ValidationError({field: [_("A number has at most %(count)s characters.") % {"count": LONGEST_PHONE}]})
    return phone
