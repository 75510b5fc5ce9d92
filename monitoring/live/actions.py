"""Tell open pages that something has changed. What changed they ask for themselves: no patient data travels here."""

from __future__ import annotations

import logging
import threading
from functools import partial

import pybreaker
from django.db import transaction
from redis.exceptions import RedisError

from monitoring.live import link

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5

# A Redis that hangs is worse than one that is gone: after one failure it is left alone for a while.
breaker = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=PAUSE_SECONDS, name="live")

_missed: set[str] = set()
_missed_lock = threading.Lock()


def publish(*topics: str) -> None:
    """Once the transaction commits, tell every page that listens to one of `topics` to look again. Never raises."""
    transaction.on_commit(partial(_send, topics), robust=True)


def redis_answers() -> bool:
    """Whether Redis answers, asked through the breaker: half a second at most, and only once in five."""
    try:
        breaker.call(link.client().ping)
    except (pybreaker.CircuitBreakerError, RedisError):
        return False
    return True


def _send(topics: tuple[str, ...] = ()) -> None:
    """Send these topics and those that could not be sent before; what fails now is sent again later."""
    with _missed_lock:
        sending = _missed.union(topics)
    if not sending:
        return
    try:
        breaker.call(link.client().publish, link.channel(), " ".join(sorted(sending)))
    except (pybreaker.CircuitBreakerError, RedisError) as error:
        logger.warning("no Redis (%s): open pages are told later", type(error).__name__)
        _keep_for_later(sending)
    else:
        with _missed_lock:
            _missed.difference_update(sending)


def _keep_for_later(topics: set[str]) -> None:
    """Remember topics, at most one entry a ward, and try again when the breaker has closed.

    Without this a page whose own link is back could go on showing what was true before.
    """
    with _missed_lock:
        waiting_already = bool(_missed)
        _missed.update(topics)
    if not waiting_already:
        _later()


def _later() -> None:
    timer = threading.Timer(PAUSE_SECONDS + 0.5, _send_missed)
    timer.daemon = True
    timer.start()


def _send_missed() -> None:
    _send()
    with _missed_lock:
        still_missed = bool(_missed)
    if still_missed:
        _later()
