"""Bodies that no browser sends: too long, too many, cut off, of the wrong kind, or of no language at all. Each is
refused or read as nothing; none is a fault of the server, and none is stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from monitoring import asgi
from tests.security.answers import Ward, hushed, is_html, text_of
from tests.security.forms import forms_on
from tests.security.scene import Scene
from tests.security.test_crawl import written
from tests.security.visitors import Visitor

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
DEEP = b"[" * 20_000 + b"]" * 20_000
BODIES: dict[str, tuple[bytes, str]] = {
    "bytes that are no text": (b"a=\xff\xfe\x80&\xc3\x28=%ff%fe%80&reason=%c0%af", URLENCODED),
    "bytes that are no text, in a name": (b"%ff%00%fe=1&revision=%ff", URLENCODED),
    "half a character": (b"reason=%f0%9f&note=\xe2\x82", URLENCODED),
    "half an escape": (b"reason=%&note=%2&at=%zz&%=%", URLENCODED),
    "lone surrogates": (b"reason=%ed%a0%80&note=%ed%b0%80", URLENCODED),
    "multipart that is cut off": (PART % (b"reason", b"x"), MULTIPART),
    "multipart that begins nowhere": (b"no boundary at all", MULTIPART),
    "multipart without a boundary": (PART % (b"reason", b"x"), "multipart/form-data"),
    "multipart with a strange encoding": (
        b'--x\r\nContent-Disposition: form-data; name="reason"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--",
        MULTIPART,
    ),
    "multipart with text that is none": (PART % (b"reason", b"\xff\xfe\x00") + b"--x--", MULTIPART),
    "JSON": (b'{"reason": "x"}', "application/json"),
    "JSON that is none": (b'{"reason": ', "application/json"),
    "deep JSON": (DEEP, "application/json"),
    "JSON as a form": (DEEP, URLENCODED),
    "nothing, of a strange kind": (b"", "text/../../etc"),
    "too many fields": (b"&".join(b"a%d=1" % number for number in range(300)), URLENCODED),
    "one field too often": (b"&".join([b"reason=1"] * 199), URLENCODED),
    "too long": (b"reason=" + b"x" * (300 * 1024), URLENCODED),
}
WORTHLESS = {
    "NUL": "a\0b",
    "a number beyond all numbers": "9" * 400,
    "a negative one": "-1",
    "infinity": "1e999999",
    "not a number": "NaN",
    "digits of another script": "٣٣",
    "a date that is none": "9999-99-99T99:99",
    "the last of all dates": "9999-12-31T23:59",
    "the first of all dates": "0001-01-01T00:00",
    "a list": "[1, 2]",
    "right to left": "\u202e\u2066\ufeff",
    "a very long word": "x" * 20_000,
}


@pytest.fixture(autouse=True)
def _hush() -> Iterator[None]:
    with hushed():
        yield


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_cannot_be_read_is_no_fault_and_stores_nothing(scene: Scene, kind: str) -> None:
    """On some of the addresses, others for each kind of body."""
    assert bodies_tried(scene, kind, every=24) > 3


@pytest.mark.thorough
@pytest.mark.parametrize("kind", BODIES)
def test_nor_is_it_on_more_of_them(scene: Scene, kind: str) -> None:
    """Each address has three kinds of body, in turns."""
    assert bodies_tried(scene, kind, every=6) > 13


@pytest.mark.soak
@pytest.mark.parametrize("kind", BODIES)
def test_nor_is_it_on_any_address(scene: Scene, kind: str) -> None:
    assert bodies_tried(scene, kind, every=1) > 80


def bodies_tried(scene: Scene, kind: str, *, every: int) -> int:
    body, content_type = BODIES[kind]
    turn, tried = list(BODIES).index(kind), 0
    for number, (row, visitor, url) in enumerate(Ward(scene).may("post")):
        if number % every == turn % every:
            response = visitor.sends(url, body, content_type)
            assert response.status_code < 500, f"{row.route}: {response.status_code}"
            tried += 1
    return tried


@pytest.mark.thorough
def test_nothing_of_it_is_stored(scene: Scene) -> None:
    before, visitor = written(), Visitor(scene.own.people["N"])
    for route in ("away", "check-new", "attempt-new", "admit", "discharge", "move", "imaging-new"):
        for body, content_type in BODIES.values():
            assert visitor.sends(scene.own.url(route), body, content_type, undo=False).status_code < 500
    assert written() == before


@pytest.mark.thorough
def test_a_value_that_makes_no_sense_in_any_field_of_any_form_is_no_fault(scene: Scene) -> None:
    """Each field alone with one such value in turn, the rest as it should be; and three in all fields at once."""
    assert fields_tried(scene, alone=1, together=3) > 500


@pytest.mark.soak
def test_nor_is_any_such_value_in_any_field(scene: Scene) -> None:
    assert fields_tried(scene, alone=len(WORTHLESS), together=len(WORTHLESS)) > 5000


def fields_tried(scene: Scene, *, alone: int, together: int) -> int:
    """How many forms were sent: `alone` worthless values in each field in turn, `together` in all fields at once."""
    turns, tried = cycle(WORTHLESS.values()), 0
    for row, visitor, url in Ward(scene).may("get"):
        page = visitor.tries("get", url)
        for form in forms_on(text_of(page), url) if is_html(page) else []:
            right = form.filled("words")
            ones = [right | {name: next(turns)} for name in list(right)[:40] for _ in range(alone)]
            for data in [*ones, *(dict.fromkeys(right, next(turns)) for _ in range(together))]:
                response = visitor.tries("post", form.action, data)
                assert response.status_code < 500, f"{row.route} {data}"
                tried += 1
    return tried


@pytest.mark.thorough
@pytest.mark.parametrize("value", ["a\0b", "9" * 5000, "../../etc/passwd", "%00", "\u202e"])
def test_nor_is_one_in_an_address(scene: Scene, value: str) -> None:
    """Everything that is asked after the question mark, and in the path where it is words."""
    names = (
        "q",
        "page",
        "after",
        "week",
        "from",
        "by",
        "whose",
        "which",
        "chart",
        "lines",
        "post",
        "at",
        "ward",
        "month",
        "check",
        "next",
        "step",
    )
    for row, visitor, url in Ward(scene).may("get"):
        response = visitor.tries("get", url, dict.fromkeys(names, value))
        assert response.status_code < 500 or row.route == "health", row.route  # nothing works here: it rightly says 503


@pytest.mark.parametrize(
    "name", ["sessionid", "csrftoken", "display", "device", "messages", settings.LANGUAGE_COOKIE_NAME]
)
@pytest.mark.parametrize("value", ["\x00", "a\x00b", "'\"<>", "x" * 3000, "%ff%fe", "\xf0\x9f\xa6\xb4"])
def test_nor_is_a_strange_cookie(db: None, name: str, value: str) -> None:
    stranger = Visitor()
    stranger.cookies(**{name: value})
    for route in ("sign-in", "display", "home"):
        assert stranger.tries("get", reverse(route)).status_code < 500, route
    assert stranger.tries("post", reverse("sign-in"), {"username": "a\0b", "password": "a\0b"}).status_code < 500


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "x",
        "=" * 100,
        "A" * 100_000,
        json.dumps({"v": 1}),
        DEEP.decode(),
        '{"a":' * 9_000 + "1" + "}" * 9_000,
        "1e999",
        "\0",
    ],
    ids=[f"sealed {number}" for number in range(9)],
)
def test_what_a_device_never_sealed_is_unreadable_and_no_fault(scene: Scene, sealed: str) -> None:
    nurse = Visitor(scene.own.people["N"])
    for sent_at in ("0", "9" * 30, "-1", "NaN", "", "1e5"):
        response = nurse.tries("post", reverse("offline-intake"), {"sealed": sealed, "sent_at": sent_at})
        assert response.status_code in {200, 400}
        assert response.json()["outcome"] == "unreadable"


# --- Before Django is asked ------------------------------------------------------------------------------------------


def answer(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    waiting, sent = list(parts), []

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(asgi.application({"type": "http", "path": "/sign-in/", "method": "POST", "headers": []}, receive, send))
    return sent


def test_a_body_in_pieces_is_refused_once_it_is_too_long_however_it_comes() -> None:
    """Chunked: nobody says beforehand how long it will be."""
    piece = {"type": "http.request", "body": b"x" * 64 * 1024, "more_body": True}
    started, body = answer(*[piece] * 20)
    assert started["status"] == 413
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 256 * 1024
    assert b"x" not in body["body"].replace(b"longer than any form", b"")
