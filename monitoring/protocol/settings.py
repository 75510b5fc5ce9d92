"""The protocol's settings: a frozen value with a version (protocol §9)."""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeGuard

PATHWAYS = ("immediate", "after_failed_treatment")
Pathway = Literal["immediate", "after_failed_treatment"]


class InvalidSettings(ValueError):
    """Settings that the protocol does not allow; the message is one sentence for people."""


class ScheduleRow(NamedTuple):
    """Until so many hours after the operation's end (None: until discharge), a check every so many minutes."""

    until_hours: float | None
    every_minutes: int


DEFAULT_SCHEDULE = (
    ScheduleRow(1, 15),
    ScheduleRow(12, 60),
    ScheduleRow(24, 120),
    ScheduleRow(72, 240),
    ScheduleRow(336, 480),
    ScheduleRow(None, 720),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a ward's clinical lead may change, with the protocol's defaults. Raises InvalidSettings."""

    major_drop_grades: int = 3
    fall_pathway: Pathway = "immediate"
    drop_pathway: Pathway = "after_failed_treatment"
    reassess_after_minutes: int = 60
    trial_limit_minutes: int = 120
    start_limit_minutes: int = 30
    untested_after_minutes: int = 720
    watch_for_minutes: int = 120
    raised_interval_minutes: int = 30
    schedule: tuple[ScheduleRow, ...] = DEFAULT_SCHEDULE

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_minutes"):
                _require_minutes(field.name, value)
            elif field.name.endswith("_pathway"):
                _require_pathway(field.name, value)
        _require_major_drop(self.major_drop_grades)
        _require_schedule(self.schedule)

    @classmethod
    def from_json(cls, changes: object) -> "Settings":
        """The default settings with the changes of a JSON object. Raises InvalidSettings with one sentence."""
        if not isinstance(changes, Mapping):
            raise InvalidSettings("The settings must be a JSON object.")
        known = [field.name for field in fields(cls)]
        for key in changes:
            if key not in known:
                raise InvalidSettings(f"There is no setting {str(key)[:40]!r}; the settings are {', '.join(known)}.")
        values = dict(changes)
        if "schedule" in values:
            values["schedule"] = _schedule_from_json(values["schedule"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """All the settings as a JSON object; `from_json` gives them back."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"schedule": [list(row) for row in self.schedule]}

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that name these values: equal settings have equal versions."""
        schedule = [[None if hours is None else float(hours), minutes] for hours, minutes in self.schedule]
        text = json.dumps(self.to_json() | {"schedule": schedule}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _is_whole(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; JSON's true is none, though Python's True is an int."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number that a float can hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _require_minutes(name: str, value: object) -> None:
    """Protocol §9: not valid are "minutes not whole or negative"."""
    if not _is_whole(value) or value < 0:
        raise InvalidSettings(f"The setting {name} must be a whole number of minutes, 0 or more.")


def _require_pathway(name: str, value: object) -> None:
    if value not in PATHWAYS:
        raise InvalidSettings(f"The setting {name} must be {' or '.join(PATHWAYS)}.")


def _require_major_drop(value: object) -> None:
    """Protocol §9: not valid is "`major_drop_grades` outside 1–5"."""
    if not _is_whole(value) or not 1 <= value <= 5:
        raise InvalidSettings("The setting major_drop_grades must be a whole number from 1 to 5.")


def _schedule_from_json(rows: object) -> tuple[ScheduleRow, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
        raise InvalidSettings("The setting schedule must be a list of rows [until hour, every so many minutes].")
    return tuple(ScheduleRow(*row) for row in rows)


def _require_schedule(rows: tuple[tuple[object, object], ...]) -> None:
    """Protocol §9: "until hour, which may be fractional, and every so many minutes; hours rising, the last null"."""
    hours = [until for until, _ in rows]
    if not hours or hours.pop() is not None:
        raise InvalidSettings("The last row of the setting schedule must have null for its hour.")
    numbers = [until for until in hours if _is_number(until) and until > 0]
    if len(numbers) < len(hours) or any(later <= earlier for earlier, later in pairwise(numbers)):
        raise InvalidSettings("The hours of the setting schedule must be numbers above 0 that rise from row to row.")
    if not all(_is_whole(minutes) and minutes >= 1 for _, minutes in rows):
        raise InvalidSettings("The minutes of the setting schedule must be whole numbers, 1 or more.")
