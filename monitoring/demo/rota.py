"""Who works when on the demo's wards: two weeks of shifts around today, who has which patient, how to reach them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

from django.conf import settings

from monitoring.demo.people import PHONES, SHIFTS, STAFF, WARDS, DemoWard
from monitoring.escalation.models import Contact
from wards.models import Allocation, Duty, Group, Post, Staff, Stay, Ward

DAYS_BEFORE, DAYS_AFTER = 7, 14
DAY_BEGINS, NIGHT_BEGINS = 7, 19  # o'clock, on the ward's own clock


def write_rota(today: datetime) -> None:
    """The demo's people are there from a week ago, for another two."""
    people = {
        person.username: person for person in Staff.objects.filter(username__in=[each.username for each in STAFF])
    }
    for told in WARDS:
        ward = Ward.objects.get(code=told.code)
        for post, crews in SHIFTS[told.code].items():
            shifts = zip(_shifts(told, today), cycle(crews), strict=False)
            Duty.objects.bulk_create(
                Duty(ward=ward, post=post, staff=people[name], starts_at=start, ends_at=end, recorded_at=today)
                for (start, end), crew in shifts
                for name in crew
            )
        _allocate(ward, today)
        _write_group(ward)


def _shifts(ward: DemoWard, today: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Half days, each from seven to seven by the ward's clock, which need not be twelve hours."""
    zone = ZoneInfo(ward.time_zone)
    first = today.astimezone(zone).date() - timedelta(days=DAYS_BEFORE)
    edges = [_at(first + timedelta(days=n), hour, zone) for n in range(DAYS_BEFORE + DAYS_AFTER + 1) for hour in _HOURS]
    return zip(edges, islice(edges, 1, None), strict=False)


_HOURS = (DAY_BEGINS, NIGHT_BEGINS)


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone)


def _allocate(ward: Ward, today: datetime) -> None:
    """The nurses of this shift share the patients."""
    here = Duty.objects.filter(ward=ward, post=Post.NURSE, starts_at__lte=today, ends_at__gt=today).select_related(
        "staff"
    )
    stays = Stay.objects.filter(ward=ward, discharged_at__isnull=True).order_by("bed__label")
    for stay, duty in zip(stays, cycle(here.order_by("pk")), strict=False):
        Allocation.objects.create(stay=stay, nurse=duty.staff, starts_at=duty.starts_at, ends_at=duty.ends_at)


def _write_group(ward: Ward) -> None:
    group = Group.objects.create(ward=ward, name="Spine team")
    group.members.set(Staff.objects.filter(memberships__ward=ward, memberships__role="surgeon"))


def write_contacts() -> None:
    """Everybody has an e-mail address; so have the ward's bleep and the switchboard, for want of a real pager.

    Nothing leaves this machine: `make run` starts a mail server of its own, and keeps what it takes.
    """
    if not settings.EMAIL_HOST:
        return
    for person in Staff.objects.filter(username__in=[each.username for each in STAFF]):
        Contact.objects.create(staff=person, channel="email", address=f"{person.username}@demo.invalid")
    for ward in Ward.objects.filter(code__in=[told.code for told in WARDS]):
        for purpose, name in PHONES.items():
            address = f"{name}.{ward.code.lower()}@demo.invalid"
            Contact.objects.create(ward=ward, purpose=purpose, channel="email", address=address)
