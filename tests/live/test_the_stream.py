"""`/live/` on a real web process: who may listen, what they hear, and that nothing is held or left behind."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import redis
from django.conf import settings
from django.test import Client

from monitoring.due.actions import tick
from monitoring.due.registry import Lane
from tests.cast import Cast, set_stage
from tests.stack import Stack, wait_for

StackMaker = Callable[..., Stack]


@dataclass
class House:
    """A running web process, its people, and a session cookie for some of them."""

    stack: Stack
    cast: Cast
    alice: str
    nora: str


@pytest.fixture
def house(stack: StackMaker, transactional_db: None) -> House:
    running = stack("web")
    with running.models():
        cast = set_stage()
        return House(running, cast, cookie_of(cast.alice), cookie_of(cast.nora))


def cookie_of(staff: Any) -> str:
    client = Client()
    client.force_login(staff)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Reader:
    """An open stream, read line by line."""

    def __init__(self, stack: Stack, cookie: str = "", method: str = "GET") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=15)
        self.connection.request(method, "/live/", headers={"Cookie": cookie} if cookie else {})
        self.answer = self.connection.getresponse()
        self.status = self.answer.status

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        name = ""
        while line := self.answer.readline().decode():
            key, _, value = line.strip().partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                yield name, json.loads(value)

    def until(self, name: str) -> dict[str, Any]:
        return next(data for found, data in self.events() if found == name)

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


class Listen(Protocol):
    """Open a stream with this cookie; it is closed at the end of the test."""

    def __call__(self, cookie: str = "", method: str = "GET") -> Reader: ...


@pytest.fixture
def listen(house: House) -> Iterator[Listen]:
    with ExitStack() as readers:

        def open_one(cookie: str = "", method: str = "GET") -> Reader:
            return readers.enter_context(closing(Reader(house.stack, cookie, method)))

        yield open_one


def say(stack: Stack, *topics: str) -> None:
    prefix = stack.environment["LIVE_CHANNEL_PREFIX"]
    with redis.Redis.from_url(stack.valkey.url) as client:
        client.publish(f"{prefix}.changed", " ".join(topics))


def test_nobody_who_is_not_signed_in_may_(house: House, listen: Listen) -> None:
    for method in ("GET", "HEAD"):
        assert listen(method=method).status == 401
        assert listen("sessionid=forged", method=method).status == 401
    assert listen(house.alice, method="HEAD").status == 200
    assert listen(house.alice, method="POST").status in (403, 405)


def test_a_stream_is_told_of_its_own_wards_and_of_no_other(house: House, listen: Listen) -> None:
    alice = listen(house.alice)
    assert alice.answer.headers["Content-Type"].startswith("text/event-stream")
    assert alice.answer.headers["Cache-Control"] == "no-store"
    alice.until("hello")
    say(house.stack, f"ward.{house.cast.ward_8c.pk}")
    say(house.stack, f"ward.{house.cast.ward_7b.pk}")
    assert alice.until("changed") == {"topic": f"ward.{house.cast.ward_7b.pk}"}


def test_a_stream_is_told_of_its_own_persons_calls_and_of_nobody_elses(house: House, listen: Listen) -> None:
    alice = listen(house.alice)
    alice.until("hello")
    say(house.stack, f"person.{house.cast.carol.pk}")
    say(house.stack, f"person.{house.cast.alice.pk}")
    assert alice.until("changed") == {"topic": f"person.{house.cast.alice.pk}"}


def test_somebody_who_left_hears_nothing(house: House, listen: Listen) -> None:
    with house.stack.models():
        house.cast.alice.is_active = False
        house.cast.alice.save(update_fields=["is_active"])
    assert listen(house.alice).status == 401


@pytest.mark.thorough
def test_a_stream_is_told_the_pulse_of_alerting(house: House, listen: Listen) -> None:
    assert listen(house.alice).until("pulse")["checked_seconds_ago"] is None, "no sweep has run"
    with house.stack.models():
        tick(lane=Lane.DETECT)
    told = wait_for(lambda: listen(house.nora).until("pulse"), 1, "a pulse")
    wait_for(lambda: listen(house.nora).until("pulse")["checked_seconds_ago"] is not None, 12, "the tick is told")
    assert told["failing"] == 0
    assert told["as_of"].endswith("+00:00")


@pytest.mark.thorough
def test_a_lost_redis_is_told_to_open_streams(house: House, listen: Listen) -> None:
    alice = listen(house.alice)
    assert alice.until("link") == {"ok": True}
    house.stack.freeze_valkey()
    began = time.monotonic()
    assert alice.until("link") == {"ok": False}
    assert time.monotonic() - began < 5
    house.stack.thaw()
    assert alice.until("link") == {"ok": True}


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def database_sessions(stack: Stack) -> int:
    mine = "datname = current_database() AND application_name = 'spinewatch'"
    return int(stack.sql(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}")[0][0])


def test_fifty_streams_opened_and_dropped_leave_nothing_behind(house: House, listen: Listen) -> None:
    stack, pid = house.stack, house.stack.pids["web"]
    first = listen(house.alice)
    first.until("hello")
    before = open_files(pid), threads(pid)
    readers = [listen(house.alice) for _ in range(50)]
    for reader in readers:
        reader.until("hello")
    assert open_files(pid) >= before[0] + 45
    wait_for(lambda: database_sessions(stack) <= 1, 3, "no stream holds a database connection")
    for reader in readers:
        reader.close()
    wait_for(lambda: open_files(pid) <= before[0] + 2, 12, "the files are closed")
    wait_for(lambda: threads(pid) <= before[1] + 4, 12, "the threads have ended")
    say(stack, f"ward.{house.cast.ward_7b.pk}")
    first.until("changed")


@pytest.mark.thorough
def test_open_streams_do_not_hold_up_the_end_of_the_server(house: House, listen: Listen) -> None:
    readers = [listen(house.alice) for _ in range(20)]
    for reader in readers:
        reader.until("hello")
    process = house.stack.processes["web"]
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    assert time.monotonic() - began < 4
