"""The only code that writes about accounts: who may sign in, under which name, until when.

Each action is one transaction: lock, rules, change, audit; then open alerts look again whom they call. All raise
Forbidden where `by` may not, and ValidationError, by the form's field names, where a rule is not met. The same form
sent again changes nothing. An account is one, whatever wards somebody belongs to: only who administers all of them
touches it, because whoever makes a new password could sign in as them on any.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due import clock
from wards.access import Forbidden, May, require, wards_where
from wards.changes import people_changed
from wards.entries import said_why
from wards.left_behind import left_behind
from wards.locks import lock_rota, lock_staff
from wards.models import Membership, Role, Staff, Ward
from wards.phones import valid_phone
from wards.staff_queries import administrators_of, wards_beyond

LONGEST_NAME = 80
PUBLIC = ("first_name", "last_name", "ends_on")
"""What the audit log keeps of an account's facts. A number may be a private one: that it changed is kept, not what."""


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """What is kept about somebody. `phone` is what colleagues dial; `ends_on` the last day of the account, if known."""

    first_name: str
    last_name: str
    phone: str
    ends_on: date | None


def facts_of(staff: Staff) -> StaffFacts:
    return StaffFacts(staff.first_name, staff.last_name, staff.phone, staff.ends_on)


@transaction.atomic
def add_staff(*, by: Staff, username: str, facts: StaffFacts, ward: Ward, role: Role) -> Staff:
    """Open an account with a first role on a ward. Nobody can sign in with it before a password is set by its link."""
    ward = lock_rota(ward.pk)
    require(by, May.MANAGE_STAFF, ward)
    asked = draft_staff(username, facts)
    taken = Staff.objects.filter(username__iexact=asked.username).first()
    if taken is not None:
        return _added_before(taken, facts_of(asked), ward, role)
    if asked.ends_on is not None:
        _require_ahead(asked.ends_on)
    asked.set_unusable_password()
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:  # somebody was faster
        raise ValidationError({"username": [_taken(asked)]}) from None
    Membership.objects.create(staff=asked, ward=ward, role=role)
    data = {"ward": ward.pk, "role": role.value, "after": _public(facts_of(asked))}
    record("staff.added", by=by, about=asked, ward_id=ward.pk, data=data)
    people_changed(ward.pk)
    return asked


def _added_before(stored: Staff, facts: StaffFacts, ward: Ward, role: Role) -> Staff:
    """The account that this very form has opened, as long as nobody has used it."""
    fresh = stored.is_active and stored.last_login is None and not stored.has_usable_password()
    roles = list(stored.memberships.values_list("ward", "role"))
    if fresh and facts_of(stored) == facts and roles == [(ward.pk, role.value)]:
        return stored
    raise ValidationError({"username": [_taken(stored)]})


def _taken(staff: Staff) -> str:
    return _("Somebody signs in as %(name)s already. Choose another name, or give that person a role.") % {
        "name": staff.username
    }


def draft_staff(username: str, facts: StaffFacts) -> Staff:
    """An account, not stored yet. Raises ValidationError by field."""
    staff = Staff(username=Staff.normalize_username(username.strip()), **asdict(_valid(facts)))
    try:
        staff.clean_fields(exclude=[field.name for field in Staff._meta.fields if field.name != "username"])
    except ValidationError as error:
        raise ValidationError({"username": error.message_dict["username"]}) from None
    return staff


@transaction.atomic
def edit_staff(staff: Staff, *, by: Staff, facts: StaffFacts, seen: StaffFacts) -> Staff:
    """Keep other names, another phone or end date, in place of the ones that were `seen`.

    Raises ValidationError where somebody has changed them meanwhile. One's own end is for another administrator.
    """
    staff = lock_staff(staff.pk)
    wards = _lock_wards_of(staff)
    require_account(staff, by=by)
    facts, before = _valid(facts), facts_of(staff)
    if facts == before:
        return staff
    if seen != before:
        raise ValidationError(
            _("Somebody has changed this account meanwhile. Look at what is kept now, then change it.")
        )
    if facts.ends_on != before.ends_on:
        _require_other(staff, by, _("Your own account ends when another administrator says so."))
        if facts.ends_on is not None:
            _require_ahead(facts.ends_on)
            _require_administrators(staff, wards, field="ends_on")
    for name, value in asdict(facts).items():
        setattr(staff, name, value)
    staff.save(update_fields=list(asdict(facts)))
    data = {"before": _public(before), "after": _public(facts), "phone": facts.phone != before.phone}
    record("staff.changed", by=by, about=staff, data=data)
    for ward in wards:
        people_changed(ward.pk)
    return staff


