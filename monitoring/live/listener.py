"""One open stream's view of what the hub hears."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any, NamedTuple

from monitoring.live.pulse import Pulse


class Event(NamedTuple):
    """One server-sent event."""

    name: str
    data: dict[str, Any]

    def frame(self) -> bytes:
        return f"event: {self.name}\ndata: {json.dumps(self.data)}\n\n".encode()


class Listener:
    """What one stream has not been told yet. It cannot grow: a set of topics, one pulse, one state of the link."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._changed: set[str] = set()
        self._pulse: Pulse | None = None
        self._linked: bool | None = None
        self._woken = asyncio.Event()

    def hear_changed(self, topics: frozenset[str]) -> None:
        if mine := topics & self.topics:
            self._changed |= mine
            self._woken.set()

    def hear_pulse(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._woken.set()

    def hear_link(self, linked: bool) -> None:
        self._linked = linked
        self._woken.set()

    async def heard(self, seconds: float) -> list[Event]:
        """Wait until there is something to tell, `seconds` at most, and take it; empty where there was nothing."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()
        link = [] if self._linked is None else [Event("link", {"ok": self._linked})]
        changed = [Event("changed", {"topic": topic}) for topic in sorted(self._changed)]
        pulse = [] if self._pulse is None else [Event("pulse", self._pulse.data())]
        self._linked, self._pulse = None, None
        self._changed.clear()
        return [*link, *changed, *pulse]
