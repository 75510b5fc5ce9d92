"""Protocol §9: the settings, their defaults, and what is not valid."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from monitoring.protocol import InvalidSettings, ScheduleRow, Settings

MINUTES = [field.name for field in fields(Settings) if field.name.endswith("_minutes")]


def test_the_defaults_are_those_of_the_protocol() -> None:
    assert Settings().to_json() == {
        "major_drop_grades": 3,
        "fall_pathway": "immediate",
        "drop_pathway": "after_failed_treatment",
        "reassess_after_minutes": 60,
        "trial_limit_minutes": 120,
        "start_limit_minutes": 30,
        "untested_after_minutes": 720,
        "watch_for_minutes": 120,
        "raised_interval_minutes": 30,
        "schedule": [[1, 15], [12, 60], [24, 120], [72, 240], [336, 480], [None, 720]],
    }
    assert len(MINUTES) == 6


def test_settings_go_through_json_and_back() -> None:
    changed = Settings.from_json({"major_drop_grades": 4, "schedule": [[0.5, 5], [None, 60]]})
    assert changed.major_drop_grades == 4
    assert changed.schedule == (ScheduleRow(0.5, 5), ScheduleRow(None, 60))
    assert changed.raised_interval_minutes == 30
    assert Settings.from_json(changed.to_json()) == changed
    assert Settings.from_json({}) == Settings()


def test_equal_settings_have_equal_versions_and_others_have_others() -> None:
    assert Settings().version == Settings.from_json(Settings().to_json()).version
    assert Settings.from_json({"schedule": [[1.0, 60], [None, 60]]}) == Settings.from_json(
        {"schedule": [[1, 60], [None, 60]]}
    )
    assert (
        Settings.from_json({"schedule": [[1.0, 60], [None, 60]]}).version
        == Settings.from_json({"schedule": [[1, 60], [None, 60]]}).version
    )
    versions = {Settings().version}
    versions |= {Settings.from_json({name: 7}).version for name in MINUTES}
    versions |= {Settings.from_json({"major_drop_grades": 4}).version}
    versions |= {Settings.from_json({"fall_pathway": "after_failed_treatment"}).version}
    versions |= {Settings.from_json({"drop_pathway": "immediate"}).version}
    versions |= {Settings.from_json({"schedule": [[None, 60]]}).version}
    versions |= {Settings.from_json({"schedule": [[None, 61]]}).version}
    versions |= {Settings.from_json({"schedule": [[1.5, 61], [None, 61]]}).version}
    assert len(versions) == 13


def test_the_version_of_the_defaults_stays_what_it_is_from_release_to_release() -> None:
    assert Settings().version == "f002b0b63cab"


@pytest.mark.parametrize("value", [0, 1, 10_000_000])
@pytest.mark.parametrize("name", MINUTES)
def test_any_whole_number_of_minutes_is_allowed(name: str, value: int) -> None:
    assert getattr(Settings.from_json({name: value}), name) == value


@pytest.mark.parametrize("value", [-1, 1.5, 60.0, "60", True, None, [60]])
@pytest.mark.parametrize("name", MINUTES)
def test_minutes_not_whole_or_negative_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidSettings, match=rf"^The setting {name} must be a whole number of minutes, 0 or more\.$"):
        Settings.from_json({name: value})


@pytest.mark.parametrize("value", [1, 2, 3, 4, 5])
def test_a_major_drop_may_be_1_to_5_grades(value: int) -> None:
    assert Settings.from_json({"major_drop_grades": value}).major_drop_grades == value


@pytest.mark.parametrize("value", [0, 6, -1, 3.0, "3", True, None, []])
def test_any_other_major_drop_is_refused(value: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^The setting major_drop_grades must be a whole number from 1 to 5\.$"):
        Settings.from_json({"major_drop_grades": value})


@pytest.mark.parametrize("name", ["fall_pathway", "drop_pathway"])
@pytest.mark.parametrize("value", ["later", "", None, 1, True, [], {}])
def test_an_unknown_pathway_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidSettings, match=rf"^The setting {name} must be immediate or after_failed_treatment\.$"):
        Settings.from_json({name: value})


def test_an_unknown_setting_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(
        InvalidSettings, match=r"^There is no setting 'major_drop'; the settings are major_drop_grades, "
    ):
        Settings.from_json({"major_drop": 3})
    with pytest.raises(InvalidSettings) as refused:
        Settings.from_json({"x" * 1000: 3})
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("value", [None, [], "settings", 3])
def test_settings_that_are_no_object_are_refused(value: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^The settings must be a JSON object\.$"):
        Settings.from_json(value)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (None, "a list of rows"),
        ({}, "a list of rows"),
        ([15], "a list of rows"),
        ([[None, 15, 3]], "a list of rows"),
        ([[None]], "a list of rows"),
        ([{"1": 15}], "a list of rows"),
        ([], "null for its hour"),
        ([[1, 15]], "null for its hour"),
        ([[1, 15], [None, 30], [3, 60]], "null for its hour"),
        ([[None, 15], [None, 30]], "numbers above 0 that rise"),
        ([["1", 15], [None, 30]], "numbers above 0 that rise"),
        ([[True, 15], [None, 30]], "numbers above 0 that rise"),
        ([[0, 15], [None, 30]], "numbers above 0 that rise"),
        ([[-1, 15], [None, 30]], "numbers above 0 that rise"),
        ([[2, 15], [1, 15], [None, 30]], "numbers above 0 that rise"),
        ([[2, 15], [2, 15], [None, 30]], "numbers above 0 that rise"),
        ([[float("inf"), 15], [None, 30]], "numbers above 0 that rise"),
        ([[float("nan"), 15], [None, 30]], "numbers above 0 that rise"),
        ([[10**400, 15], [None, 30]], "numbers above 0 that rise"),
        ([[None, 0]], "whole numbers, 1 or more"),
        ([[None, -5]], "whole numbers, 1 or more"),
        ([[None, 1.5]], "whole numbers, 1 or more"),
        ([[None, True]], "whole numbers, 1 or more"),
        ([[None, None]], "whole numbers, 1 or more"),
        ([[1, "15"], [None, 30]], "whole numbers, 1 or more"),
    ],
)
def test_a_schedule_that_cannot_be_followed_is_refused(schedule: Any, message: str) -> None:
    with pytest.raises(InvalidSettings, match=message):
        Settings.from_json({"schedule": schedule})


def test_a_schedule_of_one_minute_is_allowed() -> None:
    assert Settings.from_json({"schedule": [[None, 1]]}).schedule == (ScheduleRow(None, 1),)


def test_settings_made_in_python_are_held_to_the_same_rules() -> None:
    with pytest.raises(InvalidSettings):
        Settings(major_drop_grades=0)
    with pytest.raises(InvalidSettings):
        Settings(schedule=())
