"""No log line holds anything of a patient: a whole story over real processes, with everything that can go wrong in it,
and every log of it read."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import transaction
from django.http import HttpRequest
from pytest_django import DjangoDbBlocker

from monitoring.logs import PrivateFormatter
from tests.cast import PASSWORD
from tests.stack import wait_for
from tests.survival.house import House, house_of_its_own
from tests.survival.story import PATIENCE_SECONDS, Story
from tools.visitor import Visitor
from wards.models import Patient

MARKS = {
    "family name": "QUASTENFLOSSER",
    "given name": "Zephyrine",
    "record number": "RNX-70419",
    "date of birth": "1911-11-13",
    "note": "Papageientaucher",
    "what was typed as a name": "SCHNABELTIER",
    "what was typed as a password": "Haubenmeise",
    "a path": "KNURRHAHN",
    "a query": "BLAUWAL",
    "a host": "wanderfalke",
    "a header": "ZITTERAAL",
    "a field": "NACKTMULL",
}
BORN_AS_SHOWN = "13-Nov-1911"


# --- What the formatter leaves out -----------------------------------------------------------------------------------


def line(record: logging.LogRecord) -> str:
    return PrivateFormatter("{levelname} {name} {message}", style="{").format(record)


def test_an_errors_text_does_not_come_in_by_the_message_either() -> None:
    """Celery, asyncio and others put it there themselves."""
    text = f"row ({MARKS['family name']},\n 1931)"  # the line of the source that raised it is written
    try:
        raise ValueError(text)
    except ValueError as error:
        for message, arguments in (
            ("Task raised: %r", (error,)),
            ("Task raised: %s", (str(error),)),
            (f"never retrieved: {error!r}", ()),
            ("%(exc)s in %(name)s", ({"exc": repr(error), "name": "due.tick"},)),
        ):
            record = logging.LogRecord(
                "celery", logging.ERROR, "x.py", 1, message, arguments, (ValueError, error, None)
            )
            assert MARKS["family name"] not in line(record), message
            assert "ValueError" in line(record)


def test_an_error_among_the_arguments_is_named_by_its_kind() -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "no: %s", (KeyError("LINDQVIST"),), None)
    assert line(record) == "ERROR x no: builtins.KeyError"


@pytest.mark.parametrize("name", ["django.request", "django.security.DisallowedHost", "django.security.csrf"])
def test_of_a_request_there_is_the_method_the_route_and_the_id_alone(name: str) -> None:
    request = HttpRequest()
    request.method, request.path = "GET", "/wards/LINDQVIST/"
    request.audit_id = "0af3"  # type: ignore[attr-defined]
    arguments = ("Origin checking failed - https://LINDQVIST does not match", "/LINDQVIST/")
    record = logging.LogRecord(name, logging.WARNING, "x.py", 1, "Forbidden (%s): %s", arguments, None)
    record.request, record.status_code = request, 403
    said = line(record)
    assert "LINDQVIST" not in said
    assert said.startswith(f"WARNING {name} 403 GET an unknown address request=0af3")
    assert said.endswith("(Origin checking failed)") is (name == "django.security.csrf")


# --- The whole story -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with house_of_its_own(django_db_blocker.unblock) as made:
        made.stack.environment["LOG_LEVEL"] = "DEBUG"
        yield made


@contextmanager
def failing(house: House, table: str, when: str) -> Iterator[None]:
    """Each write to the table fails, in words that quote the row and all patients: as message, detail and hint."""
    house.stack.sql(
        "CREATE OR REPLACE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'cannot store %% of %%', NEW, (SELECT string_agg(p::text, ' ') FROM wards_patient p) "
        "USING DETAIL = (SELECT string_agg(p::text, ' ') FROM wards_patient p), HINT = NEW::text; END $$"
    )
    house.stack.sql(f"CREATE TRIGGER fails {when} ON {table} FOR EACH ROW EXECUTE FUNCTION fails()")
    try:
        yield
    finally:
        house.stack.sql(f"DROP TRIGGER fails ON {table}")


def marked(story: Story) -> None:
    """Give the patient of the story a name that is found wherever it stands."""
    with story.stack.models(), transaction.atomic():
        Patient.objects.filter(pk=story.stay.patient_id).update(
            family_name=MARKS["family name"],
            given_name=MARKS["given name"],
            record_number=MARKS["record number"],
            date_of_birth=date.fromisoformat(MARKS["date of birth"]),
        )


def heads() -> Iterator[str]:
    """Requests that are no requests, or come from nobody, or break off."""
    sign_in = "POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\n"
    header, field = MARKS["a header"], MARKS["a field"]
    yield f"GET / HTTP/1.1\r\nHost: {MARKS['a host']}.example\r\nX-Name: {header}\r\n\r\n"
    yield f"GET /wards/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={header}; display={header}\r\n\r\n"
    yield f"{header} no request at all\r\n\r\n"
    multipart = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 60"
    yield f"{sign_in}{multipart}\r\n\r\n--x {field}{' ' * 60}"
    yield f"{sign_in}Content-Length: 999999\r\n\r\n{field * 40_000}"
    yield f"{sign_in}Content-Length: 9000\r\n\r\n{field}"  # and hangs up


def mistype(house: House, nurse: Visitor, stay: object) -> None:
    """All that people type where it does not belong, and all that is refused."""
    stranger = Visitor(house.stack.url)
    hidden = stranger.form("/sign-in/")
    typed = {"username": MARKS["what was typed as a name"], "password": MARKS["what was typed as a password"]}
    stranger.post("/sign-in/", hidden | typed)
    stranger.post("/sign-in/", typed)  # without its token
    for path in (
        f"/wards/{MARKS['a path']}/",
        f"/{MARKS['a path']}/",
        f"/m/{MARKS['a path']}/",
        f"/stays/{stay}/?{MARKS['a query']}=1",
    ):
        nurse.get(path)
    nurse.get(f"/sign-in/?next=/{quote(MARKS['a query'])}/")
    nurse.post(f"/stays/{stay}/attempts/new/", {"note": MARKS["note"], "reason": MARKS["a field"]})
    for form in ("attempts/new/", "away/", "discharge/", "imaging/new/"):
        said = nurse.form(f"/stays/{stay}/{form}")
        said |= dict.fromkeys(
            ("note", "place", "reason", "accession", "text", "tried", "at_date", "revision"), MARKS["note"]
        )
        nurse.post(f"/stays/{stay}/{form}", said)
    for head in heads():
        with suppress(OSError), socket.create_connection(("127.0.0.1", house.stack.port), timeout=5) as raw:
            raw.sendall(head.encode())
            raw.shutdown(socket.SHUT_WR)
            raw.recv(4096)


def logs(house: House) -> dict[str, str]:
    """Everything that every process has written, the servers' too."""
    assert house.postgres is not None
    paths = {*house.stack.folder.rglob("*.log"), house.postgres.log}
    return {path.name: path.read_text(errors="replace") for path in paths}


