"""Slow work stands in nobody's way: its own lane, lock and pulse, a few threads, and never a web process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from monitoring.due import actions
from monitoring.due.actions import TICK_LOCKS, tick
from monitoring.due.clock import now
from monitoring.due.management.commands.tick import sweep
from monitoring.due.models import Pulse
from monitoring.due.pool import THREADS, Pool, slow_pool
from monitoring.due.queries import seconds_since
from monitoring.due.registry import Lane
from tests.due.rows import Rows
from tests.stack import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
Sweeps = Callable[..., Rows]


@pytest.fixture(autouse=True)
def _nothing_is_left_in_hand() -> Iterator[None]:
    yield
    assert slow_pool.finish(10)


def sessions() -> int:
    """How many sessions the tests' database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        found: int = cursor.fetchone()[0]
    return found


def test_a_tick_does_its_own_lane_only(sweeps: Sweeps) -> None:
    quick, slow = sweeps(name="quick", todo=[1]), sweeps(name="slow", todo=[2], lane=Lane.SLOW)
    tick()
    assert (quick.done, slow.done) == ([1], [])
    tick(lane=Lane.SLOW)
    assert slow.done == [2]


def test_each_lane_has_a_pulse_of_its_own(sweeps: Sweeps) -> None:
    sweeps()
    tick(lane=Lane.SLOW)
    assert seconds_since("tick") is None
    assert seconds_since("tick.slow") == pytest.approx(0, abs=1)


def test_a_lane_that_is_held_does_not_hold_the_other(sweeps: Sweeps) -> None:
    quick, slow = sweeps(name="quick", todo=[1]), sweeps(name="slow", todo=[2], lane=Lane.SLOW)
    for lane in Lane:
        Pulse.objects.create(name=lane.pulse, at=now())
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TICK_LOCKS[Lane.SLOW]])
    assert (tick(lane=Lane.SLOW), tick()) == (0, 1)
    other.close()
    assert (quick.done, slow.done) == ([1], [])


def test_slow_rows_are_done_beside_each_other(sweeps: Sweeps) -> None:
    """All four wait for each other: one after the other they would never meet."""
    barrier = threading.Barrier(THREADS)
    rows = sweeps(todo=list(range(THREADS)), lane=Lane.SLOW, work=lambda _: barrier.wait(5))
    assert tick(lane=Lane.SLOW) == THREADS
    assert sorted(rows.done) == list(range(THREADS))


def test_one_slow_row_does_not_hold_up_the_others_nor_the_next_tick(sweeps: Sweeps) -> None:
    release = threading.Event()

    def hang(row_id: int) -> None:
        if row_id == 1:
            release.wait(10)

    rows = sweeps(todo=[1, 2, 3], lane=Lane.SLOW, work=hang)
    tick(lane=Lane.SLOW, wait=False)
    wait_for(lambda: sorted(rows.done) == [2, 3], 2, "the other rows are done")
    rows.todo.append(4)
    began = time.monotonic()
    tick(lane=Lane.SLOW, wait=False)
    wait_for(lambda: 4 in rows.done, 2, "a later row is done")
    assert time.monotonic() - began < 1
    release.set()
    slow_pool.finish()
    assert sorted(rows.done) == [1, 2, 3, 4], "and the one in hand was not taken twice"


def test_with_every_thread_busy_a_tick_ends_in_time_and_leaves_the_rest(
    sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TICK_SECONDS", 0.3)
    release = threading.Event()
    rows = sweeps(todo=list(range(THREADS + 2)), lane=Lane.SLOW, work=lambda _: release.wait(10))
    began = time.monotonic()
    assert tick(lane=Lane.SLOW, wait=False) == THREADS
    assert time.monotonic() - began < 1
    assert seconds_since("tick.slow") == pytest.approx(0, abs=1)
    release.set()
    slow_pool.finish()
    tick(lane=Lane.SLOW)
    assert sorted(rows.done) == list(range(THREADS + 2))


def test_a_slow_row_that_raises_is_put_off(sweeps: Sweeps) -> None:
    def fail(row_id: int) -> None:
        raise ValueError

    rows = sweeps(todo=[1], lane=Lane.SLOW, work=fail)
    tick(lane=Lane.SLOW)
    assert rows.failed == [(1, "ValueError")]


def test_the_threads_give_their_connections_back(sweeps: Sweeps) -> None:
    def look(row_id: int) -> None:
        now()

    before = sessions()
    sweeps(todo=list(range(20)), lane=Lane.SLOW, work=look)
    tick(lane=Lane.SLOW)
    wait_for(lambda: sessions() <= before, 3, "no session is left over")


def test_a_pool_says_when_it_has_not_finished() -> None:
    pool, release = Pool(1), threading.Event()

    def wait() -> None:
        release.wait(10)

    assert pool.take("x", 1, wait, until=time.monotonic())
    assert pool.finish(0.05) is False
    assert pool.take("x", 2, lambda: None, until=time.monotonic() + 0.05) is False
    release.set()
    assert pool.finish(5) is True


def test_much_of_one_kind_of_work_does_not_starve_another(sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(actions, "BATCH", 5)
    many = sweeps(name="many", todo=list(range(1000)), work=lambda _: time.sleep(0.02))
    other = sweeps(name="other", todo=[1])
    tick()
    assert other.done == [1]
    assert len(many.done) == 5


def test_the_loop_goes_on_in_one_lane_while_the_other_fails(sweeps: Sweeps) -> None:
    sweeps(name="quick", blind=True)
    slow = sweeps(name="slow", todo=[1], lane=Lane.SLOW)
    stop = threading.Event()
    threads = [threading.Thread(target=sweep, args=[lane, stop]) for lane in Lane]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: slow.done == [1], 3, "the slow lane works")
        wait_for(lambda: seconds_since("loop.slow") is not None, 3, "and says so")
        assert seconds_since("loop.detect") is None
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_beat_sends_a_tick_for_every_lane_to_its_own_queue() -> None:
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    assert {(entry["args"][0], entry["options"]["queue"]) for entry in entries} == {
        (lane.value, lane.value) for lane in Lane
    }
