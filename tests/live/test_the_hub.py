"""One subscription for any number of streams; none of them grows, and all know at once when the link is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import redis

from monitoring.live import hub as module
from monitoring.live import link, pulse
from monitoring.live.hub import Hub
from monitoring.live.listener import Event, Listener
from monitoring.live.pulse import Pulse
from tests.live.conftest import OwnValkey
from tests.playing import play

WARD_1, WARD_2 = frozenset({"ward.1"}), frozenset({"ward.2"})
FINE = Pulse(checked_seconds_ago=1.0, failing=0, late=0)


def fine() -> Pulse:
    return FINE


@asynccontextmanager
async def working_hub(ask: Callable[[], Pulse] = fine) -> AsyncIterator[Hub]:
    hub = Hub(ask)
    try:
        yield hub
    finally:
        await hub.close()


def say(valkey: OwnValkey, *topics: str) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.publish(link.channel(), " ".join(topics))


def subscriptions(valkey: OwnValkey) -> int:
    with redis.Redis.from_url(valkey.url) as client:
        found: Any = client.pubsub_numsub(link.channel())
    return int(found[0][1])


async def until(listener: Listener, name: str, seconds: float) -> tuple[Event, float]:
    """Wait for an event of this name; it, and how long that took."""
    began = time.monotonic()
    while (left := began + seconds - time.monotonic()) > 0:
        for event in await listener.heard(left):
            if event.name == name:
                return event, time.monotonic() - began
    raise AssertionError(f"no {name} within {seconds} s")


async def quiet(listener: Listener, seconds: float) -> list[Event]:
    """What comes within the time, pulses and links aside."""
    heard, end = [], time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        heard += [event for event in await listener.heard(left) if event.name == "changed"]
    return heard


def test_a_stream_hears_its_own_wards_only(valkey: OwnValkey) -> None:
    async def story() -> None:
        async with working_hub() as hub:
            with hub.listening(WARD_1) as first, hub.listening(WARD_2) as second:
                await hub.ready()
                say(valkey, "ward.1")
                event, seconds = await until(first, "changed", 2)
                assert event.data == {"topic": "ward.1"}
                assert seconds < 0.3
                assert await quiet(second, 0.3) == []

    play(story())


def test_a_hundred_streams_are_one_subscription(valkey: OwnValkey) -> None:
    async def story() -> None:
        async with working_hub() as hub:
            with suppress(StopIteration):
                managers = [hub.listening(WARD_1) for _ in range(100)]
                listeners = [manager.__enter__() for manager in managers]
                await hub.ready()
                assert await asyncio.to_thread(subscriptions, valkey) == 1
                say(valkey, "ward.1")
                for listener in listeners:
                    await until(listener, "changed", 2)
                for manager in managers:
                    manager.__exit__(None, None, None)
                assert hub.listeners == set()

    play(story())


def test_a_slow_reader_hears_each_topic_once_however_often_it_changed(valkey: OwnValkey) -> None:
    async def story() -> None:
        async with working_hub() as hub:
            with hub.listening(WARD_1 | WARD_2) as slow:
                await hub.ready()
                for _ in range(500):
                    say(valkey, "ward.1", "ward.2", "ward.3")
                await asyncio.sleep(0.5)
                heard = [event.data["topic"] for event in await slow.heard(1) if event.name == "changed"]
                assert heard == ["ward.1", "ward.2"]
                assert await quiet(slow, 0.2) == []

    play(story())


def test_a_new_stream_is_told_once_how_things_are(valkey: OwnValkey) -> None:
    async def story() -> None:
        async with working_hub() as hub:
            with hub.listening(WARD_1):
                await hub.ready()
                assert subscriptions(valkey) == 1, "it is subscribed before it is ready"
            with hub.listening(WARD_1) as late:
                await hub.ready()
                assert await late.heard(0.1) == [Event("link", {"ok": True}), Event("pulse", FINE.data())]
                assert await late.heard(0.1) == [], "said once"

    play(story())


def test_without_redis_a_new_stream_is_told_that_there_is_no_link(valkey: OwnValkey) -> None:
    async def story() -> None:
        valkey.stop()
        async with working_hub() as hub:
            with hub.listening(WARD_1) as listener:
                await hub.ready()
                assert (await until(listener, "link", 1))[0].data == {"ok": False}


def test_a_redis_that_is_frozen_from_the_first_is_told_as_a_lost_link(valkey: OwnValkey) -> None:
    async def story() -> None:
        valkey.freeze()
        async with working_hub() as hub:
            with hub.listening(WARD_1) as listener:
                await hub.ready()
                assert (await until(listener, "link", 1))[0].data == {"ok": False}

    play(story())


def test_streams_are_told_at_once_that_redis_has_gone_and_that_it_is_back(valkey: OwnValkey) -> None:
    async def story() -> None:
        async with working_hub() as hub:
            with hub.listening(WARD_1) as listener:
                await hub.ready()
                await listener.heard(0.1)
                valkey.stop()
                event, seconds = await until(listener, "link", 3)
                assert (event.data, seconds < 1) == ({"ok": False}, True)
                valkey.start()
                event, seconds = await until(listener, "link", 5)
                assert event.data == {"ok": True}
                say(valkey, "ward.1")
                await until(listener, "changed", 2)

    play(story())


@pytest.mark.thorough
def test_a_frozen_redis_is_noticed_within_four_seconds_and_its_thaw_too(valkey: OwnValkey) -> None:
    async def story() -> None:
        async with working_hub() as hub:
            with hub.listening(WARD_1) as listener:
                await hub.ready()
                await listener.heard(0.1)
                valkey.freeze()
                event, seconds = await until(listener, "link", 6)
                assert (event.data, seconds < 4) == ({"ok": False}, True)
                valkey.thaw()
                event, seconds = await until(listener, "link", 6)
                assert (event.data, seconds < 4) == ({"ok": True}, True)
                say(valkey, "ward.1")
                await until(listener, "changed", 2)

    play(story())


def test_a_silent_redis_that_answers_pings_is_no_lost_link(valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_AFTER_SECONDS", 0.1)

    async def story() -> None:
        async with working_hub() as hub:
            with hub.listening(WARD_1) as listener:
                await hub.ready()
                await listener.heard(0.1)
                heard = [event for _ in range(10) for event in await listener.heard(0.1)]
                assert [event for event in heard if event.name == "link"] == []
                say(valkey, "ward.1")
                await until(listener, "changed", 1)

    play(story())


def test_the_pulse_is_asked_for_once_however_many_look_on(valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "INTERVAL_SECONDS", 0.2)
    asked: list[float] = []

    def ask() -> Pulse:
        asked.append(time.monotonic())
        return FINE

    async def story() -> None:
        async with working_hub(ask) as hub:
            with hub.listening(WARD_1) as first, hub.listening(WARD_1) as second:
                await asyncio.sleep(1.1)
                assert (await until(first, "pulse", 1))[0].data["failing"] == 0
                assert (await until(second, "pulse", 1))[0].data["failing"] == 0
        assert 4 <= len(asked) <= 7

    play(story())


def test_a_pulse_grows_older_while_it_waits_to_be_told() -> None:
    old = Pulse(checked_seconds_ago=1.0, failing=0, late=0, _asked_at=time.monotonic() - 4)
    assert old.data()["checked_seconds_ago"] == pytest.approx(5.0, abs=0.2)


def test_a_database_that_fails_is_told_as_unknown_and_not_as_fine(
    valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> Pulse:
        raise ConnectionError

    async def story() -> None:
        async with working_hub(ask) as hub:
            with hub.listening(WARD_1) as listener:
                event, _ = await until(listener, "pulse", 2)
                assert set(event.data) == {"checked_seconds_ago", "failing", "late", "as_of", "fault"}
                assert not any(value is not None for value in event.data.values())

    play(story())


def test_a_database_that_hangs_is_told_as_unknown_and_holds_one_thread(
    valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "INTERVAL_SECONDS", 0.1)
    monkeypatch.setattr(pulse, "PATIENCE_SECONDS", 0.1)
    asked: list[float] = []

    def ask() -> Pulse:
        asked.append(time.monotonic())
        time.sleep(1.5)
        return FINE

    async def story() -> None:
        async with working_hub(ask) as hub:
            with hub.listening(WARD_1) as listener:
                assert (await until(listener, "pulse", 1))[0].data["failing"] is None
                await asyncio.sleep(0.8)
                assert len(asked) == 1
                await listener.heard(0.1)
                while (await until(listener, "pulse", 3))[0].data["failing"] is None:
                    pass

    play(story())
