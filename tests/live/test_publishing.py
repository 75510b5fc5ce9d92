"""Telling open pages that something changed: after the commit, without patient data, and never in anybody's way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pybreaker
import pytest
import redis
from django.db import connection, transaction

from monitoring.live import actions, link, topics
from monitoring.live.actions import publish, redis_answers
from tests.live.conftest import OwnValkey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(valkey: OwnValkey) -> Iterator[Callable[[], list[str]]]:
    """What was said on the channel since last asked."""
    client = redis.Redis.from_url(valkey.url)
    subscription = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    subscription.subscribe(link.channel())
    subscription.get_message(timeout=1)

    def messages() -> list[str]:
        said = []
        while message := subscription.get_message(timeout=0.2):
            said.append(message["data"].decode())
        return said

    yield messages
    subscription.close()
    client.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A breaker that tries again after half a second instead of five."""
    monkeypatch.setattr(actions, "PAUSE_SECONDS", 0.3)
    monkeypatch.setattr(actions, "breaker", pybreaker.CircuitBreaker(fail_max=1, reset_timeout=0.5))


def seconds_of(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def test_pages_are_told_after_the_commit_and_of_the_place_only(heard: Callable[[], list[str]]) -> None:
    with transaction.atomic():
        publish(topics.ward(3), topics.ward(12))
        assert heard() == []
    assert heard() == ["ward.12 ward.3"]


def test_pages_are_not_told_of_what_was_rolled_back(heard: Callable[[], list[str]]) -> None:
    with transaction.atomic():
        publish(topics.ward(3))
        transaction.set_rollback(True)
    assert heard() == []


def test_a_frozen_redis_costs_half_a_second_once(valkey: OwnValkey) -> None:
    publish(topics.ward(1))
    valkey.freeze()
    assert seconds_of(lambda: publish(topics.ward(1))) < link.TIMEOUT_SECONDS + 0.2
    began = time.perf_counter()
    for _ in range(20):
        publish(topics.ward(1))
    assert time.perf_counter() - began < 0.1


def test_a_stopped_redis_costs_nothing_and_raises_nothing(valkey: OwnValkey) -> None:
    valkey.stop()
    assert seconds_of(lambda: publish(topics.ward(1))) < 0.2


def test_the_log_of_a_lost_redis_names_no_address(valkey: OwnValkey, caplog: pytest.LogCaptureFixture) -> None:
    valkey.stop()
    publish(topics.ward(1))
    assert "open pages are told later" in caplog.text
    assert valkey.password not in caplog.text


def test_what_could_not_be_told_is_told_when_redis_is_back(
    valkey: OwnValkey, heard: Callable[[], list[str]], hasty: None
) -> None:
    valkey.freeze()
    publish(topics.ward(1))
    publish(topics.ward(2), topics.ward(1))
    valkey.thaw()
    said: set[str] = set()
    deadline = time.monotonic() + 5
    while said != {"ward.1", "ward.2"} and time.monotonic() < deadline:
        said.update(" ".join(heard()).split())
    assert said == {"ward.1", "ward.2"}
    assert actions._missed == set()


def test_what_is_kept_for_later_cannot_grow_beyond_the_wards(valkey: OwnValkey) -> None:
    valkey.stop()
    for _ in range(500):
        publish(topics.ward(1), topics.ward(2))
    assert actions._missed == {"ward.1", "ward.2"}


def test_redis_is_asked_through_the_breaker(valkey: OwnValkey) -> None:
    assert redis_answers()
    valkey.freeze()
    assert not redis_answers()
    assert seconds_of(redis_answers) < 0.05
    valkey.thaw()


def test_publishing_outside_a_transaction_is_at_once(heard: Callable[[], list[str]]) -> None:
    assert not connection.in_atomic_block
    publish(topics.ward(5))
    assert heard() == ["ward.5"]
