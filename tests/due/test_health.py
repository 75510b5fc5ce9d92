"""`/health/` tells a probe how alerting is, within a second and a half, whatever else hangs."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest

from monitoring.desks.common.health import judge
from monitoring.due.clock import now
from monitoring.due.models import Pulse, Watch
from monitoring.due.queries import Heartbeat, heartbeat
from tests.cast import Cast, admit_patient
from tests.due.conftest import Lone
from tests.stack import wait_for

LONGEST = 1.6  # seconds for an answer


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
    lone.start("web", "sweep")
    lone.wait_for_a_tick(10)
    return lone


def wait_until(house: Lone, status: str, seconds: float = 15) -> None:
    wait_for(lambda: ask(house)[1]["status"] == status, seconds, f"health is {status}")


def test_all_is_well(house: Lone) -> None:
    wait_until(house, "ok")
    code, body, _ = ask(house)
    assert (code, body["reasons"]) == (200, [])
    assert body["checked_seconds_ago"] < 5


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


def test_a_sweep_that_has_died_is_degraded_and_then_a_failure(house: Lone) -> None:
    house.end("sweep")
    house.sql("UPDATE due_pulse SET at = clock_timestamp() - interval '11 s'")
    assert ask(house)[:1] == (200,)
    assert ask(house)[1]["status"] == "degraded"
    house.sql("UPDATE due_pulse SET at = clock_timestamp() - interval '61 s'")
    assert ask(house)[:1] == (503,)
    house.start("sweep")
    wait_until(house, "ok")


def beat(**changes: Any) -> Heartbeat:
    return Heartbeat(now(), 1.0, 0, 0, 0)._replace(**changes)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "ok"),
        ({"checked_seconds_ago": 10.0}, "ok"),
        ({"checked_seconds_ago": 10.1}, "degraded"),
        ({"checked_seconds_ago": 60.1}, "failed"),
        ({"checked_seconds_ago": None}, "failed"),
        ({"failing": 1}, "degraded"),
        ({"failing_discharged": 1}, "degraded"),
        ({"late": 1}, "degraded"),
    ],
)
@pytest.mark.django_db
def test_the_verdict(changes: dict[str, Any], status: str) -> None:
    found = judge(beat(**changes), redis_is_there=True)
    assert found.status == status
    assert bool(found.reasons) == (status != "ok")


def test_without_an_answer_of_the_database_the_verdict_is_failed() -> None:
    assert judge(None, redis_is_there=True).status == "failed"


def test_the_heartbeat_counts_what_fails_and_what_is_late(cast: Cast) -> None:
    assert heartbeat().checked_seconds_ago is None
    Pulse.objects.create(name="tick", at=now() - timedelta(seconds=7))
    stay = admit_patient(cast)
    Watch.objects.filter(stay=stay).update(assess_at=now() - timedelta(seconds=9), failing_since=None)
    found = heartbeat()
    assert found.checked_seconds_ago == pytest.approx(7, abs=0.5)
    assert (found.failing, found.failing_discharged, found.late) == (0, 0, 0)
    Watch.objects.filter(stay=stay).update(assess_at=now() - timedelta(seconds=11), failing_since=now())
    assert heartbeat()[2:] == (1, 0, 1)
    type(stay).objects.filter(pk=stay.pk).update(discharged_at=now(), departure="home")
    assert heartbeat()[2:] == (0, 1, 1)
