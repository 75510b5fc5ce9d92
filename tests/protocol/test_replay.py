"""Protocol §9: from lines of JSON to lines of JSON, whatever the bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitoring.protocol import InvalidSettings, Settings
from monitoring.protocol.replay import read_settings, replay

AT = "2026-03-01T08:00:00+00:00"
EMPTY = f'{{"id": 7, "now": "{AT}", "events": []}}'
STABLE = {"id": 7, "level": "stable"}


def answers(data: str | bytes) -> list[dict[str, Any]]:
    lines = list(replay(data.encode() if isinstance(data, str) else data, Settings()))
    for line, valid in lines:
        assert line.isascii()
        assert "\n" not in line
        assert valid == ("error" not in json.loads(line))
    return [json.loads(line) for line, _ in lines]


def error(data: str | bytes) -> str:
    """The sentence that the first of two lines is refused with; the second still runs."""
    body = data.encode() if isinstance(data, str) else data
    first, second = answers(body + b"\n" + EMPTY.encode())
    assert second | STABLE == second
    assert set(first) == {"id", "error"}
    assert first["error"].endswith(".")
    return f"{json.dumps(first['id'])}: {first['error']}"


def test_one_line_out_for_each_in_order() -> None:
    lines = [json.dumps({"id": number, "now": AT, "events": []}) for number in range(5)]
    assert [answer["id"] for answer in answers("\n".join(lines))] == [0, 1, 2, 3, 4]
    assert [answer["id"] for answer in answers("\r\n".join(lines) + "\r\n")] == [0, 1, 2, 3, 4]


def test_blank_lines_are_skipped() -> None:
    assert answers(f"\n \n{EMPTY}\n\t\r\n\n{EMPTY}\n\n") == answers(f"{EMPTY}\n{EMPTY}")
    assert answers("") == answers("\n \n") == []


def test_one_object_may_be_spread_over_lines() -> None:
    assert answers(json.dumps(json.loads(EMPTY), indent=2)) == answers(EMPTY)
    assert answers("\n\n" + json.dumps(json.loads(EMPTY), indent=2).replace("\n", "\r\n\r\n")) == answers(EMPTY)


def test_one_object_that_is_not_valid_is_one_error_though_it_is_spread_over_lines() -> None:
    [answer] = answers('{\n"id": 3,\n"now": NaN\n}')
    assert answer == {"id": None, "error": "The timeline is not JSON: NaN is no JSON number."}
    [answer] = answers('{\n"id": 3,\n"events": []\n}')
    assert answer == {"id": 3, "error": 'The timeline has no "now".'}


def test_an_error_carries_the_id_where_there_is_one() -> None:
    assert error('{"id": "a", "events": []}') == '"a": The timeline has no "now".'
    assert error(f'{{"now": "{AT}"}}') == 'null: The timeline has no "events".'
    assert error('{"id": [1, {"x": null}]}').startswith('[1, {"x": null}]: ')
    assert error('{"id": 0}').startswith("0: ")
    assert error('{"id": 1.5}').startswith("1.5: ")
    assert error('{"id": "\\ud800"}').startswith('"\\ud800": ')


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("{", "null: The timeline is not JSON: "),
        (EMPTY + EMPTY, "null: The timeline is not JSON: extra data at line 1, column 60."),
        ("nonsense", "null: The timeline is not JSON: expecting value at line 1, column 1."),
        ("[]", "null: The timeline must be a JSON object, not a list."),
        ("null", "null: The timeline must be a JSON object, not null."),
        ('"text"', 'null: The timeline must be a JSON object, not "text".'),
        ('{"id": 1, "x": NaN}', "null: The timeline is not JSON: NaN is no JSON number."),
        ('{"id": -Infinity}', "null: The timeline is not JSON: -Infinity is no JSON number."),
        ('{"id": 1e999}', "null: The timeline has a number that is too large."),
        ('{"id": ' + "9" * 5000 + "}", "null: The timeline has a number that is too large."),
        ("[" * 100_000, "null: The timeline is nested too deeply."),
        ('{"id": 2, "x": {"L2": 5, "L4": 5, "L4": 1}}', '2: The timeline gives the key "L4" twice in one object.'),
        (b'{"id": "\xff\xfe"}', "null: The timeline is not UTF-8 text."),
        (b"\x00", "null: The timeline is not JSON: expecting value at line 1, column 1."),
        (EMPTY.replace(" ", "\xa0"), "null: The timeline is not JSON: expecting value at line 1, column 7."),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_not_plain_json_is_refused_in_one_sentence(data: str | bytes, sentence: str) -> None:
    assert error(data).startswith(sentence)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert answers(b"\xef\xbb\xbf" + EMPTY.encode()) == answers(EMPTY)
    assert answers(b"\xef\xbb\xbf\n" + EMPTY.encode() + b"\n" + EMPTY.encode()) == answers(f"{EMPTY}\n{EMPTY}")
    assert read_settings(b'\xef\xbb\xbf{"major_drop_grades": 2}').major_drop_grades == 2


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_an_id_near_the_deepest_that_can_be_read_is_given_back_or_refused(brackets: str) -> None:
    opening = '{"a":' if brackets == "{}" else "["
    for depth in range(850, 1010):
        deep = opening * depth + "1" + brackets[1] * depth
        for rest in (f'"now": "{AT}", "events": []', '"events": 1'):
            first, second = answers(f'{{"id": {deep}, {rest}}}\n{EMPTY}')
            assert second | STABLE == second
            assert first["id"] is None or "1" in json.dumps(first["id"])


def test_the_ends_of_the_calendar_are_times_like_any_other() -> None:
    for first, last in (("0001-01-01T00:00:00+00:00", "0001-01-01T01:00:00Z"), ("9999-12-31T23:00:00Z",) * 2):
        events = [
            {"type": "operation", "kind": "index", "at": first},
            {"type": "check", "at": first, "grades": {"L4": {"left": 2}}},
        ]
        [answer] = answers(json.dumps({"now": last, "events": events}))
        assert answer["level"] == "critical"
        assert answer["seen_at"].startswith(first[:16])


def test_settings_are_the_defaults_with_changes() -> None:
    assert read_settings(b"{}") == Settings()
    assert read_settings(b'{\n"raised_interval_minutes": 5\n}').raised_interval_minutes == 5


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The settings file is not JSON: expecting value at line 1, column 1."),
        (b"\xff", "The settings file is not UTF-8 text."),
        (b"[]", "The settings must be a JSON object."),
        (b'{"untested_after_minutes": NaN}', "The settings file is not JSON: NaN is no JSON number."),
        (b'{"a": 1, "a": 1}', 'The settings file gives the key "a" twice in one object.'),
        (b"[" * 100_000, "The settings file is nested too deeply."),
        (b'{"major_drop_grades": 1' + b"0" * 5000 + b"}", "The settings file has a number that is too large."),
        (b'{"major_drop_grades": 6}', "The setting major_drop_grades must be a whole number from 1 to 5."),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_settings_that_are_not_valid_are_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        read_settings(data)
    assert str(refused.value) == sentence
