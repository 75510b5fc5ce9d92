"""The only code that writes about who is there: duties, which nurse has which patient, groups.

Each action is one transaction: lock, rules, change, audit; then open alerts look again whom they call. All raise
Forbidden where `by` may not, and ValidationError, by the form's field names, where a rule is not met. The same form
sent again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.due import clock
from wards import rota_rules, rules
from wards.access import May, require
from wards.calendar import ImportResult, import_calendar
from wards.changes import people_changed
from wards.locks import lock_rota, lock_stays, same_stay
from wards.models import Allocation, Duty, Group, Staff, Stay, Ward
from wards.rota_lines import cancel, record_duty
from wards.rota_queries import allocations_at
from wards.times import said, was_now

__all__ = [
    "ImportResult",
    "add_duty",
    "allocate",
    "cancel_allocation",
    "cancel_duty",
    "hand_over_duty",
    "import_calendar",
    "save_group",
]


@transaction.atomic
def add_duty(*, by: Staff, ward: Ward, post: str, staff: Staff, starts_at: datetime, ends_at: datetime) -> Duty:
    """Put somebody in a post of the ward. Others may hold the same post at the same time."""
    ward = lock_rota(ward.pk)
    require(by, May.EDIT_ROTA, ward)
    asked = Duty(ward=ward, post=post, staff=staff, starts_at=starts_at, ends_at=ends_at, recorded_by=by)
    if (stored := _same_line(asked)) is not None:
        return stored
    rota_rules.require_span(starts_at, ends_at, rota_rules.LONGEST_DUTY, clock.now(), ward)
    rota_rules.require_holder(staff, post, ward, field="staff")
    rota_rules.require_not_there(staff, post, starts_at, ends_at, ward, field="staff")
    duty = record_duty(asked)
    people_changed(ward.pk)
    return duty


def _same_line(asked: Duty) -> Duty | None:
    """The standing line that says just this."""
    facts = {name: getattr(asked, name) for name in ("ward", "post", "staff", "starts_at", "ends_at")}
    return Duty.objects.filter(**facts, cancelled_at=None).first()


@transaction.atomic
def cancel_duty(duty: Duty, *, by: Staff) -> Duty:
    """Take a line off the rota. It stays readable; nobody holds the post for it any more."""
    ward = lock_rota(duty.ward_id)
    require(by, May.EDIT_ROTA, ward)
    duty = _as_it_is(duty)
    _require_not_handed_over(duty)
    if duty.cancelled_at is not None:
        return duty
    _require_not_over(duty)
    cancel(duty, by=by)
    people_changed(ward.pk)
    return duty


@transaction.atomic
def hand_over_duty(duty: Duty, *, by: Staff, to: Staff, at: datetime | None) -> Duty:
    """Give the rest of a duty to a colleague, from `at` on. None: from now on, or all of it where it has not begun.

    Cancels the line and writes the two parts; returns the new holder's. Raises ValidationError where `at` is outside
    the duty, or the colleague may not hold the post or holds it already in that time.
    """
    ward = lock_rota(duty.ward_id)
    require(by, May.EDIT_ROTA, ward)
    duty = _as_it_is(duty)
    if (stored := _handed_over_before(duty, to, at)) is not None:
        return stored
    _require_not_handed_over(duty)
    if duty.cancelled_at is not None:
        raise ValidationError(
            {NON_FIELD_ERRORS: [_("This was cancelled at %(at)s.") % {"at": said(duty.cancelled_at, ward)}]}
        )
    _require_not_over(duty)
    at = max(clock.now(), duty.starts_at) if at is None else at
    rota_rules.require_inside(at, duty, ward)
    rota_rules.require_holder(to, duty.post, ward, field="to")
    rota_rules.require_not_there(to, duty.post, at, duty.ends_at, ward, field="to")
    cancel(duty, by=by)
    if at > duty.starts_at:
        record_duty(_part(duty, duty.staff, duty.starts_at, at, by))
    part = record_duty(_part(duty, to, at, duty.ends_at, by))
    people_changed(ward.pk)
    return part


def _part(duty: Duty, staff: Staff, starts_at: datetime, ends_at: datetime, by: Staff) -> Duty:
    return Duty(
        ward_id=duty.ward_id,
        post=duty.post,
        staff=staff,
        starts_at=starts_at,
        ends_at=ends_at,
        recorded_by=by,
        source_uid=duty.source_uid,
        handed_over_from=duty,
    )


def _handed_over_before(duty: Duty, to: Staff, at: datetime | None) -> Duty | None:
    """The part that this very hand-over has made already. "Now" sent again means what it meant at first."""
    for part in duty.parts.filter(staff=to).exclude(staff=duty.staff_id):
        if part.starts_at == at:
            return part
        if at is None and (part.starts_at == duty.starts_at or was_now(part.starts_at, part.recorded_at)):
            return part
    return None


def _as_it_is(duty: Duty) -> Duty:
    """The line as it is now, read under the rota's lock."""
    return Duty.objects.select_related("ward", "staff").get(pk=duty.pk)


