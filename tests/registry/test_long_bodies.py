"""The address of imports takes long requests: a few at a time, in time, and no longer than its file may be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import pytest

from monitoring import asgi, bodies
from monitoring.asgi import Reading
from monitoring.bodies import LONGEST_FILE, MOST_AT_ONCE
from tests.playing import play

Message = MutableMapping[str, Any]
PATH = "/registry/import/"
LONG = LONGEST_FILE // 4


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Whatever happened, every place was given up."""
    yield
    assert Reading.long_ones == 0


def part(length: int, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": b"x" * length, "more_body": more}


Pages = Callable[..., Awaitable[None]]


async def ask(path: str, *messages: Message, waits: float = 0) -> tuple[int, str]:
    """The status and the words; 0 where pages were asked, with how much they were given, or nobody was."""
    arriving, answered = list(messages), []

    async def receive() -> Message:
        if not arriving:
            await asyncio.sleep(waits)
        return arriving.pop(0) if arriving else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answered.append(message)

    await asgi.application({"type": "http", "path": path}, receive, send)
    return (answered[0]["status"], answered[1]["body"].decode()) if answered else (0, "")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long the bodies were that the pages were given."""
    lengths: list[int] = []

    async def pages(_scope: Message, receive: Callable[[], Awaitable[Message]], _send: object) -> None:
        lengths.append(len((await receive())["body"]))
        await asyncio.sleep(0)

    monkeypatch.setattr(asgi, "pages", pages)
    return lengths


def test_a_file_of_2_mb_is_read_where_imports_go_and_nowhere_else(given: list[int]) -> None:
    assert play(ask(PATH, *[part(LONG, more=True)] * 3, part(LONG))) == (0, "")
    assert given == [LONGEST_FILE]
    for path in ("/", "/sign-in/", "/registry/", "/registry/import", "/registry/import/template/"):
        assert play(ask(path, part(LONG)))[0] == 413, path
    assert given == [LONGEST_FILE]


def test_one_byte_more_than_it_may_have_is_refused_with_what_else_can_be_done(given: list[int]) -> None:
    most = bodies.limit_of(PATH).longest
    assert play(ask(PATH, part(most))) == (0, "")
    status, words = play(ask(PATH, part(most, more=True), part(1)))
    assert (status, "larger than 2 MB" in words, "import_registry" in words) == (413, True, True)
    assert given == [most]


def test_a_few_are_read_at_a_time_and_the_next_one_is_asked_to_wait(
    given: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def all_at_once() -> list[tuple[int, str]]:
        slow = [ask(PATH, part(LONG, more=True), waits=0.05) for _ in range(MOST_AT_ONCE)]
        late = [ask(PATH, part(LONG)), ask(PATH, part(1000)), ask("/", part(1000))]
        return await asyncio.gather(*slow, *late)

    *slow, refused, short, elsewhere = play(all_at_once())
    assert slow == [(0, "")] * MOST_AT_ONCE
    assert refused == (503, "Other large files are being read. Try again in a minute.")
    assert [short, elsewhere] == [(0, "")] * 2
    assert given == [1000, 1000]
    assert play(ask(PATH, part(LONG))) == (0, "")


def test_one_that_never_arrives_is_not_waited_for(given: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "ARRIVES_WITHIN", 0.02)
    status, words = play(ask(PATH, part(LONG, more=True), waits=5))
    assert (status, words) == (408, "This took too long to arrive. Nothing of it was kept.")
    assert given == []


def test_a_page_that_fails_gives_its_place_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def pages(*_request: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(asgi, "pages", pages)
    for _ in range(MOST_AT_ONCE + 1):
        with pytest.raises(RuntimeError):
            play(ask(PATH, part(LONG)))
