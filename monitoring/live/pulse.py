"""Whether alerting works, asked once every few seconds per process, however many pages look on."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5.0
PATIENCE_SECONDS = 3.0  # for the answer; after that the pages are told that nobody knows


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state of alerting when it was asked for. Where nobody knows, everything is None, which is never fine.

    `fault`: what else a ward must know, in words; empty where alerting works.
    """

    checked_seconds_ago: float | None = None
    failing: int | None = None
    late: int | None = None
    as_of: datetime | None = None
    fault: str | None = None
    _asked_at: float = field(default_factory=time.monotonic)

    def data(self) -> dict[str, Any]:
        """For a page, now: the seconds since the last check have gone on since this was asked."""
        checked = self.checked_seconds_ago
        if checked is not None:
            checked = round(checked + time.monotonic() - self._asked_at, 1)
        as_of = None if self.as_of is None else self.as_of.isoformat()
        state = {"checked_seconds_ago": checked, "failing": self.failing, "late": self.late, "as_of": as_of}
        return state | {"fault": self.fault}


UNKNOWN = Pulse()


class Pulses:
    """Asks again and again, in a thread, and passes each answer on. `ask` may block and may raise."""

    def __init__(self, ask: Callable[[], Pulse], tell: Callable[[Pulse], None]) -> None:
        self.latest: Pulse | None = None
        self._ask = ask
        self._tell = tell

    async def read_forever(self) -> None:
        """A database that hangs holds one thread, not one more every five seconds, and the pages are told meanwhile."""
        asking: asyncio.Task[Pulse] | None = None
        while True:
            asking = asking or asyncio.create_task(asyncio.to_thread(self._ask))
            await asyncio.wait({asking}, timeout=PATIENCE_SECONDS)
            self.latest = self._answer(asking)
            if asking.done():
                asking = None
            self._tell(self.latest)
            await asyncio.sleep(INTERVAL_SECONDS)

    @staticmethod
    def _answer(asking: asyncio.Task[Pulse]) -> Pulse:
        if not asking.done():
            return UNKNOWN
        error = asking.exception()
        if error is not None:
            logger.warning("the state of alerting is unknown: %s", type(error).__name__)
            return UNKNOWN
        return asking.result()
