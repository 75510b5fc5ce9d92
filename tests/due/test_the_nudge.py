"""The fast path: a worker is told at once; without a broker, or with one that hangs, the row is done here and soon."""

from __future__ import annotations

import base64
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pybreaker
import pytest
import redis
from celery import Celery
from django.db import connection, transaction

from monitoring.due import nudge as module
from monitoring.due.nudge import nudge
from monitoring.due.registry import Lane
from tests.due.rows import Rows
from tools.servers import Valkey

pytestmark = pytest.mark.django_db(transaction=True)
Sweeps = Callable[..., Rows]
TIMEOUT = 0.5  # seconds: BROKER_TIMEOUT of the settings
PAUSE = 1.0  # of the tests' breaker; the application's is five seconds


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """The application as configured, on a Valkey of its own, with connections that are warm."""
    app = Celery("test", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf["broker_url"] = valkey.url
    monkeypatch.setattr(module, "current_app", app)
    monkeypatch.setattr(module, "broker", pybreaker.CircuitBreaker(fail_max=1, reset_timeout=PAUSE))
    app.send_task("warm.up", queue="elsewhere")
    yield valkey
    app.close()


def freeze(valkey: Valkey) -> None:
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)


def thaw(valkey: Valkey) -> None:
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGCONT)


def sent(valkey: Valkey, queue: str = "detect") -> list[int]:
    """The row ids of the messages that wait for a worker, oldest first."""
    with redis.Redis.from_url(valkey.url) as client:
        messages: Any = client.lrange(queue, 0, -1)
    bodies = [json.loads(base64.b64decode(json.loads(message)["body"])) for message in reversed(messages)]
    return [body[0][0] for body in bodies]


def seconds_of(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def test_a_worker_is_told_once_the_transaction_commits(sweeps: Sweeps, broker: Valkey) -> None:
    rows = sweeps(todo=[7])
    with transaction.atomic():
        nudge("test", 7)
        assert sent(broker) == []
    assert sent(broker) == [7]
    assert rows.done == []


def test_nobody_is_told_of_what_was_rolled_back(sweeps: Sweeps, broker: Valkey) -> None:
    rows = sweeps(todo=[7])
    with transaction.atomic():
        nudge("test", 7)
        transaction.set_rollback(True)
    assert (sent(broker), rows.done) == ([], [])


def test_with_the_broker_stopped_the_row_is_done_here(sweeps: Sweeps, broker: Valkey) -> None:
    rows = sweeps(todo=[7])
    broker.stop()
    assert seconds_of(lambda: nudge("test", 7)) < 0.2
    assert rows.done == [7]


def test_slow_work_is_sent_to_its_own_queue(sweeps: Sweeps, broker: Valkey) -> None:
    sweeps(todo=[7], lane=Lane.SLOW)
    nudge("test", 7)
    assert (sent(broker, "slow"), sent(broker)) == ([7], [])


def test_with_the_broker_stopped_slow_work_is_left_to_the_sweep(sweeps: Sweeps, broker: Valkey) -> None:
    rows = sweeps(todo=[7], lane=Lane.SLOW)
    broker.stop()
    nudge("test", 7)
    assert (rows.done, rows.todo) == ([], [7])


def test_with_the_broker_frozen_the_row_is_done_here_within_the_time_out(sweeps: Sweeps, broker: Valkey) -> None:
    rows = sweeps(todo=[7, 8])
    freeze(broker)
    assert seconds_of(lambda: nudge("test", 7)) < TIMEOUT + 0.2
    assert seconds_of(lambda: nudge("test", 8)) < 0.1, "the second must not wait as well"
    assert rows.done == [7, 8]


def test_a_process_that_never_spoke_to_the_frozen_broker_waits_no_longer(
    sweeps: Sweeps, broker: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = sweeps(todo=[7])
    cold = Celery("cold", set_as_current=False)
    cold.config_from_object("django.conf:settings", namespace="CELERY")
    cold.conf["broker_url"] = broker.url
    monkeypatch.setattr(module, "current_app", cold)
    freeze(broker)
    assert seconds_of(lambda: nudge("test", 7)) < TIMEOUT + 0.3
    assert rows.done == [7]
    cold.close()


def test_eight_threads_at_a_frozen_broker_wait_together_and_not_in_turn(sweeps: Sweeps, broker: Valkey) -> None:
    rows = sweeps(todo=list(range(8)))
    freeze(broker)
    waits: list[float] = []

    def work(row_id: int) -> None:
        waits.append(seconds_of(lambda: nudge("test", row_id)))
        connection.close()

    threads = [threading.Thread(target=work, args=[row_id]) for row_id in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(waits) < TIMEOUT + 0.3
    assert sorted(rows.done) == list(range(8))


def test_a_broker_that_thaws_is_used_again_and_gets_each_message_once(sweeps: Sweeps, broker: Valkey) -> None:
    """The one message that was in the frozen broker's hands arrives late: harmless, the row is done once."""
    rows = sweeps(todo=[1, 2])
    freeze(broker)
    nudge("test", 1)
    nudge("test", 2)
    thaw(broker)
    time.sleep(PAUSE + 0.1)
    for row_id in (11, 12, 13):
        nudge("test", row_id)
    assert sent(broker) in ([1, 11, 12, 13], [11, 12, 13])
    assert rows.done == [1, 2]


def test_a_broker_that_was_restarted_is_used_again(sweeps: Sweeps, broker: Valkey) -> None:
    rows = sweeps(todo=[1])
    broker.stop()
    nudge("test", 1)
    broker.start()
    time.sleep(PAUSE + 0.1)
    nudge("test", 2)
    assert (sent(broker), rows.done) == ([2], [1])


def test_a_row_that_raises_here_does_not_reach_whoever_saved(sweeps: Sweeps, broker: Valkey) -> None:
    def fail(row_id: int) -> None:
        raise RuntimeError

    rows = sweeps(todo=[7], work=fail)
    broker.stop()
    with transaction.atomic():
        nudge("test", 7)
    assert rows.failed == [(7, "RuntimeError")]
