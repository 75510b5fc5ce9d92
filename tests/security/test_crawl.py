"""Nothing of another ward is read, and nothing of it is written: by any address, any form, anybody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

import pytest
from django.db import connection

from tests.security.answers import ROWS, Ward, hushed, is_html, text_of
from tests.security.forms import Form, forms_on
from tests.security.scene import Scene, Side
from tests.security.visitors import Visitor, undone

KEPT_OF_ATTEMPTS = {"audit_auditentry", "audit_rowchange", "django_session", "identity_signedin", "identity_guesses"}
"""What an attempt may leave behind: that it was made, and where somebody is signed in."""


@pytest.fixture(autouse=True)
def _hush() -> Iterator[None]:
    with hushed():
        yield


def marks(scene: Scene) -> list[str]:
    """Words that stand on the other ward alone: in names, numbers, notes, telephones, addresses; a day of birth too."""
    return [scene.other.mark.lower(), "17-may-1931", "1931-05-17"]


def leaks(scene: Scene, text: str) -> list[str]:
    said = text.lower()
    return [mark for mark in marks(scene) if mark in said]


def written() -> dict[str, str]:
    """A digest of every table's rows; when somebody signed in is no matter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall() if name not in KEPT_OF_ATTEMPTS]
        digests = (
            f"SELECT '{name}', md5(coalesce(string_agg(said, '|' ORDER BY said), '')) FROM "
            f"(SELECT (to_jsonb(t) - 'last_login')::text AS said FROM \"{name}\" t) AS rows"
            for name in tables
        )
        cursor.execute(" UNION ALL ".join(digests))
        return dict(cursor.fetchall())


def forms_at(visitor: Visitor, url: str) -> list[Form]:
    response = visitor.tries("get", url)
    return forms_on(text_of(response), url) if response.status_code == 200 and is_html(response) else []


def people(scene: Scene) -> list[Visitor]:
    return [Visitor(staff) for staff in [*scene.own.people.values(), scene.nobody, None]]


@pytest.mark.thorough
def test_the_marks_are_there_to_be_found(scene: Scene) -> None:
    """On the other ward itself they are read by its own people: else nothing below would show anything."""
    there = Ward(Scene(scene.other, scene.own, scene.nobody, scene.ended))
    found = {route for route, _url, response in there.pages() if leaks(scene, text_of(response))}
    assert {"board", "stay", "alert", "kit", "summary", "rota-ward", "audit", "patients"} - found <= {
        "patients",
        "audit",
    }
    assert len(found) > 60


@pytest.mark.thorough
def test_no_page_of_ones_own_ward_shows_anything_of_another(scene: Scene) -> None:
    ward = Ward(scene)
    found = []
    for row in ROWS:
        for letter in "NCSAR":
            if row.answers()["get", f"own {letter}"] == "+":
                response = ward.visitors[letter].tries("get", scene.own.url(row.route))
                said = without_what_a_move_may_name(scene, row.route, text_of(response))
                found += [f"{row.route} to {letter}: {leak}" for leak in leaks(scene, said)]
    assert found == []


def without_what_a_move_may_name(scene: Scene, route: str, said: str) -> str:
    """The way to another ward names it, and a surgeon there who takes the patient; everything else is left to find."""
    if route == "move":
        for known in (scene.other.ward.name, *map(str, (scene.other.people["S"], scene.other.colleague))):
            said = said.replace(known, "")
    return said


@pytest.mark.thorough
def test_no_address_of_another_ward_shows_or_writes_anything(scene: Scene) -> None:
    """Each as three of all kinds of people, in turns: the access table has what anybody is answered."""
    assert addresses_tried(scene, every=3) > 500


@pytest.mark.soak
def test_nor_does_any_to_anybody(scene: Scene) -> None:
    assert addresses_tried(scene, every=1) > 1500


def addresses_tried(scene: Scene, *, every: int) -> int:
    """With the other ward's ids; forms are filled in as its own people would fill them in. How often was it tried?"""
    before = written()
    found, tries = [], 0
    sent = dict(filled_forms(scene, scene.other))
    rows = [row for row in ROWS if row.route in scene.other.named and "+" not in row.get[5:10] + row.post[5:10]]
    for turn, visitor in enumerate(people(scene)):
        for row in rows[turn % every :: every]:
            url = scene.other.url(row.route)
            for method, data in (("get", None), ("post", {}), ("post", sent.get(row.route, {}))):
                response = visitor.ask(method, url, data)
                tries += 1
                said = text_of(response) + str(response.headers)
                found += [f"{method} {row.route} as {visitor.staff}: {leak}" for leak in leaks(scene, said)]
    after = written()
    assert found == []
    assert [table for table in before if before[table] != after[table]] == []
    return tries


def filled_forms(scene: Scene, side: Side) -> Iterator[tuple[str, dict[str, str]]]:
    """For each address of a ward that takes a form: the form as somebody who may would send it."""
    there = Ward(Scene(side, scene.own, scene.nobody, scene.ended))
    for row, visitor, url in there.may("get"):
        for form in forms_at(visitor, url):
            if form.action.partition("?")[0] == url:
                yield row.route, form.filled("words")


@pytest.mark.thorough
def test_no_form_of_ones_own_takes_up_an_id_of_another_ward(scene: Scene) -> None:
    """Each choice of each form, and each id that it carries, names two things of the other ward, in turns."""
    assert ids_tried(scene, each=2) > 160


@pytest.mark.soak
def test_nor_any_of_its_ids(scene: Scene) -> None:
    assert ids_tried(scene, each=len(ids_of(scene.other))) > 500


def ids_tried(scene: Scene, *, each: int) -> int:
    """So many ids of the other ward in each choice; how many were sent?"""
    ward, found, tries = Ward(scene), [], 0
    foreign = cycle(ids_of(scene.other))
    for row, visitor, url in ward.may("get"):
        for form in forms_at(visitor, url):
            data = form.filled("words")
            for name in [name for name in data if form.fields[name].choices or name in {"alert", "to", "drain"}]:
                for value in islice(foreign, each):
                    with undone():
                        response = visitor.ask("post", form.action, data | {name: value})
                        tries += 1
                        said = text_of(response) + str(response.headers)
                        if response.status_code == 302:
                            said += text_of(visitor.ask("get", response["Location"]))
                    said = without_what_a_move_may_name(scene, row.route, said).replace(value, "")
                    found += [f"{row.route} {name}={value}: {leak}" for leak in leaks(scene, said)]
    assert found == []
    return tries


def ids_of(side: Side) -> list[str]:
    """What a form may name of a ward: a surgeon, a nurse, a bed, the ward itself; by number and by public id."""
    rows = [side.people["S"], side.people["N"], side.ward.beds.latest("pk"), side.ward]
    return [str(row.pk) for row in rows] + [side.ward.code, str(side.people["S"].public_id)]
