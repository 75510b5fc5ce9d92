"""Replaying recorded timelines: from lines of JSON to lines of JSON (protocol §9)."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from monitoring.protocol.assess import assess
from monitoring.protocol.jsontext import InvalidJson, read_json
from monitoring.protocol.settings import InvalidSettings, Settings
from monitoring.protocol.wire import InvalidTimeline, parse_now, parse_timeline

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Answer(NamedTuple):
    """One line of output, and whether its timeline was valid."""

    line: str
    valid: bool


def replay(data: bytes, settings: Settings) -> Iterator[Answer]:
    """An answer for each timeline in `data`, in order: "one JSON object, or JSON Lines … blank lines skipped"."""
    return (_answer(document, settings) for document in _documents(data))


def read_settings(data: bytes) -> Settings:
    """The settings of "a JSON object of settings to change". Raises InvalidSettings with one sentence."""
    try:
        return Settings.from_json(read_json(data))
    except InvalidJson as error:
        raise InvalidSettings(f"The settings file {error}.") from None


def _documents(data: bytes) -> list[bytes]:
    """The JSON texts in `data`: one that may be spread over several lines, or else one a line."""
    lines = [line for line in data.removeprefix(BYTE_ORDER_MARK).split(b"\n") if line.strip()]
    whole = b"\n".join(lines)
    return [whole] if _is_one_document(whole) else lines


def _is_one_document(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _answer(document: bytes, settings: Settings) -> Answer:
    """Protocol §9: a timeline that is not valid gives its id and "one clear sentence"; "the others still run"."""
    try:
        value = read_json(document)
    except InvalidJson as error:
        return _error(error.value, f"The timeline {error}.")
    try:
        assessment = assess(parse_timeline(value), settings, parse_now(value))
    except InvalidTimeline as error:
        return _error(value, str(error))
    return Answer(json.dumps(assessment.to_json(_id_of(value))), valid=True)


def _error(value: object, sentence: str) -> Answer:
    """The error line of what was read, with its id where there is one."""
    return Answer(json.dumps({"id": _id_of(value), "error": sentence}), valid=False)


def _id_of(value: object) -> object:
    """The id of a timeline's JSON value; None where there is none, or one nested too deeply to be written again."""
    timeline_id = value.get("id") if isinstance(value, dict) else None
    try:
        json.dumps({"id": timeline_id})
    except RecursionError:
        return None
    return timeline_id
