"""The access table against every address of the URLconf: each kind of person, own ward and another's, GET and POST."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from monitoring.desks.common import stream
from tests.security.access_table import TABLE, Row, read
from tests.security.scene import Scene
from tests.security.visitors import Visitor
from tools.page_book import routes

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ROWS = read(TABLE)
LET_IN = {200, 204, 302, 400, 410, 422, 503}
SYMBOLS = {401: ">", 403: "x", 404: "o", 405: "-"} | dict.fromkeys(LET_IN, "+")
SIZE = 3_500
"""So many cells there were when this was last looked at: the table does not shrink unnoticed."""


@pytest.fixture
def visitors(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> dict[str, Visitor]:
    """Everybody of the table, by what it calls them. All are of the scene's own ward, or of none."""
    people = {f"own {letter}": staff for letter, staff in scene.own.people.items()}
    people |= {f"elsewhere {letter}": staff for letter, staff in scene.own.people.items()}
    found = {name: Visitor(staff) for name, staff in people.items()}
    found |= {"of no ward": Visitor(scene.nobody), "signed out": Visitor(), "ended": Visitor(scene.ended)}
    found["ended"].sign_in_and_leave()
    monkeypatch.setattr(stream, "connection", SimpleNamespace(close=lambda: None))  # it is the test's own here
    return found


@pytest.fixture(autouse=True)
def _hush() -> Iterator[None]:
    """Thousands of refusals are not worth a line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def symbol(response: Response) -> str:
    """What the table says for such an answer; the status itself where it has no sign for it."""
    if response.status_code == 302 and response["Location"].partition("?")[0] == "/sign-in/":
        return ">"
    return SYMBOLS.get(response.status_code, str(response.status_code))


def differences(scene: Scene, visitors: dict[str, Visitor], cells: Iterable[tuple[Row, str, str]]) -> list[str]:
    """Where somebody is answered otherwise than the table says."""
    found = []
    for row, method, who in cells:
        side = scene.other if who.startswith("elsewhere") else scene.own
        asked = "head" if row.route == "stream" and method == "get" else method  # else it would go on for ever
        got = symbol(visitors[who].tries(asked, side.url(row.route)))
        if got != (said := row.answers()[method, who]):
            found.append(f"{method.upper()} {row.route} by {who}: {got} for {said}")
    return found


def cells() -> list[tuple[Row, str, str]]:
    return [(row, method, who) for row in ROWS for method, who in row.answers()]


def test_every_address_has_one_row_and_the_table_is_whole(record_property: pytest.FixtureRequest) -> None:
    assert sorted(row.route for row in ROWS) == sorted(routes())
    count = len(cells())
    print(f"access table: {len(ROWS)} addresses, {count} cells")
    assert count >= SIZE


def test_an_object_of_a_ward_has_cells_for_those_of_another_ward(scene: Scene) -> None:
    about_a_ward = {row.route for row in ROWS if ("get", "elsewhere N") in row.answers()}
    assert about_a_ward == scene.own.named.keys() == scene.other.named.keys()


def test_nobody_is_let_in_elsewhere() -> None:
    """But for what is sent to whoever has the link: an invitation; and a key of one's own, which is confirmed first."""
    let_in = {
        (row.route, method)
        for row, method, who in cells()
        if who.startswith("elsewhere") and row.answers()[method, who] == "+"
    }
    assert let_in == {("welcome", "get"), ("factor-remove", "post")}


def test_administrators_write_nothing_clinical() -> None:
    clinical = {
        "check",
        "attempt",
        "treatment",
        "acceptance",
        "imaging",
        "theatre",
        "findings",
        "drain",
        "operation",
        "held",
    }
    writing = [row for row in ROWS if row.route.split("-")[0] in clinical and row.route != "check-result"]
    assert len(writing) > 20
    let_in = [row.route for row in writing if row.answers()["post", "own A"] == "+"]
    assert let_in == []


def test_who_is_signed_out_sees_nothing_but_what_is_everybodys() -> None:
    open_to_all = {
        row.route for row in ROWS if "+" in {row.answers()["get", "signed out"], row.answers()["post", "signed out"]}
    }
    assert open_to_all == {
        "display", "health", "language", "manifest", "metrics", "offline", "service-worker", "sign-in",
        "sign-in-passkey", "welcome", "welcome-password", "words",
    }  # fmt: skip


@pytest.mark.thorough
def test_each_answer_is_as_the_table_says(scene: Scene, visitors: dict[str, Visitor]) -> None:
    assert differences(scene, visitors, cells()) == []
