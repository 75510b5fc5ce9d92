"""Somebody else's URL is called while all is well, and only then. A receiver that fails harms nobody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pytest_django import Settings

from monitoring.watchdog import outward
from monitoring.watchdog.outward import beat_outward
from monitoring.watchdog.verdict import Verdict
from tools.starting import free_port

FINE = Verdict("ok", ())


@dataclass
class Receiver:
    """What it answers, and the paths that it was asked for."""

    status: int = 200
    paths: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.paths.append(self.path)
            self.send_response(made.status)
            self.send_header("Location", "/elsewhere/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/ward/"
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "verdict", lambda: FINE)


def test_while_all_is_well_the_url_is_called(receiver: Receiver, settings: Settings) -> None:
    settings.HEARTBEAT_URL = receiver.url
    assert beat_outward() is True
    assert receiver.paths == ["/ward/"]


@pytest.mark.parametrize("status", ["degraded", "failed"])
def test_while_anything_is_wrong_it_is_not(
    receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    settings.HEARTBEAT_URL = receiver.url
    monkeypatch.setattr(outward, "verdict", lambda: Verdict(status, ("something",)))  # type: ignore[arg-type]
    assert beat_outward() is False
    assert receiver.paths == []


def test_without_a_url_nobody_is_asked_for_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Verdict:
        raise AssertionError

    monkeypatch.setattr(outward, "verdict", fail)
    assert beat_outward() is False


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_receiver_that_refuses_is_logged_and_not_followed(
    receiver: Receiver, settings: Settings, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    settings.HEARTBEAT_URL, receiver.status = receiver.url, status
    assert beat_outward() is (status == 302)
    assert receiver.paths == ["/ward/"]
    assert ("did not arrive" in caplog.text) == (status != 302)


def test_a_receiver_that_is_gone_is_logged_without_its_address(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{free_port()}/secret-token/"
    assert beat_outward() is False
    assert "did not arrive: ConnectionError" in caplog.text
    assert "secret-token" not in "".join(record.getMessage() for record in caplog.records if "outward" in record.name)


def test_a_receiver_that_never_answers_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outward, "TIMEOUT_SECONDS", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.HEARTBEAT_URL = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        began = time.monotonic()
        assert beat_outward() is False
    assert time.monotonic() - began < 2
    assert "did not arrive: ReadTimeout" in caplog.text
