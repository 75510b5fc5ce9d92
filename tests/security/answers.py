"""Each address once, as whoever of the own ward is let in there: for what must hold on every page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.security.access_table import TABLE, Row, read
from tests.security.scene import Scene
from tests.security.visitors import Visitor

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ROWS = [row for row in read(TABLE) if row.route != "stream"]


@contextmanager
def hushed() -> Iterator[None]:
    """Thousands of refusals are not worth a line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Ward:
    """The people of the scene's own ward, each with a browser."""

    def __init__(self, scene: Scene, *, checks_csrf: bool = False) -> None:
        self.scene = scene
        self.visitors = {letter: Visitor(staff, checks_csrf=checks_csrf) for letter, staff in scene.own.people.items()}
        self.visitors[""] = Visitor(checks_csrf=checks_csrf)

    def who(self, row: Row, method: str) -> str | None:
        """The letter of the first who is let in; "" for anybody, None where nobody is."""
        answers = row.answers()
        if answers[method, "signed out"] == "+":
            return ""
        return next((letter for letter in "NCSAR" if answers[method, f"own {letter}"] == "+"), None)

    def may(self, method: str) -> Iterator[tuple[Row, Visitor, str]]:
        """Every address that takes the method, with somebody who may, and its URL."""
        for row in ROWS:
            if (letter := self.who(row, method)) is not None:
                yield row, self.visitors[letter], self.scene.own.url(row.route)

    def pages(self) -> Iterator[tuple[str, str, Response]]:
        """Every page: its address's name, its URL and what is answered."""
        for row, visitor, url in self.may("get"):
            yield row.route, url, visitor.tries("get", url)


def text_of(response: Response) -> str:
    """The whole body, of an answer in pieces too."""
    content = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace")


def is_html(response: Response) -> bool:
    return str(response.get("Content-Type", "")).startswith("text/html")
