"""A signed-in screen that nobody touches locks: what it is, and the middleware that holds to it.

The session knows when it was last touched and whether it was locked by hand; the strictest of the person's wards says
how long it stays open. A page that somebody opens is a touch. What a page fetches by itself is none (fragments, the
stream), so an open board never keeps itself open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.http import url_has_allowed_host_and_scheme

from monitoring.desks.common.visit import Visit, visit_of
from monitoring.due.clock import now
from wards.models import Staff

TOUCHED, LOCKED = "touched", "locked"
OFTEN = timedelta(seconds=15)  # a touch so soon after the last one is not worth a write
OPEN = frozenset({"locked", "lock", "sign-in", "sign-out", "language", "words", "offline-intake"})
"""The pages that a locked screen still reaches, beside those that nobody needs to sign in for."""

Answer = Callable[[HttpRequest], HttpResponseBase]
AnswerLater = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@dataclass(frozen=True, slots=True)
class Screen:
    """How a signed-in screen stands at one instant."""

    locked_by_hand: bool
    untouched: timedelta
    after: timedelta
    """So long without a touch, and it locks."""

    @property
    def is_locked(self) -> bool:
        return self.locked_by_hand or self.untouched >= self.after

    @property
    def seconds(self) -> int:
        return round(self.after.total_seconds())

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    @property
    def seconds_left(self) -> int:
        return max(0, round((self.after - self.untouched).total_seconds()))


def screen_of(session: SessionBase, visit: Visit) -> Screen:
    """A session that was never touched counts from the signing in that made it."""
    said = session.get(TOUCHED)
    touched = visit.staff.last_login if said is None else datetime.fromisoformat(said)
    untouched = timedelta(0) if touched is None else visit.at - touched
    return Screen(session.get(LOCKED, False), untouched, visit.locks_after)


# --- What is written in the session ----------------------------------------------------------------------------------


def touch(session: SessionBase) -> None:
    """Somebody is there. A screen locked meanwhile by another tab stays locked."""
    keep(session, {TOUCHED: now().isoformat()})


def lock(session: SessionBase) -> None:
    keep(session, {LOCKED: True})


def unlock(session: SessionBase) -> None:
    keep(session, {TOUCHED: now().isoformat(), LOCKED: False})


def begin(session: SessionBase) -> None:
    """At signing in, where the session is about to be saved as a whole."""
    session.update({TOUCHED: now().isoformat(), LOCKED: False})


@transaction.atomic
def keep(session: SessionBase, changes: dict[str, Any]) -> None:
    """Change the stored session under its row's lock: what began before a lock must not undo it.

    A session that has ended meanwhile is left alone, and none lives longer for being touched.
    """
    stored = Session.objects.select_for_update(no_key=True).filter(session_key=session.session_key).first()
    if stored is None:
        return
    Session.objects.filter(pk=stored.pk).update(session_data=session.encode(stored.get_decoded() | changes))
    was_modified = session.modified
    session.update(changes)  # as this request knows it, should something else in it be saved
    session.modified = was_modified


def take(session: SessionBase, name: str) -> Any:
    """What the session keeps under a name, for the only time; None for nothing."""
    found = session.get(name)
    if found is not None:
        keep(session, {name: None})
    return found


# --- The middleware --------------------------------------------------------------------------------------------------


@sync_and_async_middleware
def hold_lock(get_response: Answer | AnswerLater) -> Answer | AnswerLater:
    """Nothing but the way back is answered on a locked screen. Streams, the asynchronous side, ask for themselves."""
    if iscoroutinefunction(get_response):
        return get_response

    def answer(request: HttpRequest) -> HttpResponseBase:
        if is_open(request) or not isinstance(request.user, Staff):
            return given(get_response(request))
        screen = screen_of(request.session, visit_of(request))
        if screen.is_locked:
            return refusal(request)
        if is_opened_by_hand(request) and screen.untouched >= OFTEN:
            touch(request.session)
            screen = Screen(False, timedelta(0), screen.after)
        request.screen = screen  # type: ignore[attr-defined]  # the templates' clock starts from it
        response = given(get_response(request))
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)  # or the back button shows on a locked screen what was there
        return response

    return answer


def given(response: HttpResponseBase | Awaitable[HttpResponseBase]) -> HttpResponseBase:
    assert isinstance(response, HttpResponseBase)  # a file that is streamed is one too
    return response


def is_open(request: HttpRequest) -> bool:
    """Whether the page asked for is there for a locked screen too."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    return match.url_name in OPEN or not getattr(match.func, "login_required", True)


def is_opened_by_hand(request: HttpRequest) -> bool:
    """A page that is opened or a form that is sent, rather than what a script fetches while nobody is there."""
    accepted = request.headers.get("Accept", "text/html")
    return "HX-Request" not in request.headers and "text/html" in accepted


def refusal(request: HttpRequest) -> HttpResponse:
    """To the locked screen, and from there back to where one was; scripts are told where to go."""
    way = locked_url(where(request))
    if is_opened_by_hand(request):
        return redirect(way)
    return HttpResponse(status=403, headers={"HX-Redirect": way, "Cache-Control": "no-store"})


def where(request: HttpRequest) -> str:
    """The page that the person sees: for a fragment or a form that was sent, the page that it stands on."""
    if request.method in {"GET", "HEAD"} and is_opened_by_hand(request):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    return own_path(request, page)


def own_path(request: HttpRequest, asked: str) -> str:
    """The path of an address of ours; the first page where it is somebody else's, none, or leads back to the lock."""
    try:
        path = urlsplit(asked)._replace(scheme="", netloc="", fragment="").geturl()
    except ValueError:  # a host in brackets that are never closed
        return reverse("home")
    ours = {request.get_host()}
    is_ours = path.startswith("/") and all(url_has_allowed_host_and_scheme(each, ours) for each in (asked, path))
    return path if is_ours and not path.startswith(reverse("locked")) else reverse("home")


def locked_url(way_back: str) -> str:
    return f"{reverse('locked')}?{urlencode({'next': way_back})}"
