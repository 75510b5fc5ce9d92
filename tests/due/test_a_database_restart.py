"""PostgreSQL goes and comes back: the sweep and the workers go on by themselves, in the same processes."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.due.conftest import Lone

pytestmark = pytest.mark.thorough


def restart(lone: Lone, seconds_away: float) -> None:
    lone.postgres.stop()
    time.sleep(seconds_away)
    lone.postgres.start()


def end_sweep(lone: Lone, number: signal.Signals) -> None:
    """Tell the sweep to end, and expect that it does; one that stays says where each of its threads is."""
    process = lone.processes.pop("sweep")
    process.send_signal(number)
    try:
        assert process.wait(20) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        process.wait()
        pytest.fail(f"the sweep did not end\n{lone.log('sweep')}")


def test_the_sweep_goes_on_after_a_restart_of_the_database(lone: Lone) -> None:
    lone.start("sweep")
    lone.wait_for_a_tick(10)
    restart(lone, seconds_away=4)
    lone.wait_for_a_tick(8)
    assert lone.processes["sweep"].poll() is None
    assert "Traceback" not in lone.log("sweep")
    lone.end("sweep")


def test_a_worker_goes_on_after_a_restart_of_the_database(lone: Lone) -> None:
    lone.start("worker", "beat")
    lone.wait_for_a_tick(15)
    for _ in range(2):
        restart(lone, seconds_away=0.5)
        lone.wait_for_a_tick(5)
    lone.end("beat", "worker")


def test_a_worker_that_was_idle_while_the_database_restarted_loses_no_task(lone: Lone) -> None:
    """The connection broke while nobody used it: the next task must find that out by itself, and not by failing."""
    lone.start("worker", "beat")
    lone.wait_for_a_tick(15)
    lone.end("beat")
    time.sleep(2.5)
    restart(lone, seconds_away=0.1)
    before = lone.log("worker")
    lone.start("beat")
    lone.wait_for_a_tick(8)
    assert "OperationalError" not in lone.log("worker").removeprefix(before)
    lone.end("beat", "worker")


def test_the_sweep_ends_when_it_is_told_to_and_what_it_has_in_hand_is_done(lone: Lone) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        lone.start("sweep")
        lone.wait_for_a_tick(10)
        end_sweep(lone, number)
    assert "Traceback" not in lone.log("sweep")


def test_the_sweep_ends_when_it_is_told_to_while_the_database_is_away(lone: Lone) -> None:
    lone.start("sweep")
    lone.wait_for_a_tick(10)
    lone.postgres.stop()
    time.sleep(3)
    end_sweep(lone, signal.SIGTERM)
    lone.postgres.start()
