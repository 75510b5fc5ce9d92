"""A drain's lines: placed, read while it lies, removed; and no two that lie at once have one name."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from monitoring.due import clock
from monitoring.pathway.actions import drains
from monitoring.pathway.drains import Drain
from monitoring.pathway.models import MOST_ML
from monitoring.pathway.queries import course
from tests.cast import Cast, admit_patient, ago
from tests.pathway.examples import change_line, place, read, refusal, remove
from wards.actions import admit, discharge
from wards.models import Stay
from wards.times import said

SAME_NAME = {"label": ["A drain of this name lies already. Give this one another name."]}


def one(stay: Stay) -> Drain:
    (drain,) = course(stay.episode_id).drains
    return drain


def test_a_drain_is_placed_read_and_removed(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    first, second = read(cast, placed, 40, at=ago(hours=4)), read(cast, placed, 0, at=ago(hours=2))
    assert (one(stay).placed, one(stay).readings, one(stay).removed) == (placed, [first, second], None)
    assert course(stay.episode_id).lying_drains == [one(stay)]
    removed = remove(cast, placed)
    assert one(stay).removed == removed
    assert not course(stay.episode_id).lying_drains


def test_a_placed_drain_has_a_name_and_is_on_suction_or_not(cast: Cast, stay: Stay) -> None:
    errors = refusal(lambda: place(cast, stay, label="  ", suction=None))
    assert errors == {
        "label": ["Name the drain, so that nobody reads the wrong one."],
        "suction": ["Say whether it is on suction."],
    }
    assert place(cast, stay, suction=False).suction is False


@pytest.mark.parametrize("ml", [None, -1, MOST_ML + 1])
def test_a_volume_is_a_whole_number_of_ml(cast: Cast, stay: Stay, ml: int | None) -> None:
    placed = place(cast, stay)
    errors = refusal(lambda: read(cast, placed, ml))
    assert errors == {"volume_ml": ["Give the volume in ml: a whole number from 0 to 5000."]}


@pytest.mark.parametrize("ml", [0, MOST_ML])
def test_nothing_and_the_most_are_volumes(cast: Cast, stay: Stay, ml: int) -> None:
    assert read(cast, place(cast, stay), ml).volume_ml == ml


def test_a_line_is_not_of_the_future_nor_of_after_the_discharge(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    assert set(refusal(lambda: read(cast, placed, 5, at=clock.now() + timedelta(minutes=2)))) == {"happened_time"}
    discharge(stay, by=cast.alice, at=ago(hours=1), departure=Stay.Departure.HOME)
    assert set(refusal(lambda: read(cast, placed, 5))) == {"happened_time"}
    assert read(cast, placed, 5, at=ago(hours=1)).is_standing
    assert remove(cast, placed, at=ago(hours=1)).is_standing


def test_a_stay_does_not_end_before_a_drain_was_read(cast: Cast, stay: Stay) -> None:
    read(cast, place(cast, stay), 5, at=ago(hours=1))
    assert set(refusal(lambda: discharge(stay, by=cast.alice, at=ago(hours=2), departure=Stay.Departure.HOME))) == {
        "at"
    }


def test_a_drain_goes_on_over_a_readmission(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    discharge(stay, by=cast.alice, at=ago(hours=4), departure=Stay.Departure.HOME)
    back = admit(
        by=cast.alice,
        at=ago(hours=3),
        bed=cast.beds[1],
        patient=stay.patient,
        episode=stay.episode,
        responsible_surgeon=cast.sam,
        key=uuid4(),
    )
    placed.stay = back
    assert read(cast, placed, 5, at=ago(hours=1)).stay == back
    assert one(back).total_ml == 5


def test_a_drain_is_not_read_before_it_was_placed_nor_at_that_instant(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    when = said(placed.happened_at, stay.ward)
    for at in (ago(hours=6, minutes=1), placed.happened_at):
        errors = refusal(partial(read, cast, placed, 5, at=at))
        assert errors == {"happened_time": [f"It was placed at {when}: give a time after that."]}


def test_a_drain_is_not_removed_before_it_was_placed_but_in_that_minute(cast: Cast, stay: Stay) -> None:
    minute = ago(hours=6)
    placed = place(cast, stay, at=minute + timedelta(seconds=40))
    assert set(refusal(lambda: remove(cast, placed, at=minute - timedelta(minutes=1)))) == {"happened_time"}
    removed = remove(cast, placed, at=minute)
    assert change_line(cast, placed, label="right").happened_at == placed.happened_at
    assert change_line(cast, removed).happened_at == minute


def test_a_drain_is_read_once_at_a_time(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    line = read(cast, placed, 5, at=ago(hours=2))
    errors = refusal(lambda: read(cast, placed, 7, at=ago(hours=2)))
    assert errors == {"happened_time": ["A reading of this drain at this time is recorded already."]}
    assert change_line(cast, line, volume_ml=7).volume_ml == 7
    other = place(cast, stay, label="right")
    assert read(cast, other, 7, at=ago(hours=2)).is_standing


def test_a_reading_typed_late_goes_between_those_before_and_after_it(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    read(cast, placed, 20, at=ago(hours=1))
    read(cast, placed, 30, at=ago(hours=3))
    assert [line.volume_ml for line in one(stay).readings] == [30, 20]


def test_a_removed_drain_is_not_read_afterwards_nor_removed_again(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    removed = remove(cast, placed, at=ago(hours=2))
    words = {"happened_time": [f"It is recorded as removed at {said(removed.happened_at, stay.ward)}."]}
    assert refusal(lambda: read(cast, placed, 5, at=ago(hours=1, minutes=59))) == words
    assert refusal(lambda: remove(cast, placed, at=ago(hours=3))) == words
    assert read(cast, placed, 5, at=removed.happened_at).is_standing
    assert read(cast, placed, 5, at=ago(hours=3)).is_standing


def test_a_drain_is_not_removed_before_it_was_last_read(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    line = read(cast, placed, 5, at=ago(hours=2) + timedelta(seconds=40))
    errors = refusal(lambda: remove(cast, placed, at=ago(hours=2, minutes=1)))
    assert errors == {"happened_time": [f"It was read at {said(line.happened_at, stay.ward)}: give a time after that."]}
    assert remove(cast, placed, at=ago(hours=2)).is_standing
    assert change_line(cast, line, volume_ml=6).volume_ml == 6


def test_a_corrected_placing_stays_before_what_followed(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    line = read(cast, placed, 5, at=ago(hours=2))
    words = {
        "happened_time": [f"It was read or removed at {said(line.happened_at, stay.ward)}: give a time before that."]
    }
    for at in (ago(hours=2), ago(hours=1)):
        assert refusal(partial(change_line, cast, placed, at=at)) == words
    assert change_line(cast, placed, at=ago(hours=3)).is_standing


def test_a_corrected_placing_stays_before_the_removal(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    remove(cast, placed, at=ago(hours=2))
    assert set(refusal(lambda: change_line(cast, placed, at=ago(hours=1)))) == {"happened_time"}


def test_a_corrected_removal_can_be_later_and_not_before_the_last_reading(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    read(cast, placed, 5, at=ago(hours=3))
    removed = remove(cast, placed, at=ago(hours=2))
    assert set(refusal(lambda: change_line(cast, removed, at=ago(hours=4)))) == {"happened_time"}
    assert change_line(cast, removed, at=ago(hours=1)).happened_at == ago(hours=1)


def test_a_drain_whose_placing_was_taken_back_is_neither_read_nor_removed(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    drains.retract_drain(placed, by=cast.alice, reason="another patient's")
    for call in (lambda: read(cast, placed, 5), lambda: remove(cast, placed)):
        assert refusal(call) == {"__all__": ["This drain no longer stands in the record."]}


def test_another_patients_drain_is_not_read_here(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    placed.stay = admit_patient(cast, bed=cast.beds[1])
    assert set(refusal(lambda: read(cast, placed, 5))) == {"__all__"}


def test_a_placing_that_readings_rest_on_is_not_taken_back(cast: Cast, stay: Stay) -> None:
    placed, other = place(cast, stay), place(cast, stay, label="right")
    line = read(cast, placed, 5, at=ago(hours=2))
    errors = refusal(lambda: drains.retract_drain(placed, by=cast.alice, reason="wrong"))
    assert errors == {"__all__": ["Readings of this drain rest on this. Take them back first."]}
    drains.retract_drain(other, by=cast.alice, reason="wrong")
    drains.retract_drain(line, by=cast.alice, reason="wrong")
    drains.retract_drain(placed, by=cast.alice, reason="wrong")
    assert not course(stay.episode_id).drains


def test_a_removal_that_is_taken_back_leaves_the_drain_lying(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    drains.retract_drain(remove(cast, placed), by=cast.alice, reason="the other one")
    assert course(stay.episode_id).lying_drains == [one(stay)]


def test_two_drains_that_lie_at_once_have_different_names(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay, label="Left")
    assert refusal(lambda: place(cast, stay, label="left ")) == SAME_NAME
    other = place(cast, stay, label="right")
    assert refusal(lambda: change_line(cast, other, label="LEFT")) == SAME_NAME
    assert change_line(cast, placed, label="left").label == "left"


def test_another_patients_drain_may_have_the_same_name(cast: Cast, stay: Stay) -> None:
    other = admit_patient(cast, bed=cast.beds[1])
    assert place(cast, stay).label == place(cast, other).label


def test_a_name_is_free_again_once_its_drain_is_out(cast: Cast, stay: Stay) -> None:
    first = place(cast, stay, at=ago(hours=6))
    remove(cast, first, at=ago(hours=3))
    assert refusal(lambda: place(cast, stay, at=ago(hours=4))) == SAME_NAME
    assert place(cast, stay, at=ago(hours=3)).is_standing


def test_a_drain_typed_late_cannot_lie_with_one_of_its_name_that_was_placed_since(cast: Cast, stay: Stay) -> None:
    place(cast, stay, at=ago(hours=3))
    assert refusal(lambda: place(cast, stay, at=ago(hours=6))) == SAME_NAME


def test_the_lines_of_a_drain_that_is_out_can_be_corrected_though_its_name_is_taken_again(
    cast: Cast, stay: Stay
) -> None:
    first = place(cast, stay, at=ago(hours=6))
    removed = remove(cast, first, at=ago(hours=4))
    again_at = ago(hours=3)
    place(cast, stay, at=again_at)
    assert change_line(cast, first, at=ago(hours=5)).is_standing
    then = {"__all__": ["Then two drains of this name would lie at once. Give one of them another name first."]}
    assert refusal(lambda: change_line(cast, removed, at=ago(hours=2))) == then
    assert refusal(lambda: drains.retract_drain(removed, by=cast.alice, reason="the other one")) == then
    assert change_line(cast, removed, at=again_at).is_standing
