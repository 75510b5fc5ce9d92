"""The rest of a duty for a colleague."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, on_duty, person
from wards import rota
from wards.models import Duty, Post, Role, Staff, Ward
from wards.rota_queries import on_duty as who_is_on_duty

CALL = Post.SURGEON_ON_CALL
HOUR = timedelta(hours=1)


@pytest.fixture
def tom(cast: Cast) -> Staff:
    return person("Tom", "Tell", (cast.ward_7b, Role.SURGEON))


def holders(cast: Cast, hours: float = 0) -> list[Staff]:
    return who_is_on_duty(cast.ward_7b.pk, CALL, clock.now() + hours * HOUR)


def test_from_now_on_the_colleague_has_it_and_until_now_the_first_one_had(cast: Cast, tom: Staff) -> None:
    duty = on_duty(cast, CALL, cast.sam, since=2, hours=10)
    Ward.objects.update(retarget_at=None)
    part = rota.hand_over_duty(duty, by=cast.carol, to=tom, at=None)
    assert (part.staff, part.ends_at, part.handed_over_from) == (tom, duty.ends_at, duty)
    assert (holders(cast, -1), holders(cast), holders(cast, 9), holders(cast, 11)) == ([cast.sam], [tom], [tom], [])
    assert Duty.objects.get(pk=duty.pk).cancelled_by == cast.carol
    assert Ward.objects.get(pk=cast.ward_7b.pk).retarget_at is not None
    assert AuditEntry.objects.filter(action="duty.recorded", data__handed_over_from=duty.pk).count() == 2


def test_it_can_be_handed_over_from_a_time_ahead(cast: Cast, tom: Staff) -> None:
    duty = on_duty(cast, CALL, cast.sam, hours=10)
    rota.hand_over_duty(duty, by=cast.sam, to=tom, at=clock.now() + 4 * HOUR)
    assert (holders(cast), holders(cast, 3.9), holders(cast, 4.1)) == ([cast.sam], [cast.sam], [tom])


@pytest.mark.parametrize("given", [True, False])
def test_a_duty_that_has_not_begun_goes_as_a_whole(cast: Cast, tom: Staff, given: bool) -> None:
    duty = on_duty(cast, CALL, cast.sam, since=-5, hours=10)
    part = rota.hand_over_duty(duty, by=cast.carol, to=tom, at=duty.starts_at if given else None)
    assert (part.starts_at, list(duty.parts.all())) == (duty.starts_at, [part])


@pytest.mark.parametrize("hours", [-3, 10, 11])
def test_an_instant_outside_the_duty_is_refused(cast: Cast, tom: Staff, hours: float) -> None:
    duty = on_duty(cast, CALL, cast.sam, since=2, hours=10)
    at = duty.ends_at if hours == 10 else clock.now() + hours * HOUR  # the end itself is no part of it
    with pytest.raises(ValidationError) as refusal:
        rota.hand_over_duty(duty, by=cast.carol, to=tom, at=at)
    assert refusal.value.message_dict["at"][0].startswith("This is outside the duty, from ")
    assert holders(cast) == [cast.sam]


@pytest.mark.parametrize("name", ["alice", "carol", "adam", "sue"])
def test_nobody_without_the_role_on_the_ward_takes_over(cast: Cast, name: str) -> None:
    duty = on_duty(cast, CALL, cast.sam)
    with pytest.raises(ValidationError) as refusal:
        rota.hand_over_duty(duty, by=cast.carol, to=getattr(cast, name), at=None)
    assert "cannot be surgeon on call on Ward 7B" in refusal.value.message_dict["to"][0]


def test_nobody_who_is_there_already_takes_over(cast: Cast, tom: Staff) -> None:
    duty = on_duty(cast, CALL, cast.sam)
    on_duty(cast, CALL, tom, since=-6, hours=12)
    for to in (cast.sam, tom):
        with pytest.raises(ValidationError) as refusal:
            rota.hand_over_duty(duty, by=cast.carol, to=to, at=None)
        assert "is surgeon on call already" in refusal.value.message_dict["to"][0]
    assert holders(cast) == [cast.sam]


@pytest.mark.parametrize("hours", [None, 4])
def test_the_same_hand_over_sent_again_changes_nothing(cast: Cast, tom: Staff, hours: float | None) -> None:
    duty = on_duty(cast, CALL, cast.sam, since=2, hours=10)
    at = None if hours is None else clock.now() + hours * HOUR
    parts = {rota.hand_over_duty(duty, by=cast.carol, to=tom, at=at).pk for _ in range(3)}
    assert len(parts) == 1
    assert Duty.objects.filter(cancelled_at=None).count() == 2


def test_a_page_that_has_become_old_is_told_who_has_the_duty(cast: Cast, tom: Staff) -> None:
    una = person("Una", "Unwin", (cast.ward_7b, Role.SURGEON))
    duty = on_duty(cast, CALL, cast.sam, since=2)
    rota.hand_over_duty(duty, by=cast.carol, to=tom, at=None)
    with pytest.raises(ValidationError, match="This was handed over to Tom Tell, from"):
        rota.hand_over_duty(duty, by=cast.carol, to=una, at=None)
    with pytest.raises(ValidationError, match="This was handed over to Tom Tell, from"):
        rota.cancel_duty(duty, by=cast.carol)
    assert holders(cast) == [tom]


def test_a_cancelled_duty_and_one_that_is_over_are_not_handed_over(cast: Cast, tom: Staff) -> None:
    duty = on_duty(cast, CALL, cast.sam)
    rota.cancel_duty(duty, by=cast.carol)
    with pytest.raises(ValidationError, match="This was cancelled at"):
        rota.hand_over_duty(duty, by=cast.carol, to=tom, at=None)
    Duty.objects.update(cancelled_at=None, starts_at=clock.now() - 9 * HOUR, ends_at=clock.now() - HOUR)
    with pytest.raises(ValidationError, match="This is over"):
        rota.hand_over_duty(duty, by=cast.carol, to=tom, at=None)


def test_what_was_handed_over_can_be_handed_back_and_cancelled(cast: Cast, tom: Staff) -> None:
    duty = on_duty(cast, CALL, cast.sam, since=2)
    part = rota.hand_over_duty(duty, by=cast.carol, to=tom, at=None)
    back = rota.hand_over_duty(part, by=cast.carol, to=cast.sam, at=clock.now() + HOUR)
    assert (holders(cast), holders(cast, 2)) == ([tom], [cast.sam])
    rota.cancel_duty(back, by=cast.carol)
    assert holders(cast, 2) == []
