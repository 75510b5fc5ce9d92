"""Protocol §9: which timelines are valid, and how they are told what is wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitoring.protocol import (
    Check,
    InvalidTimeline,
    Muscle,
    Operation,
    ReferenceAccepted,
    Settings,
    Timeline,
    Treatment,
    assess,
    parse_now,
    parse_timeline,
)

AT = "2026-03-01T08:00:00+00:00"
NOW: dict[str, Any] = {"now": AT}
CHECK: dict[str, Any] = {"type": "check", "at": AT}
OPERATION: dict[str, Any] = {"type": "operation", "kind": "index", "at": AT}
TREATMENT: dict[str, Any] = {"type": "treatment", "action": "started", "at": AT}
ACCEPTED: dict[str, Any] = {"type": "reference_accepted", "at": AT}
EVENTS = [CHECK, OPERATION, TREATMENT, ACCEPTED]


def parse(*events: Any, **keys: Any) -> Timeline:
    return parse_timeline({**NOW, "events": list(events), **keys})


def refusal(*events: Any, **keys: Any) -> str:
    with pytest.raises(InvalidTimeline) as refused:
        parse(*events, **keys)
    message = str(refused.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 250
    return message


def without(event: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != key}


def test_the_protocol_s_own_example() -> None:
    example = json.loads(
        """{"id": "t-001", "now": "2026-03-02T15:30:00+00:00", "symptomatic_side": "right",
         "events": [
          {"type": "check", "at": "2026-03-01T08:00:00+00:00",
           "grades": {"L2": {"left": 5, "right": 5}, "L4": {"left": 5, "right": "NT"}, "S1": {"right": "NA"}},
           "flags": {"saddle_anaesthesia": "absent", "bladder_bowel": "not_assessed"}},
          {"type": "operation", "kind": "index", "at": "2026-03-01T14:00:00+00:00"},
          {"type": "treatment", "action": "started", "at": "2026-03-02T15:00:00+00:00"},
          {"type": "reference_accepted", "at": "2026-03-02T15:10:00+00:00", "muscles": {"L4 left": 3}, "flags": []}]}"""
    )
    grades = {
        Muscle.L2_LEFT: 5,
        Muscle.L2_RIGHT: 5,
        Muscle.L4_LEFT: 5,
        Muscle.L4_RIGHT: "NT",
        Muscle.S1_RIGHT: "NA",
    }
    flags = {"saddle_anaesthesia": "absent", "bladder_bowel": "not_assessed"}
    assert parse_timeline(example) == Timeline(
        (
            Check(datetime(2026, 3, 1, 8, tzinfo=UTC), grades, flags),  # type: ignore[arg-type]
            Operation(datetime(2026, 3, 1, 14, tzinfo=UTC), "index"),
            Treatment(datetime(2026, 3, 2, 15, tzinfo=UTC), "started"),
            ReferenceAccepted(datetime(2026, 3, 2, 15, 10, tzinfo=UTC), {Muscle.L4_LEFT: 3}, ()),
        ),
        "right",
        "t-001",
    )
    assert parse_now(example) == datetime(2026, 3, 2, 15, 30, tzinfo=UTC)


def test_every_vocabulary_of_the_format_is_understood() -> None:
    for side in ("left", "right", "both", "none"):
        assert parse(symptomatic_side=side).symptomatic_side == side
    for kind in ("index", "secondary"):
        assert parse({**OPERATION, "kind": kind}).events == (Operation(parse_now(NOW), kind),)
    for action in ("started", "stopped"):
        assert parse({**TREATMENT, "action": action}).events == (Treatment(parse_now(NOW), action),)
    for status in ("present", "absent", "not_assessed"):
        [check] = parse({**CHECK, "flags": {"bladder_bowel": status}}).events
        assert isinstance(check, Check)
        assert check.flags == {"bladder_bowel": status}
    for grade in (0, 1, 2, 3, 4, 5, "NT", "NA"):
        [check] = parse({**CHECK, "grades": {"S1": {"right": grade}}}).events
        assert isinstance(check, Check)
        assert check.grades == {Muscle.S1_RIGHT: grade}
    [accepted] = parse({**ACCEPTED, "muscles": {"L2 right": 0}, "flags": ["bladder_bowel"]}).events
    assert accepted == ReferenceAccepted(parse_now(NOW), {Muscle.L2_RIGHT: 0}, ("bladder_bowel",))


def test_what_may_be_missing_is_nothing() -> None:
    assert parse(CHECK).events == (Check(parse_now(NOW)),)
    assert parse(ACCEPTED).events == (ReferenceAccepted(parse_now(NOW)),)
    assert parse() == parse(symptomatic_side=None, id=None) == Timeline()
    assert parse({**CHECK, "grades": {}, "flags": {}}) == parse({**CHECK, "grades": {"L2": {}}}) == parse(CHECK)


def test_unknown_extra_keys_are_ignored() -> None:
    extra: dict[str, Any] = {"note": None, "AT": 3}
    assert parse(*({**event, **extra} for event in EVENTS), **extra) == parse(*EVENTS)


@pytest.mark.parametrize("timeline_id", ["t-1", 0, 7, 1.5, False, [1, {"a": None}], {"b": []}, None, ""])
def test_an_id_of_any_kind_comes_back_as_it_was(timeline_id: Any) -> None:
    timeline = parse(id=timeline_id)
    answer = assess(timeline, Settings(), parse_now(NOW)).to_json(timeline.id)["id"]
    assert answer == timeline_id
    assert type(answer) is type(timeline_id)


@pytest.mark.parametrize("value", [6, -1, 5.0, "5", True, False, None, [], {}, "nt", "NA ", 10**30])
def test_a_grade_that_is_none_is_refused(value: Any) -> None:
    message = refusal({**CHECK, "grades": {"L4": {"left": value}}})
    assert message.startswith(
        'The grade of L4 left in event 1 must be a whole number from 0 to 5 or "NT" or "NA", not '
    )


@pytest.mark.parametrize("value", [6, -1, 5.0, "5", True, False, None, "NT", "NA", [], {}])
def test_an_accepted_grade_that_is_none_is_refused(value: Any) -> None:
    message = refusal(CHECK, {**ACCEPTED, "muscles": {"L4 left": value}})
    assert message.startswith("The grade of L4 left in event 2 must be a whole number from 0 to 5, not ")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({**CHECK, "grades": {"L1": {"left": 5}}}, 'A myotome of event 1 must be one of L2, L3, L4, L5, S1, not "L1".'),
        ({**CHECK, "grades": {"L4 left": 5}}, "A myotome of event 1 must be one of"),
        ({**CHECK, "grades": {"L4": {"Left": 5}}}, 'A side of L4 of event 1 must be one of left, right, not "Left".'),
        ({**CHECK, "grades": {"L4": 5}}, "L4 of event 1 must be a JSON object, not 5."),
        ({**CHECK, "grades": {"L4": None}}, "L4 of event 1 must be a JSON object, not null."),
        ({**CHECK, "grades": None}, "The grades of event 1 must be a JSON object, not null."),
        ({**CHECK, "grades": []}, "The grades of event 1 must be a JSON object, not a list."),
        ({**CHECK, "flags": None}, "The flags of event 1 must be a JSON object, not null."),
        ({**CHECK, "flags": ["bladder_bowel"]}, "The flags of event 1 must be a JSON object, not a list."),
        ({**CHECK, "flags": {"fever": "absent"}}, 'A flag of event 1 must be one of saddle_anaesthesia, '),
        ({**CHECK, "flags": {"bladder_bowel": True}}, "bladder_bowel of event 1 must be one of present, absent, "),
        ({**CHECK, "flags": {"bladder_bowel": None}}, "bladder_bowel of event 1 must be one of"),
        (without(OPERATION, "kind"), 'Event 1 has no "kind".'),
        ({**OPERATION, "kind": "third"}, 'The kind of event 1 must be one of index, secondary, not "third".'),
        ({**OPERATION, "kind": None}, "The kind of event 1 must be one of"),
        (without(TREATMENT, "action"), 'Event 1 has no "action".'),
        ({**TREATMENT, "action": "paused"}, 'The action of event 1 must be one of started, stopped, not "paused".'),
        ({**ACCEPTED, "muscles": None}, "The muscles of event 1 must be a JSON object, not null."),
        ({**ACCEPTED, "muscles": ["L4 left"]}, "The muscles of event 1 must be a JSON object, not a list."),
        ({**ACCEPTED, "muscles": {"L4": 3}}, "A muscle of event 1 must be one of L2 left, L2 right"),
        ({**ACCEPTED, "flags": None}, "The flags of event 1 must be a list, not null."),
        ({**ACCEPTED, "flags": {}}, "The flags of event 1 must be a list, not an object."),
        ({**ACCEPTED, "flags": ["fever"]}, "A flag of event 1 must be one of"),
        ({**ACCEPTED, "flags": [["bladder_bowel"]]}, "A flag of event 1 must be one of"),
        (without(CHECK, "type"), 'Event 1 has no "type".'),
        ({**CHECK, "type": "visit"}, "The type of event 1 must be one of check, operation, "),
        ({**CHECK, "type": ["check"]}, "The type of event 1 must be one of"),
        ({**CHECK, "retracted": "yes"}, 'Event 1 must be retracted true or false, not "yes".'),
        ({**CHECK, "retracted": 1}, "Event 1 must be retracted true or false, not 1."),
        ({**CHECK, "retracted": None}, "Event 1 must be retracted true or false, not null."),
        ("check", 'Event 1 must be a JSON object, not "check".'),
        (None, "Event 1 must be a JSON object, not null."),
        ([], "Event 1 must be a JSON object, not a list."),
    ],
)  # fmt: skip
def test_an_event_that_is_not_valid_is_refused(event: Any, message: str) -> None:
    assert refusal(event).startswith(message)


BAD_TIMES = [
    "2026-03-01T08:00:00",
    "2026-03-01",
    "08:00:00+00:00",
    "yesterday",
    "",
    "2026-02-30T08:00:00+00:00",
    "2026-03-01T25:00:00+00:00",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "2026-03-01\ud80008:00:00+00:00\ud800",
    1772352000,
    1.5,
    True,
    None,
    [],
    {},
]


@pytest.mark.parametrize("value", BAD_TIMES)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["type"])
def test_a_time_with_no_offset_or_none_at_all_is_refused(event: dict[str, Any], value: Any) -> None:
    assert refusal({**event, "at": value}).startswith(
        '"at" of event 1 must be an ISO 8601 time with an offset from UTC'
    )
    assert refusal(without(event, "at")) == 'Event 1 has no "at".'


@pytest.mark.parametrize("value", BAD_TIMES)
def test_a_now_with_no_offset_or_none_at_all_is_refused(value: Any) -> None:
    with pytest.raises(
        InvalidTimeline, match=r'^"now" of the timeline must be an ISO 8601 time with an offset from UTC'
    ):
        parse_now({"now": value})
    with pytest.raises(InvalidTimeline, match=r'^The timeline has no "now"\.$'):
        parse_now({})
    with pytest.raises(InvalidTimeline, match=r"^The timeline must be a JSON object, not null\.$"):
        parse_now(None)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T08:00:00Z", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01T09:30:00+01:30", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01T03:00:00.25-05:00", datetime(2026, 3, 1, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("0001-01-01T00:00:00+00:00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59+00:00", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_of_any_offset_is_kept_in_utc(text: str, instant: datetime) -> None:
    now = parse_now({"now": text})
    assert now == instant
    assert now.tzinfo is UTC


@pytest.mark.parametrize("broken", [{"retracted": True}, {"at": "2999-01-01T00:00:00+00:00"}])
def test_retracted_and_future_events_are_validated_too(broken: dict[str, Any]) -> None:
    assert refusal(CHECK, {**CHECK, **broken, "grades": {"L4": {"left": 6}}}).startswith(
        "The grade of L4 left in event 2"
    )


@pytest.mark.parametrize("value", ["Left", "", 1, True, [], {}])
def test_an_unknown_symptomatic_side_is_refused(value: Any) -> None:
    message = refusal(symptomatic_side=value)
    assert message.startswith("The symptomatic side must be one of left, right, both, none, not ")


@pytest.mark.parametrize("value", [None, {}, "", 0, True])
def test_events_must_be_there_as_a_list(value: Any) -> None:
    assert refusal(events=value).startswith("The events must be a list, not ")
    with pytest.raises(InvalidTimeline, match=r'^The timeline has no "events"\.$'):
        parse_timeline(NOW)


@pytest.mark.parametrize("value", [None, [], "timeline", 3, True])
def test_a_timeline_that_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(InvalidTimeline, match=r"^The timeline must be a JSON object, not "):
        parse_timeline(value)


def test_a_long_value_is_cut_short_in_the_message() -> None:
    assert "…" in refusal({**CHECK, "type": "x" * 5000})
    assert "…" not in refusal({**CHECK, "type": "x" * 38})
    assert refusal({**CHECK, "type": "x" * 39}).endswith("xxx….")


def test_times_go_out_in_utc_without_fractions() -> None:
    timeline = parse({**OPERATION, "at": "2026-03-01T14:00:00.999999+02:00"})
    answer = assess(timeline, Settings(), datetime(2026, 3, 1, 13, tzinfo=UTC)).to_json()
    assert answer["next_check_due"] == "2026-03-01T12:15:00+00:00"
