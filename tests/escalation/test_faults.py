"""What is wrong with who could be called is seen before it matters."""

from __future__ import annotations

import pytest

from monitoring.escalation.actions import save_ladder
from monitoring.escalation.faults import AHEAD, Fault, faults, faults_of
from monitoring.escalation.ladder import Key, Rung, Track, Whom
from monitoring.escalation.models import Contact
from tests.escalation.conftest import Scene
from wards.models import Duty, Post, Role, Staff
from wards.times import said


def seen(scene: Scene) -> list[tuple[bool, str]]:
    return [(fault.now, fault.words) for fault in faults_of(scene.cast.ward_7b, scene.clock.at)]


@pytest.fixture
def staffed(scene: Scene) -> Scene:
    """Everybody is there for two days to come."""
    Duty.objects.update(ends_at=scene.clock.minute(48 * 60))
    return scene


def test_a_ward_with_everybody_there_has_none(staffed: Scene) -> None:
    assert seen(staffed) == []


@pytest.mark.parametrize(
    ("post", "words"),
    [
        (Post.NURSE, "Nobody is a nurse on shift for at least a day."),
        (Post.CHARGE_NURSE, "Nobody is the charge nurse for at least a day."),
        (Post.SURGEON_ON_CALL, "Nobody is the surgeon on call for at least a day."),
        (Post.SECOND_ON_CALL, "Nobody is the second on call for at least a day."),
    ],
)
def test_a_post_that_nobody_holds_is_one_now(staffed: Scene, post: str, words: str) -> None:
    Duty.objects.filter(post=post).delete()
    assert seen(staffed) == [(True, words)]


def test_a_gap_later_in_the_day_is_one_that_does_not_matter_yet(staffed: Scene) -> None:
    ends, comes = staffed.clock.minute(120), staffed.clock.minute(180)
    Duty.objects.filter(staff=staffed.cast.sam).update(ends_at=ends)
    staffed.on_duty(staffed.cast.sam, Post.SURGEON_ON_CALL, since=180, until=48 * 60)
    ward = staffed.cast.ward_7b
    assert seen(staffed) == [
        (False, f"Nobody is the surgeon on call from {said(ends, ward)} until {said(comes, ward)}.")
    ]


def test_a_gap_tomorrow_night_is_none_yet(staffed: Scene) -> None:
    Duty.objects.filter(staff=staffed.cast.sam).update(ends_at=staffed.clock.at + AHEAD)
    assert seen(staffed) == []


def test_somebody_on_duty_without_a_channel_is_one_now(staffed: Scene) -> None:
    Contact.objects.filter(staff=staffed.cast.sam).delete()
    assert seen(staffed) == [(True, "Sam Stone is on duty and has no working channel.")]


@pytest.mark.parametrize("column", ["broken_since", "removed_at"])
def test_a_channel_that_is_broken_or_was_removed_does_not_count(staffed: Scene, column: str) -> None:
    Contact.objects.filter(staff=staffed.cast.sam).update(**{column: staffed.clock.at})
    assert seen(staffed) == [(True, "Sam Stone is on duty and has no working channel.")]


def test_one_working_channel_of_two_is_enough(staffed: Scene) -> None:
    Contact.objects.create(staff=staffed.cast.sam, channel="pager", address="1", broken_since=staffed.clock.at)
    assert seen(staffed) == []


def test_somebody_who_comes_on_duty_within_a_day_without_a_channel(staffed: Scene) -> None:
    bea = staffed.newcomer("Bea", Role.NURSE, reachable=False)
    staffed.on_duty(bea, Post.NURSE, since=600, until=900)
    assert seen(staffed) == [(False, "Bea Newcomer comes on duty within a day and has no working channel.")]


def test_somebody_who_left_holds_no_post(staffed: Scene) -> None:
    Staff.objects.filter(pk=staffed.cast.sam.pk).update(is_active=False)
    assert seen(staffed) == [(True, "Nobody is the surgeon on call for at least a day.")]


def test_somebody_without_a_channel_who_is_not_on_the_rota_is_no_fault(staffed: Scene) -> None:
    staffed.newcomer("Bea", Role.NURSE, reachable=False)
    assert seen(staffed) == []


def test_the_responsible_surgeon_of_a_patient_without_a_channel_is_one(staffed: Scene) -> None:
    Contact.objects.filter(staff=staffed.rhea).delete()
    assert seen(staffed) == [(True, "Rhea Rowe is a patient's responsible surgeon and has no working channel.")]


def test_a_ward_without_a_phone_or_site_number_says_so(staffed: Scene) -> None:
    Contact.objects.filter(ward=staffed.cast.ward_7b).delete()
    assert [words for _, words in seen(staffed)] == [
        "No contact is set for the ward's phone.",
        "No contact is set for the site's number.",
    ]


def test_a_broken_number_of_the_ward_says_why(staffed: Scene) -> None:
    Contact.objects.filter(purpose="ward_phone").update(broken_since=staffed.clock.at, broken_reason="no such number")
    assert seen(staffed) == [(True, "The contact of ward's phone or bleep is broken: no such number.")]


def test_what_matters_now_comes_first(staffed: Scene) -> None:
    Duty.objects.filter(staff=staffed.cast.alice).update(ends_at=staffed.clock.minute(60))
    Contact.objects.filter(staff=staffed.cast.sam).delete()
    assert [now for now, _ in seen(staffed)] == [True, False]


def test_only_what_the_ladders_name_can_be_missing(staffed: Scene) -> None:
    """A ward whose ladder calls no second on call needs none."""
    Duty.objects.filter(staff=staffed.tess).delete()
    rungs = [
        Rung(Track.NURSING, (Whom.NURSES_ON_SHIFT, Whom.CHARGE_NURSE, Whom.WARD_PHONE), after=0),
        Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL, Whom.SITE_NUMBER), after=0, repeat=5),
    ]
    save_ladder(staffed.cast.ward_7b, Key.CRITICAL, by=staffed.cast.carol, rungs=rungs, reason="one surgeon", after=0)
    assert seen(staffed) == []


def test_a_ladder_with_a_group_of_people_without_channels_is_one(staffed: Scene) -> None:
    bea = staffed.newcomer("Bea", Role.NURSE, reachable=False)
    group = staffed.cast.ward_7b.groups.create(name="spine team")
    group.members.add(bea)
    rungs = [Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0, repeat=5, groups=(str(group.public_id),))]
    save_ladder(staffed.cast.ward_7b, Key.CRITICAL, by=staffed.cast.carol, rungs=rungs, reason="team", after=0)
    assert (True, "Bea Newcomer is in a group that is called and has no working channel.") in seen(staffed)


def test_all_wards_are_looked_at_but_the_watchdogs_own(staffed: Scene) -> None:
    wards = {fault.ward for fault in faults(staffed.clock.at)}
    assert wards == {staffed.cast.ward_8c}  # where nobody is on duty
    assert all(isinstance(fault, Fault) for fault in faults(staffed.clock.at))
