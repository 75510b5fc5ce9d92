"""The newest seal leaves the house by file, e-mail and webhook; what fails is tried again and holds up nothing."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from standardwebhooks import Webhook

from monitoring.due.clock import now
from monitoring.due.registry import Lane, sweep_named
from monitoring.seals import dispatch, outside
from monitoring.seals.models import Seal, SealDispatch
from monitoring.seals.outside_copies import read_copies
from monitoring.seals.verification import verify
from monitoring.watchdog.queries import look
from tests.seals.ledger import seal_everything, write_entries

SECRET = "whsec_" + "c2VjcmV0" * 8


def newest() -> int:
    return Seal.objects.order_by("-number").values_list("number", flat=True)[0]


def send_what_is_due() -> None:
    for dispatch_id in dispatch.dispatches_due(10):
        dispatch.dispatch(dispatch_id)


def later(minutes: float) -> None:
    """As if so much time had passed for what is planned and what was sent."""
    for row in SealDispatch.objects.all():
        row.sent_at = row.sent_at and row.sent_at - timedelta(minutes=minutes)
        row.next_attempt_at = row.next_attempt_at and row.next_attempt_at - timedelta(minutes=minutes)
        row.save()


@pytest.fixture
def kept(sealed_log: None, tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "seals.jsonl"
    settings.AUDIT_SEAL_FILE = str(path)
    return path


@contextmanager
def receiver(status: int) -> Iterator[tuple[str, list[tuple[dict[str, str], str]]]]:
    """A web server that answers so, and what it was sent."""
    got: list[tuple[dict[str, str], str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/seals", got
        finally:
            server.shutdown()
            thread.join()


def test_where_nothing_is_set_up_nothing_is_planned(sealed_log: None) -> None:
    dispatch.plan()
    assert not SealDispatch.objects.exists()


def test_the_file_gets_a_line_of_its_own_that_only_its_owner_can_read(kept: Path) -> None:
    dispatch.plan()
    send_what_is_due()
    told = json.loads(kept.read_text())
    assert told["seal"]["number"] == newest()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert read_copies(kept.read_text().splitlines())[0].is_ours
    assert verify().is_sound


def test_a_line_names_nobody(kept: Path) -> None:
    dispatch.plan()
    send_what_is_due()
    told = json.loads(kept.read_text())
    assert told.keys() == {"seal", "hash", "signature", "public_key"}
    assert told["seal"].keys() == {
        "number", "at", "kind", "log", "format", "ids_from", "from", "upto", "count", "leaves", "note", "previous",
        "key",
    }  # fmt: skip


def test_the_next_goes_a_minute_later_and_only_where_there_is_one(kept: Path) -> None:
    dispatch.plan()
    send_what_is_due()
    dispatch.plan()
    assert SealDispatch.objects.get().next_attempt_at is None
    write_entries(1, first=5000)
    seal_everything()
    dispatch.plan()
    assert dispatch.dispatches_due(10) == []
    later(minutes=1)
    send_what_is_due()
    assert [json.loads(line)["seal"]["number"] for line in kept.read_text().splitlines()] == [newest() - 1, newest()]


def test_what_fails_is_tried_again_with_what_is_the_newest_then(kept: Path, settings: Any) -> None:
    settings.AUDIT_SEAL_FILE = str(kept.parent / "missing" / "seals.jsonl")
    dispatch.plan()
    send_what_is_due()
    row = SealDispatch.objects.get()
    assert (row.failures, row.error, row.sent_number) == (1, "FileNotFoundError", 0)
    assert row.failing_since is not None
    assert row.next_attempt_at is not None
    assert timedelta(seconds=10) < row.next_attempt_at - now() < timedelta(seconds=16)
    write_entries(1, first=5000)
    seal_everything()
    settings.AUDIT_SEAL_FILE = str(kept)
    later(minutes=1)
    send_what_is_due()
    row = SealDispatch.objects.get()
    assert (row.failures, row.error, row.sent_number) == (0, "", newest())
    assert row.failing_since is None


def test_an_e_mail_goes_at_most_once_an_hour(sealed_log: None, settings: Any) -> None:
    settings.AUDIT_SEAL_EMAIL = "audit@hospital.example"
    dispatch.plan()
    send_what_is_due()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["audit@hospital.example"], f"Spinewatch audit seal {newest()}")
    assert read_copies(letter.body.splitlines()[:1])[0].is_ours
    write_entries(1, first=5000)
    seal_everything()
    dispatch.plan()
    later(minutes=59)
    send_what_is_due()
    assert len(mail.outbox) == 1
    later(minutes=2)
    send_what_is_due()
    assert len(mail.outbox) == 2


def test_a_webhook_is_signed_by_the_published_scheme(sealed_log: None, settings: Any) -> None:
    with receiver(204) as (url, got):
        settings.AUDIT_SEAL_WEBHOOK, settings.AUDIT_SEAL_WEBHOOK_SECRET = url, SECRET
        dispatch.plan()
        send_what_is_due()
    ((headers, body),) = got
    assert Webhook(SECRET).verify(body, headers)["seal"]["number"] == newest()
    assert headers["webhook-id"] == f"seal-{newest()}"


@pytest.mark.parametrize("status", [302, 400, 503])
def test_any_other_answer_than_yes_is_tried_again(sealed_log: None, settings: Any, status: int) -> None:
    with receiver(status) as (url, _got):
        settings.AUDIT_SEAL_WEBHOOK, settings.AUDIT_SEAL_WEBHOOK_SECRET = url, SECRET
        dispatch.plan()
        send_what_is_due()
    assert SealDispatch.objects.get().error == "HTTPError"


def test_one_attempt_at_a_time_and_a_late_one_marks_nothing(
    kept: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def slow(_number: int, _line: str) -> None:
        """Frozen until its lease is over and another has sent."""
        monkeypatch.setitem(outside.WAYS, outside.Channel.FILE, way)
        assert dispatch.dispatches_due(10) == []
        later(minutes=2)
        send_what_is_due()

    way = outside.WAYS[outside.Channel.FILE]
    replaced: Callable[[int, str], None] = slow
    monkeypatch.setitem(outside.WAYS, outside.Channel.FILE, outside.Way(way.to, replaced, way.every))
    dispatch.plan()
    send_what_is_due()
    assert SealDispatch.objects.get().attempt == 2
    assert len(kept.read_text().splitlines()) == 1


def test_one_that_fails_for_a_quarter_of_an_hour_is_a_fault_of_the_house(kept: Path) -> None:
    SealDispatch.objects.create(channel="file", failing_since=now() - timedelta(minutes=14))
    assert look().seals_unsent == ()
    SealDispatch.objects.update(failing_since=now() - timedelta(minutes=16))
    assert look().seals_unsent == ("file",)


def test_a_way_that_is_no_longer_set_up_is_left(kept: Path, settings: Any) -> None:
    dispatch.plan()
    settings.AUDIT_SEAL_FILE = ""
    dispatch.plan()
    assert dispatch.dispatches_due(10) == []


def test_sending_and_sealing_go_in_the_slow_lane() -> None:
    assert {sweep_named(name).lane for name in ("seal", "seal_dispatch", "verify")} == {Lane.SLOW}
