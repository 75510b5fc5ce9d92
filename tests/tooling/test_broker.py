"""A broker that is gone costs nothing, one that hangs costs half a second, and a worker outlives both."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
import redis
from celery import current_app
from kombu.exceptions import OperationalError

from monitoring.celery import app
from tests.stack import Stack, wait_for
from tools.valkey import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey.log")
    server.start()
    yield server
    server.stop()


def send(valkey: Valkey, *, times: int = 1) -> None:
    with app.connection_for_write(valkey.url) as connection:
        for _ in range(times):
            app.send_task("due.tick", connection=connection)


def refused_after(valkey: Valkey) -> float:
    """Seconds until sending a task has failed."""
    before = time.monotonic()
    with pytest.raises(OperationalError):
        send(valkey)
    return time.monotonic() - before


def test_a_stopped_broker_refuses_at_once(valkey: Valkey) -> None:
    send(valkey)
    valkey.stop()
    assert refused_after(valkey) < 0.3


def test_a_frozen_broker_is_given_up_after_half_a_second(valkey: Valkey) -> None:
    send(valkey)
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    assert 0.4 < refused_after(valkey) < 0.8


def test_a_task_sent_from_a_thread_of_the_pages_goes_to_our_broker() -> None:
    seen = []
    thread = Thread(target=lambda: seen.append(current_app.main))
    thread.start()
    thread.join()
    assert seen == ["spinewatch"]


def test_the_sender_has_a_time_limit_and_the_waiting_worker_has_none() -> None:
    sender, reader = app.connection_for_write().transport_options, app.connection_for_read().transport_options
    assert sender is not None
    assert reader is not None
    assert sender["socket_timeout"] == 0.5
    assert reader["socket_timeout"] is None


@pytest.mark.thorough
def test_a_worker_with_tasks_in_hand_still_hears_after_its_broker_was_frozen(stack: Callable[..., Stack]) -> None:
    running = stack("worker")
    send(running.valkey)
    wait_for(lambda: waiting(running) == 0, 20, "the worker takes its first task")
    send(running.valkey, times=30)
    running.freeze_valkey()
    time.sleep(2)
    running.thaw()
    send(running.valkey, times=5)
    wait_for(lambda: waiting(running) == 0, 15, f"the worker takes tasks again: {running.log('worker')}")


def waiting(running: Stack) -> int:
    """Tasks that no worker has finished: on the queue, or taken and not acknowledged."""
    with redis.Redis.from_url(running.valkey.url, socket_timeout=2.0) as client:
        return int(client.llen("detect")) + int(client.hlen("unacked"))
