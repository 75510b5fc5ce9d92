"""`manage.py tick [--loop]`: the sweep without a broker. The guarantee when Redis, beat or the workers are away."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from monitoring.due.actions import heard_from, tick
from monitoring.due.pool import slow_pool
from monitoring.due.registry import Lane

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 2.0
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_BACK_OFF_SECONDS = 5.0
LAST_WORDS_SECONDS = 12.0  # how long the loop waits at its end for what is being sent (a send takes 10 s at most)


class Command(BaseCommand):
    help = "Do all that is past due: once, or (--loop) every two seconds until SIGTERM or SIGINT."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until told to stop")

    def handle(self, *_args: Any, loop: bool, **_options: Any) -> None:
        if loop:
            self.go_on()
        else:
            self.stdout.write(f"{sum(tick(lane=lane) for lane in Lane)} done")

    def go_on(self) -> None:
        """Sweep each lane in a thread of its own until a signal comes; rows in hand are finished first.

        A thread has its own connection, and what fails in one lane does not stop the other.
        """
        stop = threading.Event()

        def stop_soon(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop_soon)
        lanes = [threading.Thread(target=sweep, args=[lane, stop], name=f"sweep-{lane.value}") for lane in Lane]
        for thread in lanes:
            thread.start()
        for thread in lanes:
            thread.join()
        if not slow_pool.end(LAST_WORDS_SECONDS):
            # Python would wait for the thread at its end, however long. What is in hand has a lease or is tried again.
            logger.warning("the loop ends with work in hand")
            logging.shutdown()
            os._exit(0)


def sweep(lane: Lane, stop: threading.Event) -> None:
    """Tick a lane every two seconds until `stop`. A database that is away is waited for."""
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        failures = 0 if try_to_tick(lane, stop) else failures + 1
        if failures:
            stop.wait(min(0.5 * 2**failures, LONGEST_BACK_OFF_SECONDS))
        else:
            stop.wait(max(SHORTEST_PAUSE_SECONDS, INTERVAL_SECONDS - (time.monotonic() - began)))
    connection.close()


def try_to_tick(lane: Lane, stop: threading.Event) -> bool:
    """One tick on a connection that works. False, and the connection given up, where it failed."""
    try:
        close_old_connections()
        tick(lane=lane, keep_on=lambda: not stop.is_set(), wait=False)
        heard_from(f"loop.{lane.value}")
    except Exception as error:  # noqa: BLE001  (the guarantee must not end with one bad tick)
        logger.error("a tick of the lane %s failed (%s); trying again", lane.value, type(error).__name__)
        connection.close()
        return False
    return True