@pytest.mark.thorough
def test_no_line_of_any_log_holds_anything_of_a_patient(house: House) -> None:
    house.run("web", "worker", "slow", "beat", "sweep")
    story = house.new_story()
    marked(story)
    nurse = Visitor(house.stack.url)
    nurse.sign_in("alice", PASSWORD)
    stay = story.stay.public_id

    mistype(house, nurse, stay)
    with failing(house, "checks_check", "BEFORE INSERT"):  # a form that fails: 500, from the web process
        status, _page = nurse.send_check(stay, nurse.check_said(stay, l4_left="1"))
        assert status == 500
    with failing(house, "due_watch", "BEFORE UPDATE"):  # nothing can be assessed: worker, sweep, beat
        house.stack.sql("SET session_replication_role = replica; UPDATE due_watch SET assess_at = clock_timestamp()")
        wait_for(
            lambda: "fail" in house.stack.log("sweep") + house.stack.log("worker"), PATIENCE_SECONDS, "a sweep fails"
        )
    house.stack.sql("ALTER TABLE wards_patient RENAME COLUMN family_name TO surname")  # no page of a patient works
    assert nurse.get(f"/stays/{stay}/")[0] == 500
    assert nurse.get("/wards/7b/")[0] == 500
    house.stack.sql("ALTER TABLE wards_patient RENAME COLUMN surname TO family_name")
    story.send()
    story.wait_until_called([0, 1])
    for statement in (
        f"SELECT '{MARKS['family name']}'::int",
        f"INSERT INTO wards_patient (id, family_name) VALUES (1, '{MARKS['family name']}')",
    ):
        with pytest.raises(Exception, match=MARKS["family name"]):
            house.stack.sql(statement)  # somebody at the database itself
    house.run()  # whatever is said at the end is said

    written = logs(house)
    assert {"web.log", "worker.log", "slow.log", "beat.log", "sweep.log", "postgres.log"} <= written.keys()
    spoken = "".join(written.values())
    assert re.search(r"500 POST /stays/<uuid:public_id>/checks/new/ request=[0-9a-f]{32}", written["web.log"])
    assert "InternalError" in spoken
    assert "ProgrammingError" in written["web.log"]
    assert written["postgres.log"], "PostgreSQL says when it starts"
    found = [
        f"{what} in {name}: {text[max(0, text.index(mark) - 300) : text.index(mark) + 80]}"
        for name, text in written.items()
        for what, mark in (MARKS | {"date of birth as shown": BORN_AS_SHOWN}).items()
        if mark in text
    ]
    assert found == []


def test_whoever_logs_in_this_house_names_no_patient() -> None:
    """No call of a logger's quotes a name, a note, an address or the text of an error."""
    root = Path(__file__).resolve().parents[2]
    told = re.compile(r"logger\.\w+\((?:[^()]|\([^()]*\))*\)", re.S)
    named = re.compile(
        r"family_name|given_name|record_number|date_of_birth|\.(note|text|address)\b|username|str\(error\)|, error\)|%r"
    )
    found = []
    for room in ("monitoring", "wards"):
        for path in (root / room).rglob("*.py"):
            found += [f"{path.name}: {call}" for call in told.findall(path.read_text()) if named.search(call)]
    assert found == []
