"""`/health/` and `/metrics`: is the monitor itself alive? For machines; no sign-in, no patient data."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from ipaddress import ip_address
from typing import Generic, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.watchdog.metrics import CONTENT_TYPE, exposition, measure
from monitoring.watchdog.queries import around, look
from monitoring.watchdog.verdict import judge

DATABASE_SECONDS = 0.9  # how long a probe waits for the database; Redis may take another half second

Answer = TypeVar("Answer")


@login_not_required
@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while alerting works, degraded or not; 503 where it does not. Answers within 1.5 s in any state."""
    found = looking.ask()
    verdict = judge(found, around())
    checked = None if found is None else found.silence("tick")
    tested = found.probes[0].age if found is not None and found.probes else None
    answer = {
        "status": verdict.status,
        "reasons": verdict.reasons,
        "checked_seconds_ago": None if checked is None else round(checked, 1),
        "tested_seconds_ago": None if tested is None else round(tested, 1),
        "as_of": None if found is None else found.at.isoformat(),
    }
    return JsonResponse(answer, status=503 if verdict.status == "failed" else 200)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The same and more for Prometheus. 403 for whoever may not read it."""
    if not may_read_metrics(request):
        return HttpResponse("Not for you.", status=403, content_type="text/plain")
    found = looking.ask()
    verdict = judge(found, around())
    return HttpResponse(exposition(verdict, found, measuring.ask()), content_type=CONTENT_TYPE)


def may_read_metrics(request: HttpRequest) -> bool:
    """With METRICS_TOKEN, whoever sends it. Without, only this machine: and not through a proxy, whose visitors all
    seem to come from here."""
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode())
    forwarded = settings.SECURE_PROXY_SSL_HEADER is not None or {"X-Forwarded-For", "Forwarded"} & set(request.headers)
    address = request.META.get("REMOTE_ADDR", "")
    return not forwarded and bool(address) and ip_address(address).is_loopback


class Asking(Generic[Answer]):
    """Asks the database in a thread of its own, so that one that hangs holds that thread only, and no visitor."""

    def __init__(self, question: Callable[[], Answer]) -> None:
        self._question = question
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
        self._lock = threading.Lock()
        self._asking: Future[Answer] | None = None

    def ask(self) -> Answer | None:
        """The answer; None where the database is away or slow. Callers at the same moment share a query."""
        with self._lock:
            if self._asking is None or self._asking.done():
                self._asking = self._thread.submit(self._ask)
            asking = self._asking
        try:
            return asking.result(DATABASE_SECONDS)
        except (Error, TimeoutError):
            return None

    def _ask(self) -> Answer:
        try:
            return self._question()
        finally:
            connection.close()


looking = Asking(look)
measuring = Asking(measure)
