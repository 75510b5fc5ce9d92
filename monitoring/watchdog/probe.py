"""The test alert: a check of a patient who does not exist takes the way of every check, and each stage is timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import redis
from django.conf import settings
from redis.exceptions import RedisError

from monitoring.alerts.models import Alert
from monitoring.checks.actions import record_check
from monitoring.due.clock import now
from monitoring.due.pool import slow_pool
from monitoring.escalation.channels.probe import NAME as PROBE
from monitoring.escalation.models import Delivery
from monitoring.live import link, topics
from monitoring.watchdog.cast import NURSE, SURGEON, ensure_cast
from monitoring.watchdog.models import ProbeRun
from monitoring.watchdog.patient import PARALYSED, admit, purge
from wards.models import Staff, Stay

PATIENCE_SECONDS = 20.0  # a check must have become a call by then: ten sweeps
LIVE_SECONDS = 2.0  # how long an open page may take to hear of it after that
LOOK_EVERY_SECONDS = 0.05
KEPT = timedelta(days=7)
STAGES = ("recorded", "raised", "called", "arrived")
FAULTS = {
    "recorded": "the check could not be recorded",
    "raised": "the check was recorded, and no alert came of it",
    "called": "the alert was raised, and nobody was called",
    "arrived": "somebody was called, and the message did not arrive",
}
ARRIVED = (Delivery.State.ACCEPTED, Delivery.State.DELIVERED, Delivery.State.READ)


def send_test_alert() -> ProbeRun:
    """Run one, keep what it found, and leave nothing else behind. Whatever the last one left is cleared away first.

    One that the end of its own process cut short found nothing: perhaps nobody was left to sweep. It is not kept.
    """
    ensure_cast()
    purge()
    run = ProbeRun.objects.create()
    try:
        with Pages() as pages:
            _follow(run, admit(-run.pk), pages)
    finally:
        if slow_pool.ending and run.arrived is None:
            run.delete()
        else:
            _finish(run)
        purge()
        ProbeRun.objects.filter(started_at__lt=now() - KEPT).delete()
    return run


def _follow(run: ProbeRun, stay: Stay, pages: Pages) -> None:
    """Send the check, then look until the call has arrived, or patience or this process ends."""
    began = time.monotonic()
    record_check(stay, by=Staff.objects.get(pk=NURSE), at=None, findings=PARALYSED, key=uuid4())
    run.recorded = time.monotonic() - began
    while run.arrived is None and time.monotonic() - began < PATIENCE_SECONDS and not slow_pool.ending:
        _look(run, stay, time.monotonic() - began)
        if run.shown is None and pages.heard(LOOK_EVERY_SECONDS):
            run.shown = time.monotonic() - began
    ended = time.monotonic()
    while run.arrived is not None and run.shown is None and time.monotonic() - ended < LIVE_SECONDS and pages.there:
        if pages.heard(LOOK_EVERY_SECONDS):
            run.shown = time.monotonic() - began


def _look(run: ProbeRun, stay: Stay, seconds: float) -> None:
    """Note which stages have been reached."""
    if run.raised is None and Alert.objects.filter(stay=stay, level="critical").exists():
        run.raised = seconds
    if run.raised is None:
        return
    states = list(Delivery.objects.filter(alert__stay=stay, channel=PROBE).values_list("state", flat=True))
    if run.called is None and states:
        run.called = seconds
    if run.arrived is None and any(state in ARRIVED for state in states):
        run.arrived = seconds


def _finish(run: ProbeRun) -> None:
    """Keep the result, also of a run that an error ended."""
    missing = next((stage for stage in STAGES if getattr(run, stage) is None), "")
    run.passed = not missing
    run.fault = FAULTS.get(missing, "") or ("" if run.shown is not None else "open pages were not told")
    run.finished_at = now()
    run.save()


class Pages:
    """Listens as an open page of the surgeon who is called would. Without Redis it hears nothing, and goes on."""

    def __init__(self) -> None:
        self.there = False
        self._topic = topics.person(SURGEON)

    def __enter__(self) -> Pages:
        self._client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=link.TIMEOUT_SECONDS, socket_connect_timeout=link.TIMEOUT_SECONDS
        )
        self._subscription = self._client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        with self._or_away():
            self._subscription.subscribe(link.channel())
            self._subscription.get_message(timeout=link.TIMEOUT_SECONDS)
            self.there = True
        return self

    def __exit__(self, *_: object) -> None:
        with self._or_away():
            self._subscription.close()
        self._client.close()

    def heard(self, seconds: float) -> bool:
        """Wait for so long at most; whether the surgeon's pages were told something."""
        if not self.there:
            time.sleep(seconds)
            return False
        message = None
        with self._or_away():
            message = self._subscription.get_message(timeout=seconds)
        return message is not None and self._topic in message["data"].decode().split()

    @contextmanager
    def _or_away(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError):
            self.there = False
