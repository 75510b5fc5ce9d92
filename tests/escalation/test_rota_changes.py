"""People are looked up when a rung is climbed: what a change of the rota, the allocation or the ward does to an open
alert, and that its timeline says so.
"""

from __future__ import annotations

import pytest

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.steps import accept
from monitoring.escalation.climb import LONGEST_BACK_OFF, retarget, retarget_back_off
from monitoring.escalation.ladder import Key
from monitoring.escalation.models import Contact
from monitoring.escalation.people import who_would_be_called
from monitoring.escalation.queries import wards_to_retarget
from tests.escalation.conftest import Scene, phone, well_patient
from wards import actions, rota
from wards.models import Duty, Post, Role, Stay, Ward

BEDSIDE = "Alice+ward's phone or bleep"
SURGEONS = "Rhea+Sam+Tess+the site's number"


def retargeted(scene: Scene) -> list[tuple[int, list[str]]]:
    return [(data["rung"], data["people"]) for _, data in scene.events(AlertEvent.Kind.RETARGETED)]


def test_the_next_shift_is_called_the_moment_it_begins(critical: Scene) -> None:
    """Sam's duty ends at minute 10, Umar's begins: rung 1 has been climbed, so Umar must know."""
    umar = critical.newcomer("Umar", Role.SURGEON)
    Duty.objects.filter(staff=critical.cast.sam).update(ends_at=critical.clock.minute(10))
    critical.on_duty(umar, Post.SURGEON_ON_CALL, since=10)
    critical.climb_until(21)
    assert critical.called(since=8) == [
        (8, "Tess"),
        (10, "Umar"),
        (15, "Rhea+the site's number"),
        (20, "Rhea+Tess+Umar+the site's number"),
    ]
    assert retargeted(critical)[0] == (1, ["Umar Newcomer"])


def test_a_shift_change_after_acceptance_calls_nobody(critical: Scene) -> None:
    umar = critical.newcomer("Umar", Role.SURGEON)
    Duty.objects.filter(staff=critical.cast.sam).update(ends_at=critical.clock.minute(10))
    critical.on_duty(umar, Post.SURGEON_ON_CALL, since=10)
    critical.climb_until(5)
    accept(critical.alert, by=critical.cast.sam, revision=critical.alert.revision)
    critical.climb_until(20)
    assert critical.called(since=5) == []


def test_a_duty_handed_over_is_followed_at_once(critical: Scene) -> None:
    umar = critical.newcomer("Umar", Role.SURGEON)
    critical.climb_until(2)
    duty = Duty.objects.get(staff=critical.cast.sam)
    rota.hand_over_duty(duty, by=critical.cast.sam, to=umar, at=None)
    critical.climb_until(2.5)
    assert critical.called(since=1) == [(2, "Umar")]


def test_somebody_who_joins_a_post_is_called_beside_the_other(critical: Scene) -> None:
    critical.climb_until(2)
    bea = critical.newcomer("Bea", Role.NURSE)
    rota.add_duty(
        by=critical.cast.carol,
        ward=critical.cast.ward_7b,
        post=Post.NURSE,
        staff=bea,
        starts_at=critical.clock.minute(0),
        ends_at=critical.clock.minute(300),
    )
    critical.climb_until(2.5)
    assert critical.called(since=1) == [(2, "Bea")]
    assert retargeted(critical) == [(0, ["Alice Ames", "Bea Newcomer", "ward_phone"])]


def test_somebody_new_on_two_rungs_that_were_climbed_is_called_once(critical: Scene) -> None:
    umar = critical.newcomer("Umar", Role.SURGEON)
    critical.on_duty(umar, Post.SURGEON_ON_CALL, since=21)
    critical.on_duty(umar, Post.SECOND_ON_CALL, since=21)
    critical.climb_until(24)
    assert critical.called(since=20.5) == [(21, "Umar")]


def test_somebody_who_goes_and_comes_back_is_not_called_twice_by_it(critical: Scene) -> None:
    Duty.objects.filter(staff=critical.cast.sam).update(ends_at=critical.clock.minute(4))
    critical.on_duty(critical.cast.sam, Post.SURGEON_ON_CALL, since=6)
    critical.climb_until(7)
    assert critical.called() == [(0, BEDSIDE), (0, "Sam"), (3, "Carol")]


def test_a_rung_not_climbed_yet_calls_whoever_is_there_by_then(critical: Scene) -> None:
    umar = critical.newcomer("Umar", Role.SURGEON)
    Duty.objects.filter(staff=critical.tess).update(ends_at=critical.clock.minute(5))
    critical.on_duty(umar, Post.SECOND_ON_CALL, since=5)
    critical.climb_until(9)
    assert critical.called(since=1) == [(3, "Carol"), (8, "Umar")]


def test_the_patients_nurse_of_the_next_shift_is_called(critical: Scene) -> None:
    bea = critical.newcomer("Bea", Role.NURSE)
    critical.climb_until(5)
    rota.allocate(critical.stay, by=critical.cast.carol, nurse=bea, ends_at=critical.clock.minute(480))
    critical.climb_until(6)
    assert critical.called(since=4) == [(5, "Bea")]


