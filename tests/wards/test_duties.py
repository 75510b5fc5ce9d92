"""The rota: who is put in a post, taken off it, and refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, on_duty, person
from wards import rota, rota_rules
from wards.access import Forbidden
from wards.models import Duty, Post, Role, Staff, Ward
from wards.rota_queries import on_duty as who_is_on_duty

HOUR = timedelta(hours=1)


def add(cast: Cast, post: Post, staff: Staff, since: float, until: float, *, by: Staff | None = None) -> Duty:
    """From so many until so many hours from the present minute."""
    now = clock.now().replace(second=0, microsecond=0)
    return rota.add_duty(
        by=by or cast.carol,
        ward=cast.ward_7b,
        post=post,
        staff=staff,
        starts_at=now + since * HOUR,
        ends_at=now + until * HOUR,
    )


def refused(cast: Cast, post: Post, staff: Staff, since: float, until: float) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        add(cast, post, staff, since, until)
    return refusal.value.message_dict


def test_a_duty_is_recorded_audited_and_makes_open_alerts_look_again(cast: Cast) -> None:
    duty = add(cast, Post.SURGEON_ON_CALL, cast.sam, -1, 12)
    assert who_is_on_duty(cast.ward_7b.pk, Post.SURGEON_ON_CALL, clock.now()) == [cast.sam]
    entry = AuditEntry.objects.get(action="duty.recorded")
    assert (entry.actor, entry.subject_id, entry.data["staff"]) == (cast.carol, str(duty.pk), cast.sam.pk)
    for ward, due in ((cast.ward_7b, True), (cast.ward_8c, False)):
        ward.refresh_from_db()
        assert (ward.retarget_at is not None) == due


@pytest.mark.parametrize("name", ["alice", "nora", "sue"])
def test_only_a_wards_leads_and_surgeons_write_its_rota(cast: Cast, name: str) -> None:
    with pytest.raises(Forbidden):
        add(cast, Post.NURSE, cast.alice, 0, 8, by=getattr(cast, name))
    duty = add(cast, Post.NURSE, cast.alice, 0, 8, by=cast.sam)
    with pytest.raises(Forbidden):
        rota.cancel_duty(duty, by=getattr(cast, name))
    with pytest.raises(Forbidden):
        rota.hand_over_duty(duty, by=getattr(cast, name), to=cast.carol, at=None)


@pytest.mark.parametrize(
    ("post", "holders"),
    [
        (Post.NURSE, {"alice", "carol"}),
        (Post.CHARGE_NURSE, {"alice", "carol"}),
        (Post.SURGEON_ON_CALL, {"sam"}),
        (Post.SECOND_ON_CALL, {"sam"}),
    ],
)
def test_a_post_takes_who_has_a_fitting_role_on_the_ward(cast: Cast, post: Post, holders: set[str]) -> None:
    for name in ("alice", "carol", "sam", "adam", "nora", "sue"):
        staff = getattr(cast, name)
        if name in holders:
            assert add(cast, post, staff, 0, 8).staff == staff
        else:
            message = f"{staff} cannot be {post.label} on Ward 7B. Choose somebody else."
            assert refused(cast, post, staff, 0, 8) == {"staff": [message]}


def test_who_has_left_is_given_no_duty(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.sam.pk).update(is_active=False)
    assert list(refused(cast, Post.SURGEON_ON_CALL, cast.sam, 0, 8)) == ["staff"]


def test_two_people_share_a_post_and_one_person_holds_two(cast: Cast) -> None:
    for post, staff in ((Post.NURSE, cast.alice), (Post.NURSE, cast.carol), (Post.CHARGE_NURSE, cast.carol)):
        add(cast, post, staff, 0, 8)
    assert who_is_on_duty(cast.ward_7b.pk, Post.NURSE, clock.now()) == [cast.alice, cast.carol]
    assert who_is_on_duty(cast.ward_7b.pk, Post.CHARGE_NURSE, clock.now()) == [cast.carol]


@pytest.mark.parametrize(("since", "until"), [(-1, 1), (2, 3), (7, 9), (-1, 9)])
def test_nobody_stands_twice_in_one_post_at_a_time(cast: Cast, since: float, until: float) -> None:
    add(cast, Post.NURSE, cast.alice, 0, 8)
    message = refused(cast, Post.NURSE, cast.alice, since, until)["staff"][0]
    assert message.startswith("Alice Ames is nurse on shift already: from ")


def test_one_duty_may_follow_the_other_at_once(cast: Cast) -> None:
    add(cast, Post.NURSE, cast.alice, 0, 8)
    add(cast, Post.NURSE, cast.alice, 8, 16)
    assert Duty.objects.count() == 2


def test_the_same_line_sent_again_changes_nothing(cast: Cast) -> None:
    first = add(cast, Post.NURSE, cast.alice, 0, 8)
    Ward.objects.update(retarget_at=None)
    assert add(cast, Post.NURSE, cast.alice, 0, 8, by=cast.sam) == first
    assert AuditEntry.objects.filter(action="duty.recorded").count() == 1
    assert not Ward.objects.filter(retarget_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("since", "until", "field", "message"),
    [
        (2, 1, "ends_at", "The end must be after the start."),
        (1, 1, "ends_at", "The end must be after the start."),
        (-3, -1, "ends_at", "This is already over."),
        (0, 7 * 24 + 2, "ends_at", "That would be longer than 7 days. Check both dates."),
        (24 * 400, 24 * 400 + 8, "starts_at", "This is more than a year ahead. Check the date."),
    ],
)
def test_a_duty_that_cannot_be_meant_is_refused(
    cast: Cast, since: float, until: float, field: str, message: str
) -> None:
    assert refused(cast, Post.NURSE, cast.alice, since, until) == {field: [message]}


@pytest.mark.parametrize(
    ("day", "hours"), [(datetime(2026, 10, 23, 6, tzinfo=UTC), 169), (datetime(2027, 3, 26, 7, tzinfo=UTC), 167)]
)
def test_a_week_on_call_ends_at_the_hour_at_which_it_began_also_when_the_clocks_change(
    day: datetime, hours: int
) -> None:
    ward = Ward(time_zone="Europe/Berlin")
    rota_rules.require_span(day, day + hours * HOUR, rota_rules.LONGEST_DUTY, day, ward)
    with pytest.raises(ValidationError, match="longer than 7 days"):
        rota_rules.require_span(day, day + hours * HOUR + timedelta(minutes=1), rota_rules.LONGEST_DUTY, day, ward)


def test_a_cancelled_duty_holds_no_post_and_stays_readable(cast: Cast) -> None:
    duty = on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    gone = rota.cancel_duty(duty, by=cast.carol)
    assert (gone.cancelled_by, gone.cancelled_at is not None) == (cast.carol, True)
    assert who_is_on_duty(cast.ward_7b.pk, Post.SURGEON_ON_CALL, clock.now()) == []
    assert rota.cancel_duty(duty, by=cast.sam).cancelled_by == cast.carol
    assert AuditEntry.objects.filter(action="duty.cancelled").count() == 1


def test_a_cancelled_duty_can_be_written_again(cast: Cast) -> None:
    duty = add(cast, Post.NURSE, cast.alice, 0, 8)
    rota.cancel_duty(duty, by=cast.carol)
    assert add(cast, Post.NURSE, cast.alice, 0, 8) != duty
    assert who_is_on_duty(cast.ward_7b.pk, Post.NURSE, clock.now()) == [cast.alice]


def test_what_is_over_is_not_cancelled(cast: Cast) -> None:
    duty = on_duty(cast, Post.NURSE, cast.alice)
    Duty.objects.update(starts_at=clock.now() - 9 * HOUR, ends_at=clock.now() - HOUR)
    with pytest.raises(ValidationError, match="This is over"):
        rota.cancel_duty(duty, by=cast.carol)


def test_two_wards_have_two_rotas(cast: Cast) -> None:
    both = person("Both", "Wards", (cast.ward_7b, Role.SURGEON), (cast.ward_8c, Role.SURGEON))
    on_duty(cast, Post.SURGEON_ON_CALL, both)
    on_duty(cast, Post.SURGEON_ON_CALL, both, ward=cast.ward_8c)
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sue, ward=cast.ward_8c)
    assert who_is_on_duty(cast.ward_7b.pk, Post.SURGEON_ON_CALL, clock.now()) == [both]
    assert who_is_on_duty(cast.ward_8c.pk, Post.SURGEON_ON_CALL, clock.now()) == [cast.sue, both]
