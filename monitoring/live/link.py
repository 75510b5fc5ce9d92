"""The way to Redis: one channel, whose messages are topics separated by spaces."""

from __future__ import annotations

from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 0.5  # a Redis that hangs must not hold the form


def channel() -> str:
    return f"{settings.LIVE_CHANNEL_PREFIX}.changed"


def client() -> redis.Redis:
    """This process's client for publishing: short time-outs and no retries of its own."""
    return _client(settings.REDIS_URL)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


def subscriber() -> redis.asyncio.Redis:
    """A client for one subscription, which waits for messages as long as it is told to."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=AsyncRetry(NoBackoff(), 0),
        health_check_interval=0,
    )
