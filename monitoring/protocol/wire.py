"""Timelines as JSON: reading them with every clause of protocol §9's validation."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from monitoring.protocol.events import Check, Event, Operation, ReferenceAccepted, Timeline, Treatment
from monitoring.protocol.instants import in_utc
from monitoring.protocol.vocabulary import (
    FLAGS,
    MYOTOMES,
    NORMAL_GRADE,
    SIDES,
    FlagStatus,
    Grade,
    GradeEntry,
    Muscle,
)

SYMPTOMATIC_SIDES = (*SIDES, "both", "none")
OPERATION_KINDS = ("index", "secondary")
TREATMENT_ACTIONS = ("started", "stopped")
FLAG_STATUSES = ("present", "absent", "not_assessed")
NO_GRADES = ("NT", "NA")
LONGEST_SHOWN = 40


class InvalidTimeline(ValueError):
    """A timeline that is not valid; the message is one sentence for people."""


def parse_timeline(value: object) -> Timeline:
    """The timeline of a JSON value, as `json.loads` gives it. Raises InvalidTimeline with one sentence.

    "Every event is validated, retracted and future ones too"; "null stands for missing only in `symptomatic_side` and
    `id`"; "unknown extra keys are ignored" (protocol §9).
    """
    timeline = _object(value, "The timeline")
    side = timeline.get("symptomatic_side")
    if side is not None:
        side = _one_of(side, SYMPTOMATIC_SIDES, "The symptomatic side")
    events = _required(timeline, "events", "The timeline")
    if not isinstance(events, list):
        raise InvalidTimeline(f"The events must be a list, not {shown(events)}.")
    return Timeline(
        tuple(_event(event, f"Event {number}") for number, event in enumerate(events, start=1)),
        side,
        timeline.get("id"),
    )


def parse_now(value: object) -> datetime:
    """The instant that a timeline's JSON value asks about. Raises InvalidTimeline with one sentence."""
    return _time(_object(value, "The timeline"), "now", "The timeline")


def _event(value: object, where: str) -> Event:
    event = _object(value, where)
    kind = _one_of(_required(event, "type", where), EVENT_PARSERS, f"The type of {where.lower()}")
    at = _time(event, "at", where)
    retracted = event.get("retracted", False)
    if not isinstance(retracted, bool):
        raise InvalidTimeline(f"{where} must be retracted true or false, not {shown(retracted)}.")
    return EVENT_PARSERS[kind](event, where, at, retracted)


def _check(event: Mapping[str, Any], where: str, at: datetime, retracted: bool) -> Check:
    return Check(at, _grades(event, where), _flags(event, where), retracted=retracted)


def _operation(event: Mapping[str, Any], where: str, at: datetime, retracted: bool) -> Operation:
    kind = _one_of(_required(event, "kind", where), OPERATION_KINDS, f"The kind of {where.lower()}")
    return Operation(at, kind, retracted=retracted)


def _treatment(event: Mapping[str, Any], where: str, at: datetime, retracted: bool) -> Treatment:
    action = _one_of(_required(event, "action", where), TREATMENT_ACTIONS, f"The action of {where.lower()}")
    return Treatment(at, action, retracted=retracted)


def _reference_accepted(event: Mapping[str, Any], where: str, at: datetime, retracted: bool) -> ReferenceAccepted:
    return ReferenceAccepted(at, _accepted_muscles(event, where), _accepted_flags(event, where), retracted=retracted)


EVENT_PARSERS: dict[str, Callable[[Mapping[str, Any], str, datetime, bool], Event]] = {
    "check": _check,
    "operation": _operation,
    "treatment": _treatment,
    "reference_accepted": _reference_accepted,
}


def _grades(event: Mapping[str, Any], where: str) -> dict[Muscle, GradeEntry]:
    """Grades as `{"L4": {"left": 5, "right": "NT"}}`: "grades are `0`…`5`, `"NT"`, `"NA"`" (protocol §2)."""
    grades: dict[Muscle, GradeEntry] = {}
    for myotome, sides in _object(event.get("grades", {}), f"The grades of {where.lower()}").items():
        _one_of(myotome, MYOTOMES, f"A myotome of {where.lower()}")
        for side, entry in _object(sides, f"{myotome} of {where.lower()}").items():
            _one_of(side, SIDES, f"A side of {myotome} of {where.lower()}")
            muscle = Muscle.parse(f"{myotome} {side}")
            grades[muscle] = entry if entry in NO_GRADES else _grade(entry, muscle, where, ' or "NT" or "NA"')
    return grades


def _flags(event: Mapping[str, Any], where: str) -> dict[str, FlagStatus]:
    flags = _object(event.get("flags", {}), f"The flags of {where.lower()}")
    for flag, status in flags.items():
        _one_of(flag, FLAGS, f"A flag of {where.lower()}")
        _one_of(status, FLAG_STATUSES, f"{flag} of {where.lower()}")
    return dict(flags)


def _accepted_muscles(event: Mapping[str, Any], where: str) -> dict[Muscle, Grade]:
    """Accepted grades as `{"L4 left": 3}`."""
    muscles: dict[Muscle, Grade] = {}
    for name, grade in _object(event.get("muscles", {}), f"The muscles of {where.lower()}").items():
        _one_of(name, tuple(Muscle), f"A muscle of {where.lower()}")
        muscles[Muscle.parse(name)] = _grade(grade, name, where)
    return muscles


def _accepted_flags(event: Mapping[str, Any], where: str) -> tuple[str, ...]:
    flags = event.get("flags", [])
    if not isinstance(flags, list):
        raise InvalidTimeline(f"The flags of {where.lower()} must be a list, not {shown(flags)}.")
    return tuple(_one_of(flag, FLAGS, f"A flag of {where.lower()}") for flag in flags)


def _grade(value: object, muscle: str, where: str, or_else: str = "") -> Grade:
    """Not valid is "a grade of 6, 5.0, "5" or `true`" (protocol §9)."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= NORMAL_GRADE:
        raise InvalidTimeline(
            f"The grade of {muscle} in {where.lower()} must be a whole number from 0 to 5{or_else}, not {shown(value)}."
        )
    return value


def _time(container: Mapping[str, Any], key: str, where: str) -> datetime:
    """Not valid is "a time missing or with no offset" (protocol §9)."""
    value = _required(container, key, where)
    try:
        return in_utc(datetime.fromisoformat(value))
    except (TypeError, ValueError, OverflowError):
        raise InvalidTimeline(
            f'"{key}" of {where.lower()} must be an ISO 8601 time with an offset from UTC, not {shown(value)}.'
        ) from None


def _required(container: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in container:
        raise InvalidTimeline(f'{where} has no "{key}".')
    return container[key]


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidTimeline(f"{where} must be a JSON object, not {shown(value)}.")
    return value


def _one_of(value: object, allowed: Iterable[str], where: str) -> Any:
    if value not in tuple(allowed):
        raise InvalidTimeline(f"{where} must be one of {', '.join(allowed)}, not {shown(value)}.")
    return value


def shown(value: object) -> str:
    """A value as a sentence may show it: as JSON, cut short."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
