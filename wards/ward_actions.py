"""The only code that makes wards, and changes what they are called. Each action is one transaction: lock, rules,
change, audit.

All raise Forbidden where `by` may not, and ValidationError, by the form's field names, where a rule is not met. The
same form sent again changes nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.access import Forbidden, May, require, wards_where
from wards.locks import lock_rota
from wards.models import Membership, Role, Staff, Ward
from wards.phones import valid_phone

LONGEST_CODE, LONGEST_NAME = 16, 80


@dataclass(frozen=True, slots=True)
class WardFacts:
    """What a ward is called, and whose clock hangs on its wall."""

    name: str
    time_zone: str


def facts_of(ward: Ward) -> WardFacts:
    return WardFacts(ward.name, ward.time_zone)


@transaction.atomic
def make_ward(*, by: Staff, code: str, facts: WardFacts, phone: str = "", surgeon_phone: str = "") -> Ward:
    """A new ward, administered by whoever makes it: an administrator of any other."""
    mine = wards_where(by, May.MANAGE_WARD).first()
    if mine is None:
        raise Forbidden(_("Only an administrator of a ward makes another."))
    require(by, May.MANAGE_WARD, mine)
    ward = draft_ward(code=code, facts=facts, phone=phone, surgeon_phone=surgeon_phone)
    stored = Ward.objects.filter(code__iexact=ward.code).first()
    if stored is not None:
        return _made_before(stored, by, facts_of(ward))
    try:
        with transaction.atomic():
            ward.save(force_insert=True)
    except IntegrityError:  # somebody was faster
        raise ValidationError({"code": [_taken(ward)]}) from None
    Membership.objects.create(staff=by, ward=ward, role=Role.ADMINISTRATOR)
    record("ward.made", by=by, about=ward, data={"code": ward.code, "after": asdict(facts_of(ward))})
    return ward


def draft_ward(*, code: str, facts: WardFacts, phone: str = "", surgeon_phone: str = "") -> Ward:
    """A ward, not stored yet. Raises ValidationError by field."""
    numbers = (("phone", phone), ("surgeon_phone", surgeon_phone))
    phones = {name: valid_phone(name, typed) for name, typed in numbers}
    return Ward(code=_valid_code(code), **asdict(_valid(facts)), **phones)


def _made_before(stored: Ward, by: Staff, facts: WardFacts) -> Ward:
    """The ward that this very form has made."""
    mine = Membership.objects.filter(staff=by, ward=stored, role=Role.ADMINISTRATOR).exists()
    if mine and facts_of(stored) == facts and not stored.beds.exists():
        return stored
    raise ValidationError({"code": [_taken(stored)]})


def _taken(ward: Ward) -> str:
    return _("There is a ward %(code)s already. Choose another code.") % {"code": ward.code}


@transaction.atomic
def edit_ward(ward: Ward, *, by: Staff, facts: WardFacts, seen: WardFacts) -> Ward:
    """Another name or time zone, in place of the ones that were `seen`. The code stays: it is in addresses, on paper.

    Raises ValidationError where somebody has changed them meanwhile.
    """
    ward = lock_rota(ward.pk)
    require(by, May.MANAGE_WARD, ward)
    facts, before = _valid(facts), facts_of(ward)
    if facts == before:
        return ward
    if seen != before:
        raise ValidationError(_("Somebody has changed this ward meanwhile. Look at what is kept now, then change it."))
    ward.name, ward.time_zone = facts.name, facts.time_zone
    ward.save(update_fields=["name", "time_zone"])
    record("ward.changed", by=by, about=ward, data={"before": asdict(before), "after": asdict(facts)})
    publish(topics.ward(ward.pk))
    return ward


def _valid_code(code: str) -> str:
    code = code.strip()
    try:
        validate_slug(code)
    except ValidationError:
        raise ValidationError({"code": [_("Letters, digits, - and _ only: 7B.")]}) from None
    if len(code) > LONGEST_CODE:
        raise ValidationError({"code": [_("At most %(most)s characters.") % {"most": LONGEST_CODE}]})
    return code


def _valid(facts: WardFacts) -> WardFacts:
    name = " ".join(facts.name.split())
    if not name:
        raise ValidationError({"name": [_("Give the ward a name.")]})
    if len(name) > LONGEST_NAME:
        raise ValidationError({"name": [_("At most %(most)s characters.") % {"most": LONGEST_NAME}]})
    if facts.time_zone not in available_timezones():
        raise ValidationError({"time_zone": [_("No such time zone. Write it as Europe/London.")]})
    return WardFacts(name, facts.time_zone)
