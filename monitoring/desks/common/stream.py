"""The stream that open pages listen to: which wards have changed, and whether alerting is alive. No patient data.

It runs for hours, so it holds nothing meanwhile: who may listen is asked at the start and then every minute, in a
thread, on a database connection that is closed again at once.
"""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from importlib import import_module

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import override
from django.views.decorators.http import require_safe

from monitoring.desks.common import display_cookie
from monitoring.desks.common.gather import attach
from monitoring.desks.common.lock import screen_of
from monitoring.desks.common.visit import visit_by
from monitoring.due.actions import heard_from
from monitoring.live import topics
from monitoring.live.hub import hub_of_this_loop
from monitoring.live.listener import Event
from monitoring.live.pulse import Pulse
from monitoring.watchdog.queries import look
from monitoring.watchdog.verdict import judge_work
from wards.access import wards_lent
from wards.models import Staff

HEARTBEAT_SECONDS = 5.0
RECHECK_SECONDS = 60.0


class ScreenLocked(Exception):
    """Somebody is signed in, but nobody is at the screen: it is told nothing until it is opened again."""


@login_not_required  # it answers 401 by itself: a page that listens cannot read a redirect
@require_safe
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events `hello`, `link`, `changed`, `pulse`, `signed-out`; 401 where nobody is signed in, 403 where
    the screen is locked.

    A HEAD request only asks whether one may listen.
    """
    session_key, cookie = (request.COOKIES.get(name) for name in (settings.SESSION_COOKIE_NAME, display_cookie.COOKIE))
    try:
        allowed = await topics_of(session_key, cookie)
    except ScreenLocked:
        return HttpResponse("Locked.", status=403, content_type="text/plain")
    if allowed is None:
        return HttpResponse("Signed out.", status=401, content_type="text/plain")
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(
        frames(session_key, allowed, cookie), content_type="text/event-stream", headers=headers
    )


async def frames(session_key: str | None, allowed: frozenset[str], cookie: str | None = None) -> AsyncIterator[bytes]:
    """Everything one stream is told, as bytes to send, until its page leaves or its person may no longer listen."""
    hub = hub_of_this_loop(ask_for_pulse)
    with hub.listening(allowed) as listener:
        await hub.ready()
        yield Event("hello", {}).frame()
        recheck_at = next_recheck()
        while True:
            heard = await listener.heard(HEARTBEAT_SECONDS)
            yield b"".join(event.frame() for event in heard) or b": still here\n\n"
            if time.monotonic() < recheck_at:
                continue
            try:
                still_allowed = await allowed_still(session_key, listener.topics, cookie)
            except ScreenLocked:
                return  # the page asks why, and goes to the lock
            if still_allowed is None:
                yield Event("signed-out", {}).frame()
                return
            listener.topics = still_allowed
            recheck_at = next_recheck()


def next_recheck() -> float:
    """In a minute or so: not all streams at the same moment."""
    return time.monotonic() + RECHECK_SECONDS * random.uniform(0.8, 1.2)


async def allowed_still(
    session_key: str | None, before: frozenset[str], cookie: str | None = None
) -> frozenset[str] | None:
    """As `topics_of`, but a database that is away ends no stream: the pulse already says so in red."""
    try:
        return await topics_of(session_key, cookie)
    except Error:
        return before


async def topics_of(session_key: str | None, cookie: str | None) -> frozenset[str] | None:
    """What whoever is signed in may hear of; where nobody is, what a display may."""
    return await topics_of_session(session_key) or await topics_of_display(cookie)


@sync_to_async
def topics_of_session(session_key: str | None) -> frozenset[str] | None:
    """The person's own topic, those of their wards, and those of wards on which they reach one patient; None where the
    session has ended or the person left.

    Raises ScreenLocked for a screen that nobody touched.
    """
    if not session_key:
        return None
    try:
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
        staff = get_user(request)
        if not isinstance(staff, Staff) or not staff.is_active:
            return None
        visit = visit_by(staff)
        if screen_of(request.session, visit).is_locked:
            raise ScreenLocked
        attach([staff], "memberships", visit.memberships)
        wards = {ward.pk for ward in visit.wards} | wards_lent(staff)
        return frozenset([topics.person(staff.pk), *map(topics.ward, wards)])
    finally:
        connection.close()


@sync_to_async
def topics_of_display(cookie: str | None) -> frozenset[str] | None:
    """A display on the wall listens to its ward, until somebody ends it."""
    try:
        display = display_cookie.display_of(cookie)
        return None if display is None or display.ended_at else frozenset([topics.ward(display.ward_id)])
    finally:
        connection.close()


def look_after_pages() -> None:
    """Begin to serve this process's streams, in the running loop, before the first page asks."""
    hub_of_this_loop(ask_for_pulse).start()


def ask_for_pulse() -> Pulse:
    """The state of alerting, on a connection of this moment; and leave word that this process looks after its pages.

    Raises `django.db.Error` where the database is away.
    """
    try:
        heard_from("pages")
        found = look()
    finally:
        connection.close()
    with override(None):  # as the sources say it: one answer goes to pages in every language, and live.js translates
        fault = judge_work(found).line
    return Pulse(found.silence("tick"), found.failing, found.assessments.rows, found.at, fault)