def test_a_new_responsible_surgeon_takes_the_old_ones_place(critical: Scene) -> None:
    umar = critical.newcomer("Umar", Role.SURGEON)
    critical.climb_until(10)
    Stay.objects.filter(pk=critical.stay.pk).update(responsible_surgeon=umar)
    critical.climb_until(15)
    assert critical.called(since=9) == [(15, "Umar+the site's number")]


def test_after_a_move_the_new_wards_people_are_called_by_the_same_plan(critical: Scene) -> None:
    ward, sue = critical.cast.ward_8c, critical.cast.sue
    critical.on_duty(critical.cast.nora, Post.NURSE, ward=ward)
    critical.on_duty(sue, Post.SURGEON_ON_CALL, ward=ward)
    phone(ward, Contact.Purpose.WARD_PHONE)
    critical.climb_until(10)
    both = critical.newcomer("Bo", Role.NURSE)
    both.memberships.create(ward=ward, role=Role.NURSE)
    actions.move(critical.stay, by=both, at=None, to_bed=critical.cast.beds_8c[0], responsible_surgeon=sue)
    critical.climb_until(21)
    assert critical.called(since=9) == [
        (10, "Nora+ward's phone or bleep"),
        (10, "Sue"),
        (15, "Sue"),
        (20, "Sue"),
    ]
    assert (0, ["Nora North", "ward_phone"]) in retargeted(critical)
    assert (1, ["Sue Singh"]) in retargeted(critical)


def test_what_has_not_changed_is_not_said(critical: Scene) -> None:
    critical.climb_until(2)
    for _ in range(3):
        Ward.objects.update(retarget_at=critical.clock.at)
        critical.climb_until(2)
    assert retargeted(critical) == []
    assert critical.called(since=1) == []


def test_the_rota_of_another_ward_is_none_of_its_business(critical: Scene) -> None:
    critical.climb_until(2)
    planned = critical.alert.next_step_at
    Ward.objects.filter(pk=critical.cast.ward_8c.pk).update(retarget_at=critical.clock.at)
    retarget(critical.cast.ward_8c.pk)
    assert critical.alert.next_step_at == planned
    assert wards_to_retarget(10) == []


def test_a_change_while_a_ward_is_being_retargeted_is_not_lost(
    critical: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark is taken away only if it is still the one that was read."""
    Ward.objects.filter(pk=critical.cast.ward_7b.pk).update(retarget_at=critical.clock.at)
    critical.clock.at = critical.clock.minute(1)

    def change_again(*_: object) -> None:
        Ward.objects.filter(pk=critical.cast.ward_7b.pk).update(retarget_at=critical.clock.at)

    monkeypatch.setattr("monitoring.escalation.climb.nudge", change_again)
    retarget(critical.cast.ward_7b.pk)
    assert wards_to_retarget(10) == [critical.cast.ward_7b.pk]


def test_a_closed_alert_is_left_alone(critical: Scene) -> None:
    Alert.objects.update(closed_at=critical.clock.at, outcome="died", next_step_at=None)
    Ward.objects.filter(pk=critical.cast.ward_7b.pk).update(retarget_at=critical.clock.at)
    retarget(critical.cast.ward_7b.pk)
    assert critical.alert.next_step_at is None


def test_a_retargeting_that_raises_is_tried_again_later(critical: Scene) -> None:
    ward = critical.cast.ward_7b
    Ward.objects.filter(pk=ward.pk).update(retarget_at=critical.clock.at)
    retarget_back_off(ward.pk, RuntimeError())
    assert wards_to_retarget(10) == []
    critical.clock.at = critical.clock.minute(LONGEST_BACK_OFF / 60)
    assert wards_to_retarget(10) == [ward.pk]


def test_who_would_be_called_now_and_at_three_in_the_night(scene: Scene) -> None:
    umar = scene.newcomer("Umar", Role.SURGEON)
    Duty.objects.filter(staff=scene.cast.sam).update(ends_at=scene.clock.minute(300))
    scene.on_duty(umar, Post.SURGEON_ON_CALL, since=300)

    def names(at: float) -> list[list[str]]:
        rungs = who_would_be_called(scene.stay, Key.CRITICAL, scene.clock.minute(at))
        return [[recipient.name for recipient in recipients] for _, recipients in rungs]

    assert names(0)[:4] == [["Alice Ames", "ward_phone"], ["Sam Stone"], ["Carol Chase"], ["Tess Thorn"]]
    assert names(300)[1] == ["Umar Newcomer"]


def test_two_patients_of_a_ward_are_both_followed(critical: Scene) -> None:
    other = well_patient(critical.cast, bed=critical.cast.beds[1])
    other.checked(1, L4_left=1)
    umar = critical.newcomer("Umar", Role.SURGEON)
    critical.climb_until(2)
    duty = Duty.objects.get(staff=critical.cast.sam)
    rota.hand_over_duty(duty, by=critical.cast.sam, to=umar, at=None)
    critical.climb_until(2.5)
    told = {row.alert_id for row in umar.deliveries.all()}
    assert told == {critical.alert.pk, other.alert.pk}
