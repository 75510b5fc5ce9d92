"""A ward's patients shared out among the nurses of a shift: who is there, who has whom, and all of it saved at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.due import clock
from wards.access import NURSES, May, require
from wards.models import Allocation, Duty, Post, Staff, Stay, Ward
from wards.rota import allocate, cancel_allocation
from wards.rota_queries import eligible, standing_duties
from wards.rota_rules import LONGEST_SHIFT

AHEAD = timedelta(hours=24)  # how far ahead a shift can be shared out
MOST_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Shift:
    """The nurses who are there at one instant, each with the end of their shift. `is_now`: it runs already."""

    at: datetime
    is_now: bool
    nurses: Sequence[tuple[Staff, datetime]]

    def end_for(self, nurse: Staff) -> datetime | None:
        """When the nurse's shift ends; None for somebody who is not there."""
        return next((ends_at for other, ends_at in self.nurses if other == nurse), None)


def shifts(ward: Ward, now: datetime) -> list[Shift]:
    """The shift that runs, and the next ones that begin within a day. Two queries."""
    rows = standing_duties(ward.pk, now, now + AHEAD).filter(post__in=[Post.NURSE, Post.CHARGE_NURSE])
    nurses = {nurse.pk: nurse for nurse in eligible(ward.pk, NURSES)}
    duties = [duty for duty in rows if duty.staff_id in nurses]
    ahead = sorted({duty.starts_at for duty in duties if duty.post == Post.NURSE and duty.starts_at > now})
    return [_shift(duties, nurses, at, now) for at in (now, *ahead[:MOST_AHEAD])]


def _shift(duties: Iterable[Duty], nurses: Mapping[int, Staff], at: datetime, now: datetime) -> Shift:
    ends: dict[int, datetime] = {}
    for duty in duties:
        if duty.starts_at <= at < duty.ends_at:
            ends[duty.staff_id] = max(duty.ends_at, ends.get(duty.staff_id, at))
    there = [(nurse, min(ends[pk], at + LONGEST_SHIFT)) for pk, nurse in nurses.items() if pk in ends]
    return Shift(at, at == now, there)


def allocations_of(stays: Iterable[Stay], at: datetime) -> dict[int, Allocation]:
    """Who has which patient at an instant, by the stay's id: of several allocations the one recorded last."""
    standing = Allocation.objects.filter(stay__in=list(stays), cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    return {row.stay_id: row for row in standing.select_related("nurse").order_by("pk")}


@transaction.atomic
def allocate_shift(ward: Ward, *, by: Staff, shift: Shift, nurses: Mapping[Stay, Staff | None]) -> None:
    """Give each of these patients the nurse beside them, until that nurse's shift ends; None: nobody by name.

    All or nothing. Raises Forbidden, and ValidationError by `field_of(stay)`.
    """
    require(by, May.ALLOCATE, ward)
    episodes = [stay.episode_id for stay in nurses]  # all are locked here, in one order, before any ward is
    locked = list(Stay.objects.select_for_update(no_key=True).filter(episode_id__in=episodes).order_by("pk"))
    wards = {stay.pk: stay.ward_id for stay in locked}
    wrong: dict[str, list[str]] = {}
    for stay, nurse in nurses.items():
        try:
            if wards[stay.pk] != ward.pk:
                raise ValidationError(_("This patient has been moved to another ward."))
            _give(stay, nurse, shift, by)
        except ValidationError as error:
            wrong[field_of(stay)] = error.messages
    if wrong:
        raise ValidationError(wrong)


def field_of(stay: Stay) -> str:
    """The name of the form's field that asks for the stay's nurse."""
    return f"nurse-{stay.public_id}"


def _give(stay: Stay, nurse: Staff | None, shift: Shift, by: Staff) -> None:
    if nurse is not None:
        ends_at = shift.end_for(nurse)
        if ends_at is None:
            raise ValidationError(_("%(who)s is not on shift.") % {"who": nurse})
        allocate(stay, by=by, nurse=nurse, starts_at=None if shift.is_now else shift.at, ends_at=ends_at)
        return
    at = clock.now() if shift.is_now else shift.at
    standing = stay.allocations.filter(cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    for allocation in standing.select_related("stay").order_by("pk"):
        cancel_allocation(allocation, by=by)
