"""SQL, templates and scripts typed into every field for words of every form: stored as they were typed, shown escaped
on every page, and never anything but words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.urls import resolve

from tests.security.answers import Ward, hushed, is_html, text_of
from tests.security.forms import Form, forms_on
from tests.security.pages import acting, elements
from tests.security.scene import Scene
from tests.security.visitors import Visitor

pytestmark = pytest.mark.thorough

TYPED = '\'"><x7 onx=y>{{"Q"|add:"zj"}}%s\\\';--'
"""Out of an attribute, of a text, of a template, of a format and of a statement; short enough for any field."""
EVALUATED = "Q~z"
ENDS = (
    "discharge",
    "close",
    "end",
    "remove",
    "retract",
    "cancel",
    "drop",
    "take",
    "link",
    "factor",
    "move",
    "pin",
    "decide",
)
"""What ends something is sent last: nothing more can be typed there afterwards."""


@pytest.fixture(autouse=True)
def _hush() -> Iterator[None]:
    with hushed():
        yield


@dataclass
class Typed:
    """What became of the forms: taken, or refused with what was typed kept; and how many fields had words in them."""

    taken: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    fields: int = 0


def every_form(ward: Ward) -> list[tuple[str, Visitor, Form]]:
    """Each form with a field for words, once, by the name of the address that it goes to; what ends something last."""
    found: dict[str, tuple[str, Visitor, Form]] = {}
    for _row, visitor, url in ward.may("get"):
        page = visitor.tries("get", url)
        for form in forms_on(text_of(page), url) if is_html(page) and page.status_code == 200 else []:
            name = str(resolve(form.action.partition("?")[0]).url_name)
            if form.worded:
                found.setdefault(f"{name} {' '.join(sorted(form.fields))}", (name, visitor, form))
    return sorted(found.values(), key=lambda each: (each[0].rpartition("-")[2] in ENDS, each[0]))


def type_everywhere(ward: Ward) -> Typed:
    """Send every form with the same in all its fields for words, and confirm where a page asks for that."""
    done = Typed()
    for name, visitor, form in every_form(ward):
        said = form.filled(TYPED)
        response = visitor.ask("post", form.action, said)
        for again in forms_on(text_of(response), form.action) if response.status_code == 200 else []:
            if "shown" in again.fields:
                said |= {"shown": again.fields["shown"].value}
                response = visitor.ask("post", form.action, said)
        assert response.status_code < 500, name
        shows_words_only(name, text_of(response))
        done.fields += len(form.worded)
        (done.taken if response.status_code == 302 else done.refused).add(name)
    return done


def shows_words_only(name: str, page: str) -> None:
    assert "x7" not in elements(page), name
    assert acting(page, nonce_of(page)) == [], name
    assert EVALUATED not in page.replace(TYPED, ""), name


def nonce_of(page: str) -> str:
    """The policy that a page was made for: whether it is the right one is test_headers' to say."""
    nonce = page.partition('nonce="')[2].partition('"')[0]
    return f"script-src 'nonce-{nonce}'"


HOLDING = """
    SELECT 1 FROM "{}" t WHERE EXISTS (SELECT FROM jsonb_path_query(to_jsonb(t), '$.**') v WHERE v #>> '{{}}' = %s)
"""


def rows_with(words: str) -> int:
    """How many rows of all tables hold these words, as they were typed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if name not in {"audit_rowchange", "django_session"}]
        count = 0
        for name in tables:
            cursor.execute(HOLDING.format(name), [words])
            count += len(cursor.fetchall())
    return count


def test_what_is_typed_into_any_field_of_any_form_stays_words(scene: Scene) -> None:
    ward = Ward(scene)
    tables = set(connection.introspection.table_names())
    done = type_everywhere(ward)
    print(f"typed into {done.fields} fields; taken: {sorted(done.taken)}; refused: {sorted(done.refused)}")
    assert set(connection.introspection.table_names()) == tables
    assert rows_with(TYPED) > 12, "it is stored as it was typed"
    assert len(done.taken) > 35
    seen = 0
    for letter, visitor in ward.visitors.items():
        for row, _who, url in ward.may("get"):
            if row.answers()["get", f"own {letter}" if letter else "signed out"] == "+":
                response = visitor.tries("get", url)
                page = text_of(response)
                assert response.status_code < 500 or row.route == "health", row.route
                if is_html(response) and row.route != "offline":
                    shows_words_only(f"{row.route} to {letter}", page)
                    seen += "&lt;x7 onx=y&gt;" in page
                elif "json" not in str(response.get("Content-Type")):
                    assert "<x7" not in page or response.get("Content-Disposition", "").startswith("attachment"), (
                        row.route
                    )
    assert seen > 25, "it is shown, escaped"


STATEMENTS = (
    "' OR '1'='1",
    "'; DROP TABLE wards_staff; --",
    "1) UNION SELECT password FROM wards_staff --",
    "%' AND pg_sleep(5)::text = '",
    "\\'; SELECT 1",
    "$$; SELECT 1; $$",
)


@pytest.mark.parametrize("typed", STATEMENTS)
def test_a_statement_in_a_search_or_a_filter_finds_nothing_and_does_nothing(scene: Scene, typed: str) -> None:
    """Each page has one of the statements, in turns."""
    type_statement(scene, typed, every=len(STATEMENTS))


@pytest.mark.soak
@pytest.mark.parametrize("typed", STATEMENTS)
def test_nor_does_any_of_them_anywhere(scene: Scene, typed: str) -> None:
    type_statement(scene, typed, every=1)


def type_statement(scene: Scene, typed: str, *, every: int) -> None:
    """Into all forms of one page out of so many, each as it is and as a search; and where one signs in."""
    ward, turn = Ward(scene), STATEMENTS.index(typed)
    for number, (row, visitor, url) in enumerate(ward.may("get")):
        if number % every != turn % every:
            continue
        page = visitor.tries("get", url)
        for form in forms_on(text_of(page).replace('method="get"', 'method="post"'), url) if is_html(page) else []:
            for method in ("get", "post"):
                response = visitor.tries(method, form.action.partition("?")[0], form.filled(typed))
                assert response.status_code < 500 or row.route == "health", row.route
                assert "pbkdf2" not in text_of(response)
                assert scene.other.mark not in text_of(response) or row.route == "move", row.route
    stranger = Visitor()
    response = stranger.tries("post", "/sign-in/", {"username": typed, "password": typed})
    assert response.status_code in {200, 422, 429}
