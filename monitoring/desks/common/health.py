"""`/health/`: is the monitor itself alive? JSON for a probe; no sign-in, no patient data."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.due.queries import Heartbeat, heartbeat
from monitoring.live.actions import redis_answers

DATABASE_SECONDS = 0.9  # how long a probe waits for the database; Redis may take another half second
SILENT_AFTER = 10.0  # seconds since the last tick: degraded
DEAD_AFTER = 60.0  # failed


class Health(NamedTuple):
    status: Literal["ok", "degraded", "failed"]
    reasons: list[str]
    checked_seconds_ago: float | None


@login_not_required
@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while alerting works, degraded or not; 503 where it does not. Answers within 1.5 s in any state."""
    found = judge(probe.heartbeat(), redis_answers())
    return JsonResponse(found._asdict(), status=503 if found.status == "failed" else 200)


def judge(beat: Heartbeat | None, redis_is_there: bool) -> Health:
    """The verdict. `beat` is None where the database did not answer in time."""
    faults = [] if redis_is_there else ["Redis does not answer: the web processes assess by themselves, pages poll"]
    if beat is None:
        return Health("failed", ["the database does not answer", *faults], None)
    checked = None if beat.checked_seconds_ago is None else round(beat.checked_seconds_ago, 1)
    silence = "no sweep has ever run" if checked is None else f"the last sweep was {checked:.0f} s ago"
    is_dead = checked is None or checked > DEAD_AFTER
    if checked is None or checked > SILENT_AFTER:
        faults.append(silence)
    if beat.failing or beat.failing_discharged:
        faults.append(f"{beat.failing + beat.failing_discharged} stays cannot be assessed")
    if beat.late:
        faults.append(f"{beat.late} assessments are overdue by more than ten seconds")
    return Health("failed" if is_dead else "degraded" if faults else "ok", faults, checked)


class DatabaseProbe:
    """Asks the database in a thread of its own, so that one that hangs holds that thread only, and no probe."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
        self._lock = threading.Lock()
        self._asking: Future[Heartbeat] | None = None

    def heartbeat(self) -> Heartbeat | None:
        """The state of alerting; None where the database is away or slow. Callers at the same moment share a query."""
        with self._lock:
            if self._asking is None or self._asking.done():
                self._asking = self._thread.submit(self._ask)
            asking = self._asking
        try:
            return asking.result(DATABASE_SECONDS)
        except (Error, TimeoutError):
            return None

    @staticmethod
    def _ask() -> Heartbeat:
        try:
            return heartbeat()
        finally:
            connection.close()


probe = DatabaseProbe()
