"""Two people at one rota at the same moment, and who waits for whom."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from monitoring.due import clock
from tests.cast import Cast, admit_patient, on_duty, person
from tests.together import together
from tests.wards.ical import calendar, event
from wards import actions, rota
from wards.absences import leave
from wards.models import Absence, Allocation, Duty, Group, Post, Role
from wards.rota_queries import on_duty as who_is_on_duty

pytestmark = pytest.mark.django_db(transaction=True)
CALL = Post.SURGEON_ON_CALL


def test_one_of_two_hand_overs_wins_and_the_other_is_told_whose_it_is(cast: Cast) -> None:
    others = [person(name, "Other", (cast.ward_7b, Role.SURGEON)) for name in ("Tom", "Una")]
    duty = on_duty(cast, CALL, cast.sam, since=1)
    answers = together(*[partial(rota.hand_over_duty, duty, by=cast.carol, to=to, at=None) for to in others])
    refusals = [answer for answer in answers if isinstance(answer, ValidationError)]
    winner = next(answer for answer in answers if isinstance(answer, Duty)).staff
    assert len(refusals) == 1
    assert f"handed over to {winner}" in refusals[0].messages[0]
    assert who_is_on_duty(cast.ward_7b.pk, CALL, clock.now()) == [winner]


def test_the_same_forms_at_once_are_stored_once(cast: Cast) -> None:
    tom = person("Tom", "Tell", (cast.ward_7b, Role.SURGEON))
    now = clock.now()
    span = {"starts_at": now, "ends_at": now + timedelta(hours=8)}
    line = partial(rota.add_duty, by=cast.carol, ward=cast.ward_7b, post=CALL, staff=cast.sam, **span)
    lines = together(*[line] * 4)
    assert len({row.pk for row in lines}) == 1
    parts = together(*[partial(rota.hand_over_duty, lines[0], by=cast.carol, to=tom, at=None)] * 4)
    assert len({part.pk for part in parts}) == 1
    text = calendar(event("a", now + timedelta(hours=20), now + timedelta(hours=30)))
    read = partial(rota.import_calendar, by=cast.carol, ward=cast.ward_7b, post=CALL, text=text)
    assert sorted(result.added for result in together(*[read] * 3)) == [0, 0, 1]
    group = partial(rota.save_group, by=cast.carol, ward=cast.ward_7b, name="team", members=[cast.sam])
    assert len({row.pk for row in together(*[group] * 3)}) == Group.objects.count() == 1


def test_the_same_forms_about_a_patient_at_once_are_stored_once(cast: Cast) -> None:
    stay, ends_at = admit_patient(cast), clock.now() + timedelta(hours=8)
    together(*[partial(rota.allocate, stay, by=cast.alice, nurse=cast.alice, ends_at=ends_at)] * 4)
    together(*[partial(leave, stay, by=cast.alice, at=None, place="imaging")] * 4)
    assert (Allocation.objects.count(), Absence.objects.count()) == (1, 1)


def test_patients_who_move_and_a_rota_that_changes_do_not_lock_each_other_out(cast: Cast) -> None:
    """The ward's row is everybody's last lock, so that no two wait for each other in a circle."""
    both = person("Both", "Wards", (cast.ward_7b, Role.NURSE), (cast.ward_8c, Role.NURSE))
    for _ in range(3):
        stays = [admit_patient(cast, bed=bed) for bed in (cast.beds[0], cast.beds_8c[0])]
        beds, surgeons = (cast.beds_8c[1], cast.beds[1]), (cast.sue, cast.sam)
        ends_at = clock.now() + timedelta(hours=8)
        answers = together(
            *[
                partial(actions.move, stay, by=both, at=None, to_bed=bed, responsible_surgeon=surgeon)
                for stay, bed, surgeon in zip(stays, beds, surgeons, strict=True)
            ],
            partial(on_duty, cast, Post.NURSE, cast.carol, hours=1),
            partial(rota.allocate, stays[0], by=both, nurse=both, ends_at=ends_at),
        )
        assert tuple(answer.bed for answer in answers[:2]) == beds
        Duty.objects.all().delete()
        for stay in stays:
            actions.discharge(stay, by=both, at=None, departure="home")
