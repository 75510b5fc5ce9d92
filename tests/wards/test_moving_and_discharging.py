"""Moves and discharges."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from monitoring.due.models import Watch
from tests.cast import Cast, admit_patient, ago, operate
from wards import actions
from wards.models import Move


@pytest.mark.parametrize("to_another_ward", [False, True])
def test_a_move_is_recorded_audited_and_assessed(cast: Cast, to_another_ward: bool) -> None:
    stay = admit_patient(cast)
    to_bed, surgeon = (cast.beds_8c[0], cast.sue) if to_another_ward else (cast.beds[1], None)
    Watch.objects.update(assess_at=None)
    at = ago(hours=1)
    moved = actions.move(stay, by=cast.alice, at=at, to_bed=to_bed, responsible_surgeon=surgeon)
    assert (moved.bed, moved.ward) == (to_bed, to_bed.ward)
    assert moved.responsible_surgeon == (cast.sue if to_another_ward else cast.sam)
    step = Move.objects.get()
    assert (step.from_bed, step.to_bed, step.moved_at, step.recorded_by) == (cast.beds[0], to_bed, at, cast.alice)
    watch = Watch.objects.get(stay=stay)
    assert (watch.assess_at is not None, watch.changed_since) == (True, at)
    assert AuditEntry.objects.filter(action="stay.moved", patient=stay.patient).count() == 1


def test_another_wards_bed_needs_a_surgeon_of_that_ward(cast: Cast) -> None:
    stay = admit_patient(cast)
    with pytest.raises(ValidationError) as refusal:
        actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds_8c[0])
    assert list(refusal.value.message_dict) == ["responsible_surgeon"]


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (lambda: clock.now() + timedelta(minutes=2), "This time is in the future."),
        (lambda: ago(days=3), "This is before the admission"),
        (lambda: ago(hours=3), "This is before the last move"),
    ],
)
def test_a_moves_time_is_past_and_after_what_came_before(cast: Cast, at: object, message: str) -> None:
    stay = admit_patient(cast)
    actions.move(stay, by=cast.alice, at=ago(hours=2), to_bed=cast.beds[1])
    with pytest.raises(ValidationError) as refusal:
        actions.move(stay, by=cast.alice, at=at(), to_bed=cast.beds[2])  # type: ignore[operator]
    assert refusal.value.message_dict["at"][0].startswith(message)


def test_a_taken_bed_is_not_moved_to(cast: Cast) -> None:
    stay = admit_patient(cast)
    admit_patient(cast, bed=cast.beds[1])
    with pytest.raises(ValidationError) as refusal:
        actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds[1])
    assert refusal.value.message_dict == {"to_bed": ["Bed 7B-2 is taken. Choose another one."]}


@pytest.mark.parametrize("at", [None, ago])
def test_the_same_move_sent_again_changes_nothing(cast: Cast, at: object) -> None:
    stay = admit_patient(cast)
    when = None if at is None else ago(hours=1)
    for _ in range(3):
        actions.move(stay, by=cast.alice, at=when, to_bed=cast.beds[1])
    assert Move.objects.count() == 1
    with pytest.raises(ValidationError, match="already in this bed"):
        actions.move(stay, by=cast.carol, at=when, to_bed=cast.beds[1])


def test_a_discharge_frees_the_bed_and_is_assessed(cast: Cast) -> None:
    stay = admit_patient(cast)
    Watch.objects.update(assess_at=None)
    at = ago(hours=1)
    gone = actions.discharge(stay, by=cast.alice, at=at, departure="died")
    assert (gone.discharged_at, gone.departure) == (at, "died")
    assert Watch.objects.get(stay=stay).assess_at is not None
    entry = AuditEntry.objects.get(action="stay.discharged")
    assert (entry.patient, entry.data["departure"]) == (stay.patient, "died")


@pytest.mark.parametrize("now", [True, False])
def test_the_same_discharge_sent_again_changes_nothing(cast: Cast, now: bool) -> None:
    stay, at = admit_patient(cast), None if now else ago(hours=1)
    times = {actions.discharge(stay, by=cast.alice, at=at, departure="home").discharged_at for _ in range(3)}
    assert len(times) == 1
    assert AuditEntry.objects.filter(action="stay.discharged").count() == 1


def test_who_is_discharged_is_not_discharged_otherwise_nor_moved(cast: Cast) -> None:
    stay = admit_patient(cast)
    actions.discharge(stay, by=cast.alice, at=ago(hours=1), departure="home")
    with pytest.raises(ValidationError, match="was discharged at"):
        actions.discharge(stay, by=cast.alice, at=ago(hours=1), departure="died")
    with pytest.raises(ValidationError, match="was discharged at"):
        actions.discharge(stay, by=cast.alice, at=ago(hours=2), departure="home")
    with pytest.raises(ValidationError, match="was discharged at"):
        actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds[1])


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (lambda: clock.now() + timedelta(minutes=2), "This time is in the future."),
        (lambda: ago(days=3), "This is before the admission"),
        (lambda: ago(hours=30), "Something is recorded at"),
    ],
)
def test_a_discharges_time_is_past_and_after_what_was_done(cast: Cast, at: object, message: str) -> None:
    stay = admit_patient(cast)
    operate(cast, stay)
    with pytest.raises(ValidationError) as refusal:
        actions.discharge(stay, by=cast.alice, at=at(), departure="home")  # type: ignore[operator]
    assert refusal.value.message_dict["at"][0].startswith(message)
