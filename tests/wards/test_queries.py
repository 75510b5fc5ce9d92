"""What other rooms ask about wards."""

import pytest

from monitoring.protocol import Settings
from monitoring.protocol.settings import InvalidSettings
from tests.cast import Cast, admit_patient, ago, operate
from wards import actions
from wards.models import Operation, ProtocolVersion
from wards.queries import episodes_of, free_beds, protocol_version_of, surgeons_of


def test_a_ward_that_approved_nothing_works_by_the_defaults(cast: Cast) -> None:
    assert protocol_version_of(cast.ward_7b) == ("default", Settings())


def test_the_highest_number_is_in_force_on_its_own_ward(cast: Cast) -> None:
    for number, grades in ((2, 4), (1, 5)):
        ProtocolVersion.objects.create(ward=cast.ward_7b, number=number, settings={"major_drop_grades": grades})
    assert protocol_version_of(cast.ward_7b) == ("7b 2", Settings(major_drop_grades=4))
    assert protocol_version_of(cast.ward_8c)[0] == "default"


def test_stored_settings_that_are_not_valid_are_never_replaced_by_a_guess(cast: Cast) -> None:
    ProtocolVersion.objects.create(ward=cast.ward_7b, number=1, settings={"major_drop_grades": 9})
    with pytest.raises(InvalidSettings):
        protocol_version_of(cast.ward_7b)


def test_free_beds_are_those_in_which_nobody_lies_now(cast: Cast) -> None:
    stay = admit_patient(cast)
    assert list(free_beds(cast.ward_7b)) == list(cast.beds[1:])
    actions.discharge(stay, by=cast.alice, at=ago(hours=2), departure="home")
    admit_patient(cast, bed=cast.beds[1], at=ago(hours=1))
    assert list(free_beds()) == [cast.beds[0], *cast.beds[2:], *cast.beds_8c]


def test_surgeons_who_have_left_are_not_named(cast: Cast) -> None:
    assert list(surgeons_of(cast.ward_7b)) == [cast.sam]
    assert list(surgeons_of()) == [cast.sue, cast.sam]
    cast.sam.is_active = False
    cast.sam.save(update_fields=["is_active"])
    assert list(surgeons_of(cast.ward_7b)) == []


def test_an_episode_comes_with_its_standing_index_operation(cast: Cast) -> None:
    stay = admit_patient(cast)
    assert episodes_of(stay.patient) == [(stay.episode, None)]
    operation = operate(cast, stay)
    operate(cast, stay, kind="secondary", ended_at=ago(hours=2))
    assert episodes_of(stay.patient) == [(stay.episode, operation)]


@pytest.mark.parametrize(
    ("upper", "lower", "label"),
    [
        ("L4", "L5", "L4–5"),
        ("L3", "S1", "L3–S1"),
        ("T10", "T12", "T10–12"),
        ("L5", "ilium", "L5–ilium"),
        ("S1", "S2", "S1–2"),
        ("L3", "L3", "L3"),
    ],
)
def test_levels_are_written_as_surgeons_do(upper: str, lower: str, label: str) -> None:
    assert Operation(level_upper=upper, level_lower=lower).levels_label == label
