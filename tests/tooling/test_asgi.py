"""What the server hands on, and what it does not."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest
from django.conf import settings

from monitoring import asgi
from tests.playing import play

Message = MutableMapping[str, Any]


class Recorder:
    """Stands for one side of the application: reads the request and keeps what it read."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: object) -> None:
        self.bodies.append((await receive()).get("body", b""))


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> tuple[Recorder, Recorder]:
    """Pages and streams, replaced by recorders."""
    pages, streams = Recorder(), Recorder()
    monkeypatch.setattr(asgi, "pages", pages)
    monkeypatch.setattr(asgi, "streams", streams)
    return pages, streams


def ask(path: str, *messages: Message) -> list[Message]:
    """Send a request that arrives in these messages; returns what was answered."""
    arriving, answered = list(messages), []

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    play(asgi.application({"type": "http", "path": path}, receive, send))
    return answered


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_form_that_arrives_in_pieces_is_handed_on_whole(sides: tuple[Recorder, Recorder]) -> None:
    ask("/stays/x/checks/new/", part(b"pain=1", more=True), part(b"0"))
    assert sides[0].bodies == [b"pain=10"]


def test_a_form_that_broke_off_half_way_is_not_handed_on_as_a_shorter_one(sides: tuple[Recorder, Recorder]) -> None:
    answered = ask("/stays/x/checks/new/", part(b"pain=1", more=True), {"type": "http.disconnect"})
    assert sides[0].bodies == []
    assert answered == []


def test_a_request_longer_than_any_form_is_refused_before_it_is_all_read(sides: tuple[Recorder, Recorder]) -> None:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert limit is not None
    answered = ask("/", part(b"x" * (limit + 1), more=True))
    assert sides[0].bodies == []
    assert answered[0]["status"] == 413


def test_streams_go_to_the_asynchronous_side_and_everything_else_to_the_threads(
    sides: tuple[Recorder, Recorder],
) -> None:
    ask("/live/wards/7B/", part(b"stream"))
    ask("/lively/", part(b"page"))
    assert sides[1].bodies == [b"stream"]
    assert sides[0].bodies == [b"page"]