def _require_not_handed_over(duty: Duty) -> None:
    part = duty.parts.exclude(staff=duty.staff_id).select_related("staff").first()
    if part is not None:
        words = _("This was handed over to %(who)s, from %(at)s on.")
        message = words % {"who": part.staff, "at": said(part.starts_at, duty.ward)}
        raise ValidationError({NON_FIELD_ERRORS: [message]})


def _require_not_over(line: Duty | Allocation) -> None:
    if line.ends_at <= clock.now():
        raise ValidationError({NON_FIELD_ERRORS: [_("This is over: what was planned stays as it is.")]})


@transaction.atomic
def allocate(
    stay: Stay, *, by: Staff, nurse: Staff, starts_at: datetime | None = None, ends_at: datetime
) -> Allocation:
    """Give a nurse this patient until the end of the shift, from now on unless said otherwise.

    Whoever was allocated before for that time has the patient no more: the last one counts.
    """
    stay = same_stay(stay, lock_stays(stay.episode_id))
    require(by, May.ALLOCATE, stay.ward)
    rules.require_open(stay)
    now = clock.now()
    last = allocations_at(stay.pk, starts_at or now).first()
    same = last is not None and (last.nurse_id, last.ends_at) == (nurse.pk, ends_at)
    if last is not None and same and starts_at in {None, last.starts_at}:
        return last
    starts_at = starts_at or now
    rota_rules.require_span(starts_at, ends_at, rota_rules.LONGEST_SHIFT, now, stay.ward)
    rota_rules.require_nurse(nurse, stay.ward)
    allocation = Allocation.objects.create(stay=stay, nurse=nurse, starts_at=starts_at, ends_at=ends_at, recorded_by=by)
    audit.record(
        "allocation.recorded",
        by=by,
        about=allocation,
        patient_id=stay.patient_id,
        data={"nurse": nurse.pk, "from": starts_at.isoformat(), "until": ends_at.isoformat()},
    )
    people_changed(stay.ward_id)
    return allocation


@transaction.atomic
def cancel_allocation(allocation: Allocation, *, by: Staff) -> Allocation:
    """Take a patient from a nurse. Whoever was allocated before for that time has the patient again."""
    stay = same_stay(allocation.stay, lock_stays(allocation.stay.episode_id))
    require(by, May.ALLOCATE, stay.ward)
    allocation = Allocation.objects.select_related("stay").get(pk=allocation.pk)
    if allocation.cancelled_at is not None:
        return allocation
    _require_not_over(allocation)
    cancel(allocation, by=by, patient_id=stay.patient_id)
    people_changed(stay.ward_id)
    return allocation


@transaction.atomic
def save_group(*, by: Staff, ward: Ward, name: str, members: Iterable[Staff], group: Group | None = None) -> Group:
    """Name the people who are called together; with `group`, change it. All must be clinical staff of the ward."""
    ward = lock_rota(ward.pk)
    require(by, May.EDIT_ROTA, ward)
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": [_("Give the group a name.")]})
    people = rota_rules.require_members(members, ward)
    others = ward.groups.all() if group is None else ward.groups.exclude(pk=group.pk)
    twin = others.filter(name__iexact=name).first()
    if twin is not None:
        if group is None and set(twin.members.all()) == set(people):
            return twin  # the same form again
        raise ValidationError({"name": [_("%(ward)s has a group of this name already.") % {"ward": ward}]})
    group = Group(ward=ward) if group is None else ward.groups.get(pk=group.pk)
    group.name = name
    group.save()
    group.members.set(people)
    data = {"name": name, "members": sorted(staff.pk for staff in people)}
    audit.record("group.saved", by=by, about=group, data=data)
    people_changed(ward.pk)
    return group
