"""A few threads for work that may hang, so that one slow provider does not hold up the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

THREADS = 4


class Pool:
    """Does rows in threads, each on a database connection of its own that is closed after the row.

    A row in hand is not taken again by the same process. Between processes its own lock or lease decides.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="slow")
        self._threads = threads
        self._in_hand: set[tuple[str, int]] = set()
        self._changed = threading.Condition()
        self._ending = threading.Event()

    def has(self, name: str, row_id: int) -> bool:
        """Whether that row of that sweep is in hand."""
        with self._changed:
            return (name, row_id) in self._in_hand

    def take(self, name: str, row_id: int, work: Callable[[], None], *, until: float) -> bool:
        """Have a thread do `work`, waiting for a free one until `until` (monotonic seconds). False: there was none."""
        with self._changed:
            if not self._changed.wait_for(self._is_free, max(0.0, until - time.monotonic())):
                return False
            self._in_hand.add((name, row_id))
        self._executor.submit(self._do, name, row_id, work)
        return True

    @property
    def ending(self) -> bool:
        """Whether the process is about to end: work that only waits for others looks here, and gives up."""
        return self._ending.is_set()

    def end(self, seconds: float) -> bool:
        """Ask what is in hand to end where it can, and wait for it; whether all of it ended in so many seconds."""
        self._ending.set()
        return self.finish(seconds)

    def finish(self, seconds: float | None = None) -> bool:
        """Wait until nothing is in hand; whether that came about in so many seconds (None: however long)."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._in_hand, seconds)

    def _is_free(self) -> bool:
        return len(self._in_hand) < self._threads

    def _do(self, name: str, row_id: int, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()
            with self._changed:
                self._in_hand.discard((name, row_id))
                self._changed.notify_all()


slow_pool = Pool()