@transaction.atomic
def close_staff(staff: Staff, *, by: Staff, reason: str, anyway: bool) -> Staff:
    """Close an account at once: its sessions end, its password is gone, no alert calls the person.

    Raises ValidationError where that takes a ward's last administrator; and by `anyway`, unless it is true, where it
    leaves a post or patients behind. What the rota says stays readable, and counts for nobody.
    """
    staff = lock_staff(staff.pk)
    wards = _lock_wards_of(staff)
    require_account(staff, by=by)
    _require_other(staff, by, _("Your own account is closed by another administrator."))
    if not staff.is_active:
        return staff
    reason = said_why(reason)
    _require_administrators(staff, wards, field="reason")
    at = clock.now()
    losses = [words for ward in wards for words in left_behind(staff, ward, keeps=(), at=at)]
    if losses and not anyway:
        raise ValidationError({"anyway": losses})
    staff.is_active, staff.pin = False, ""
    staff.set_unusable_password()  # the sessions hang on it: they do not come back with the account
    staff.save(update_fields=["is_active", "pin", "password"])
    record("staff.closed", by=by, about=staff, reason=reason, data={"left_behind": len(losses)})
    for ward in wards:
        people_changed(ward.pk)
    return staff


@transaction.atomic
def reopen_staff(staff: Staff, *, by: Staff, reason: str) -> Staff:
    """Open a closed account again, with the roles that it had. It has no password: a new link sets one.

    Raises ValidationError where its last day has passed: it is given a later one first.
    """
    staff = lock_staff(staff.pk)
    wards = _lock_wards_of(staff)
    require_account(staff, by=by)
    _require_other(staff, by, _("Your own account is opened by another administrator."))
    if staff.is_active:
        return staff
    reason = said_why(reason)
    if staff.ends_on is not None and staff.ends_on < _today():
        raise ValidationError({"reason": [_("The last day of this account has passed. Give it a later one first.")]})
    staff.is_active = True
    staff.save(update_fields=["is_active"])
    record("staff.reopened", by=by, about=staff, reason=reason)
    for ward in wards:
        people_changed(ward.pk)
    return staff


def require_account(staff: Staff, *, by: Staff) -> None:
    """Raises Forbidden unless `by` administers every ward of this person: of one who has none, any ward at all."""
    beyond = wards_beyond(by, staff)
    if beyond:
        words = _(
            "%(who)s also works on %(wards)s, which you do not administer. You give and take roles on your own wards."
        )
        raise Forbidden(words % {"who": staff, "wards": ", ".join(map(str, beyond))})
    ward = wards_where(by, May.MANAGE_STAFF).filter(memberships__staff=staff).first()
    ward = ward or wards_where(by, May.MANAGE_STAFF).first()
    if ward is None:
        raise Forbidden(_("Only administrators touch accounts."))
    require(by, May.MANAGE_STAFF, ward)


def require_administrator_left(staff: Staff, ward: Ward, *, field: str) -> None:
    """Raises ValidationError where the ward would have no administrator without this person. The ward is locked."""
    administrators = administrators_of(ward.pk)
    if administrators.filter(pk=staff.pk).exists() and not administrators.exclude(pk=staff.pk).exists():
        words = _("%(who)s is the only administrator of %(ward)s. Make somebody else one first.")
        raise ValidationError({field: [words % {"who": staff, "ward": ward}]})


def _require_administrators(staff: Staff, wards: Iterable[Ward], *, field: str) -> None:
    for ward in wards:
        require_administrator_left(staff, ward, field=field)


def _require_ahead(ends_on: date) -> None:
    if ends_on < _today():
        raise ValidationError({"ends_on": [_("This day has passed. To end it now, close the account.")]})


def _today() -> date:
    """On the house's calendar, by which accounts end."""
    return clock.now().astimezone(settings.HOUSE_ZONE).date()


def _require_other(staff: Staff, by: Staff, words: str) -> None:
    if staff.pk == by.pk:
        raise Forbidden(words)


def _lock_wards_of(staff: Staff) -> list[Ward]:
    """The wards of a person who is locked, ids ascending: the last locks of all."""
    ids = staff.memberships.order_by("ward").values_list("ward", flat=True).distinct()
    return [lock_rota(ward_id) for ward_id in ids]


def _valid(facts: StaffFacts) -> StaffFacts:
    names = {name: " ".join(getattr(facts, name).split()) for name in ("first_name", "last_name")}
    errors = {}
    if not names["last_name"]:
        errors["last_name"] = [_("Give the family name.")]
    for name, value in names.items():
        if len(value) > LONGEST_NAME:
            errors[name] = [_("At most %(most)s characters.") % {"most": LONGEST_NAME}]
    if errors:
        raise ValidationError(errors)
    return StaffFacts(**names, phone=valid_phone("phone", facts.phone), ends_on=facts.ends_on)


def _public(facts: StaffFacts) -> dict[str, str]:
    return {name: str(value or "") for name, value in asdict(facts).items() if name in PUBLIC}
