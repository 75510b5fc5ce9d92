"""`/health/` tells a probe how alerting is, within a second and a half, whatever else hangs. On real processes."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.due.conftest import Lone, lone
from tests.stack import wait_for

pytestmark = pytest.mark.thorough

__all__ = ["lone"]

LONGEST = 1.6  # seconds for an answer
EVERYBODY = ("web", "sweep", "worker", "slow", "beat")


def ask(lone: Lone) -> tuple[int, dict[str, Any], float]:
    """Status, body, and the seconds it took."""
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(f"{lone.url}/health/", timeout=10) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
        error.close()
    return status, json.loads(body), time.perf_counter() - began


@pytest.fixture(scope="module")
def house(lone: Lone) -> Lone:
    lone.start(*EVERYBODY)
    lone.wait_for_a_tick(15)
    return lone


def wait_until(house: Lone, status: str, seconds: float = 30) -> None:
    seen: list[Any] = []

    def is_so() -> bool:
        seen[:] = [ask(house)[1]]
        return bool(seen[0]["status"] == status)

    try:
        wait_for(is_so, seconds, f"health is {status}")
    except AssertionError as late:
        raise AssertionError(f"{late}; it said {seen}") from None


def test_all_is_well_once_everybody_has_been_heard_from_and_a_test_alert_has_arrived(house: Lone) -> None:
    wait_until(house, "ok")
    code, body, _ = ask(house)
    assert (code, body["reasons"]) == (200, [])
    assert body["checked_seconds_ago"] < 5
    assert body["tested_seconds_ago"] < 60


def test_a_test_alert_goes_through_the_workers_within_seconds(house: Lone) -> None:
    """The next one: the first was sent while everybody was still starting."""
    finished = "SELECT passed, shown, arrived FROM watchdog_proberun WHERE finished_at IS NOT NULL ORDER BY id"
    before = len(house.sql(finished))
    house.sql("UPDATE watchdog_chore SET due_at = clock_timestamp() WHERE name = 'test alert'")
    wait_for(lambda: len(house.sql(finished)) > before, 25, "another test alert has ended")
    passed, shown, arrived = house.sql(finished)[-1]
    assert passed is True
    assert shown is not None
    assert arrived < 5


def test_no_patient_is_named(house: Lone) -> None:
    assert set(ask(house)[1]) == {"status", "reasons", "checked_seconds_ago", "tested_seconds_ago", "as_of"}


def test_a_stopped_valkey_is_degraded(house: Lone) -> None:
    house.stop_valkey()
    code, body, seconds = ask(house)
    assert (code, body["status"], seconds < LONGEST) == (200, "degraded", True)
    house.start_valkey()
    wait_until(house, "ok")


def test_a_frozen_valkey_is_degraded_and_said_in_time(house: Lone) -> None:
    house.freeze_valkey()
    for _ in range(3):
        code, body, seconds = ask(house)
        assert (code, body["status"], seconds < LONGEST) == (200, "degraded", True)
    house.thaw()
    wait_until(house, "ok")


def test_a_stopped_database_is_a_failure(house: Lone) -> None:
    house.postgres.stop()
    code, body, seconds = ask(house)
    assert (code, body["status"], seconds < LONGEST) == (503, "failed", True)
    assert body["checked_seconds_ago"] is None
    house.postgres.start()
    wait_until(house, "ok")


def test_a_frozen_database_and_a_frozen_valkey_are_a_failure_said_in_time(house: Lone) -> None:
    house.freeze_postgres()
    house.freeze_valkey()
    for _ in range(3):
        code, body, seconds = ask(house)
        assert (code, body["status"], seconds < LONGEST) == (503, "failed", True)
    house.thaw()
    house.thaw_postgres()
    wait_until(house, "ok")


@pytest.mark.parametrize(
    ("name", "pulse", "reason"),
    [
        ("worker", "worker.detect", "the worker of the queue detect was last heard from"),
        ("slow", "worker.slow", "the worker of the queue slow was last heard from"),
        ("beat", "beat", "Celery beat was last heard from"),
        ("sweep", "loop.detect", "the sweep (manage.py tick --loop) was last heard from"),
    ],
)
def test_whoever_is_missing_is_named_while_the_others_do_its_work(
    house: Lone, name: str, pulse: str, reason: str
) -> None:
    house.end(name)
    house.sql("UPDATE due_pulse SET at = at - interval '13 s' WHERE name = %s", [pulse])
    time.sleep(3)  # longer than between two pulses: nobody else gives this one
    wait_until(house, "degraded")
    code, body, _ = ask(house)
    assert code == 200
    assert body["reasons"][0].startswith(reason)
    assert body["checked_seconds_ago"] < 5
    house.start(name)
    wait_until(house, "ok")


def test_with_nobody_to_sweep_it_is_degraded_and_then_a_failure(house: Lone) -> None:
    house.end("sweep", "worker", "slow", "beat")
    house.sql("UPDATE due_pulse SET at = clock_timestamp() - interval '11 s' WHERE name LIKE 'tick%%'")
    assert ask(house)[1]["status"] == "degraded"
    house.sql("UPDATE due_pulse SET at = clock_timestamp() - interval '61 s' WHERE name LIKE 'tick%%'")
    assert ask(house)[:1] == (503,)
    house.start("sweep", "worker", "slow", "beat")
    wait_until(house, "ok")


def test_the_house_is_as_well_as_ever_after_the_databases_clock_was_set_back(house: Lone) -> None:
    """As seen by the rows: all that was heard, and all that is planned, lies an hour ahead."""
    house.sql("UPDATE due_pulse SET at = at + interval '1 hour'")
    house.sql("UPDATE watchdog_chore SET due_at = due_at + interval '1 hour'")
    house.sql("DELETE FROM watchdog_proberun")
    wait_until(house, "ok")
