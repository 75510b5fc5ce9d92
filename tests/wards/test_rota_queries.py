"""Who is there at an instant, and when that changes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from monitoring.due import clock
from tests.cast import Cast, admit_patient, allocate, on_duty, person
from wards import rota
from wards.models import Duty, Group, Membership, Post, Role, Staff
from wards.rota_queries import absence_of, gaps, group_members, next_change, patients_nurse, uncovered
from wards.rota_queries import on_duty as who_is_on_duty

HOUR = timedelta(hours=1)
T = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_duty_begins_at_its_start_and_ends_just_before_its_end(cast: Cast) -> None:
    duty = on_duty(cast, Post.NURSE, cast.alice)
    moment = timedelta(microseconds=1)
    there = [who_is_on_duty(cast.ward_7b.pk, Post.NURSE, at) for at in (
        duty.starts_at - moment, duty.starts_at, duty.ends_at - moment, duty.ends_at,
    )]  # fmt: skip
    assert there == [[], [cast.alice], [cast.alice], []]


def test_who_has_left_or_lost_the_role_is_not_there_whatever_the_rota_says(cast: Cast) -> None:
    for staff in (cast.sam, tom := person("Tom", "Tell", (cast.ward_7b, Role.SURGEON))):
        on_duty(cast, Post.SURGEON_ON_CALL, staff)
    Staff.objects.filter(pk=cast.sam.pk).update(is_active=False)
    assert who_is_on_duty(cast.ward_7b.pk, Post.SURGEON_ON_CALL, clock.now()) == [tom]
    Membership.objects.filter(staff=tom).update(role=Role.NURSE)
    assert who_is_on_duty(cast.ward_7b.pk, Post.SURGEON_ON_CALL, clock.now()) == []
    now = clock.now()
    assert gaps(cast.ward_7b, Post.SURGEON_ON_CALL, now, now + HOUR) == [(now, now + HOUR)]


def test_each_person_is_there_once_however_many_lines_say_so(cast: Cast) -> None:
    duty = on_duty(cast, Post.NURSE, cast.alice)
    Duty.objects.create(
        ward=cast.ward_7b, post=Post.NURSE, staff=cast.alice, starts_at=duty.starts_at, ends_at=duty.ends_at
    )
    Membership.objects.create(staff=cast.alice, ward=cast.ward_7b, role=Role.CHARGE_NURSE)
    assert who_is_on_duty(cast.ward_7b.pk, Post.NURSE, clock.now()) == [cast.alice]


@pytest.mark.parametrize(
    ("covered", "left"),
    [
        ([], [(0, 10)]),
        ([(0, 10)], []),
        ([(-5, 15)], []),
        ([(2, 4)], [(0, 2), (4, 10)]),
        ([(6, 12), (-2, 3)], [(3, 6)]),
        ([(0, 5), (5, 10)], []),
        ([(1, 9), (2, 3)], [(0, 1), (9, 10)]),
        ([(-5, 0), (10, 15)], [(0, 10)]),
    ],
)
def test_gaps_are_what_no_span_covers(covered: list[tuple[int, int]], left: list[tuple[int, int]]) -> None:
    spans = [(T + a * HOUR, T + b * HOUR) for a, b in covered]
    assert uncovered(spans, T, T + 10 * HOUR) == [(T + a * HOUR, T + b * HOUR) for a, b in left]


def test_a_gap_is_one_posts_and_cancelled_lines_leave_one(cast: Cast) -> None:
    duty = on_duty(cast, Post.NURSE, cast.alice, hours=4)
    on_duty(cast, Post.CHARGE_NURSE, cast.carol, since=1, hours=12)
    since, until = duty.starts_at, duty.starts_at + 8 * HOUR
    assert gaps(cast.ward_7b, Post.NURSE, since, until) == [(duty.ends_at, until)]
    rota.cancel_duty(duty, by=cast.carol)
    assert gaps(cast.ward_7b, Post.NURSE, since, until) == [(since, until)]
    assert gaps(cast.ward_7b, Post.CHARGE_NURSE, since, until) == []


def test_the_next_change_is_the_next_coming_or_going_of_the_ward_or_of_the_patients_nurse(cast: Cast) -> None:
    stay, other = admit_patient(cast), admit_patient(cast, bed=cast.beds[1])
    now = clock.now()
    assert next_change(cast.ward_7b.pk, stay.pk, now) is None
    first = on_duty(cast, Post.SURGEON_ON_CALL, cast.sam, hours=6)
    ahead = on_duty(cast, Post.NURSE, cast.alice, since=-9, hours=12)
    on_duty(cast, Post.NURSE, cast.nora, hours=1, ward=cast.ward_8c)
    allocate(cast, other, cast.alice, hours=2)
    at = clock.now()
    assert next_change(cast.ward_7b.pk, stay.pk, at) == first.ends_at
    mine = allocate(cast, stay, cast.alice, hours=3)
    at = clock.now()
    assert next_change(cast.ward_7b.pk, stay.pk, at) == mine.ends_at
    assert next_change(cast.ward_7b.pk, stay.pk, first.ends_at) == ahead.starts_at
    assert next_change(cast.ward_7b.pk, stay.pk, ahead.starts_at) == ahead.ends_at
    rota.cancel_duty(first, by=cast.carol)
    rota.cancel_allocation(mine, by=cast.alice)
    assert next_change(cast.ward_7b.pk, stay.pk, at) == ahead.starts_at


def test_a_group_is_its_active_clinical_members_of_the_ward(cast: Cast) -> None:
    team = rota.save_group(by=cast.carol, ward=cast.ward_7b, name="spine team", members=[cast.sam, cast.alice])
    night = rota.save_group(by=cast.carol, ward=cast.ward_7b, name="night", members=[cast.alice, cast.carol])
    both = [str(team.public_id), str(night.public_id)]
    assert group_members(cast.ward_7b.pk, both) == [cast.alice, cast.carol, cast.sam]
    Staff.objects.filter(pk=cast.alice.pk).update(is_active=False)
    Membership.objects.filter(staff=cast.carol).update(role=Role.ADMINISTRATOR)
    assert group_members(cast.ward_7b.pk, both) == [cast.sam]
    assert group_members(cast.ward_7b.pk, []) == group_members(cast.ward_7b.pk, [str(uuid4())]) == []


def test_a_group_of_the_ward_before_calls_those_who_are_here_too(cast: Cast) -> None:
    both = person("Both", "Wards", (cast.ward_7b, Role.SURGEON), (cast.ward_8c, Role.SURGEON))
    team = rota.save_group(by=cast.carol, ward=cast.ward_7b, name="spine team", members=[cast.sam, both])
    assert group_members(cast.ward_8c.pk, [str(team.public_id)]) == [both]


def test_nobody_has_a_patient_who_is_not_allocated_nor_away(cast: Cast) -> None:
    stay = admit_patient(cast)
    assert patients_nurse(stay.pk, clock.now()) is None
    assert absence_of(stay.pk) is None
    assert not Group.objects.exists()
