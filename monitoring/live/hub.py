"""One subscription to Redis per web process, fanned out to any number of open streams.

Nothing here grows with a slow reader: what a stream has not taken yet is a set of topics, the latest pulse and the
state of the link, each at most once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from monitoring.live import link
from monitoring.live.listener import Listener
from monitoring.live.pulse import Pulse, Pulses

logger = logging.getLogger(__name__)

PING_AFTER_SECONDS = 2.0  # of silence; no answer within the next second, and the link is lost
PONG_SECONDS = 1.0
LONGEST_BACK_OFF_SECONDS = 2.0


class Hub:
    """The listeners of one event loop. It begins with `start`, or the first, and goes on as long as the loop runs.

    `ask` gives the state of alerting; it is called in a thread and may block.
    """

    def __init__(self, ask: Callable[[], Pulse]) -> None:
        self.listeners: set[Listener] = set()
        self._linked: bool | None = None  # None: not tried yet
        self._first_try_done = asyncio.Event()
        self._pulses = Pulses(ask, self._tell_pulse)
        self._tasks: list[asyncio.Task[None]] = []

    @contextmanager
    def listening(self, topics: frozenset[str]) -> Iterator[Listener]:
        """A listener to these topics, which hears from now on and is forgotten at the end.

        It is told first how things stand: the link, and the pulse.
        """
        self.start()
        listener = Listener(topics)
        if self._linked is not None:
            listener.hear_link(self._linked)
        if self._pulses.latest is not None:
            listener.hear_pulse(self._pulses.latest)
        self.listeners.add(listener)
        try:
            yield listener
        finally:
            self.listeners.discard(listener)

    async def ready(self) -> None:
        """Wait until the subscription stands, or is known not to: what changes after this is heard, or told as lost."""
        try:
            await asyncio.wait_for(self._first_try_done.wait(), 2 * link.TIMEOUT_SECONDS)
        except TimeoutError:
            self._tell_link(False)

    async def close(self) -> None:
        """Stop working, for tests: a process just ends."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def start(self) -> None:
        """Begin to work, in the running loop; once."""
        if not self._tasks:
            self._tasks = [_in_background(self._follow_redis()), _in_background(self._pulses.read_forever())]

    def _tell_pulse(self, pulse: Pulse) -> None:
        for listener in self.listeners:
            listener.hear_pulse(pulse)

    def _tell_link(self, linked: bool) -> None:
        self._first_try_done.set()
        if linked is self._linked:
            return
        logger.log(logging.INFO if linked else logging.WARNING, "live link to Redis: %s", "up" if linked else "LOST")
        self._linked = linked
        for listener in self.listeners:
            listener.hear_link(linked)

    def _tell_changed(self, topics: frozenset[str]) -> None:
        for listener in self.listeners:
            listener.hear_changed(topics)

    async def _follow_redis(self) -> None:
        """Stay subscribed for ever; streams are told at once when the link is lost and when it is back."""
        pause = 0.1
        while True:
            try:
                async with link.subscriber() as client, client.pubsub() as subscription:
                    await asyncio.wait_for(self._subscribe(subscription), 2 * link.TIMEOUT_SECONDS)
                    pause = 0.1
                    await self._listen(subscription)
            except (RedisError, OSError, TimeoutError) as error:
                logger.debug("Redis: %s", type(error).__name__)
            self._tell_link(False)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_BACK_OFF_SECONDS)

    async def _subscribe(self, subscription: PubSub) -> None:
        """Subscribe, and wait until Redis has confirmed it: only then is nothing missed any more."""
        await subscription.subscribe(link.channel())
        while (message := await subscription.get_message(timeout=None)) is None or message["type"] != "subscribe":
            pass
        self._tell_link(True)

    async def _listen(self, subscription: PubSub) -> None:
        """Pass messages on until the link fails. A Redis that is silent is asked whether it is there (it may hang)."""
        while True:
            message = await subscription.get_message(timeout=PING_AFTER_SECONDS)
            if message is None:
                await asyncio.wait_for(subscription.ping(), PONG_SECONDS)
                message = await subscription.get_message(timeout=PONG_SECONDS)
            if message is None:
                raise TimeoutError
            if message["type"] == "message":
                self._tell_changed(frozenset(message["data"].decode().split()))


def _in_background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Run in a context of its own: a request's context ends with the request, and its thread with it."""
    return asyncio.get_running_loop().create_task(work, context=Context())


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub_of_this_loop(ask: Callable[[], Pulse]) -> Hub:
    """The hub of the running event loop, made at its first use: one for a web process."""
    loop = asyncio.get_running_loop()
    for closed in [other for other in _hubs if other.is_closed()]:
        del _hubs[closed]
    if loop not in _hubs:
        _hubs[loop] = Hub(ask)
    return _hubs[loop]
