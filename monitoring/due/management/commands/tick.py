"""`manage.py tick [--loop]`: the sweep without a broker. The guarantee when Redis, beat or the workers are away."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from monitoring.due.actions import tick

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 2.0
LONGEST_BACK_OFF_SECONDS = 5.0


class Command(BaseCommand):
    help = "Do all that is past due: once, or (--loop) every two seconds until SIGTERM or SIGINT."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until told to stop")

    def handle(self, *_args: Any, loop: bool, **_options: Any) -> None:
        if loop:
            self.go_on()
        else:
            self.stdout.write(f"{tick()} done")

    def go_on(self) -> None:
        """Tick until a signal comes; the row in hand is finished first. A database that is away is waited for."""
        stop = threading.Event()

        def stop_soon(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop_soon)
        failures = 0
        while not stop.is_set():
            failures = 0 if self.try_to_tick(stop) else failures + 1
            pause = INTERVAL_SECONDS if failures == 0 else min(0.5 * 2**failures, LONGEST_BACK_OFF_SECONDS)
            stop.wait(pause)

    @staticmethod
    def try_to_tick(stop: threading.Event) -> bool:
        """One tick on a connection that works. False, and the connection given up, where it failed."""
        try:
            close_old_connections()
            tick(keep_on=lambda: not stop.is_set())
        except Exception as error:  # noqa: BLE001  (the guarantee must not end with one bad tick)
            logger.error("a tick failed (%s); trying again", type(error).__name__)
            connection.close()
            return False
        return True
