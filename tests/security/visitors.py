"""Who tries the doors: each with a session of their own that is as new at every request, whatever the last one did."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client

from wards.models import Staff

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

FRESH_SECONDS = 60.0  # a screen that nobody touches locks; what a request did to its session is undone


class Undone(Exception):
    """What was tried is rolled back."""


@contextmanager
def undone() -> Iterator[None]:
    """Inside, whatever is written is written; afterwards it never was."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass


class Visitor:
    """Somebody with a browser; nobody in particular without `staff`. A fault of the server is an answer (500)."""

    def __init__(self, staff: Staff | None = None, *, checks_csrf: bool = False) -> None:
        self.staff = staff
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=checks_csrf)
        self._cookies: SimpleCookie = SimpleCookie()
        self._since = -FRESH_SECONDS

    def ask(self, method: str, url: str, data: Any = None, **more: Any) -> Response:
        """One request, with the cookies as they were after signing in."""
        self._sign_in()
        return self._send(method, url, data, **more)

    def _send(self, method: str, *place: Any, **more: Any) -> Response:
        self.client.cookies = SimpleCookie({name: one.value for name, one in self._cookies.items()})
        response: Response = getattr(self.client, method)(*place, **more)
        return response

    def tries(self, method: str, url: str, data: Any = None, **more: Any) -> Response:
        """The same, and nothing of it stays."""
        self._sign_in()
        with undone():
            response = self._send(method, url, data, **more)
        return response  # noqa: RET504 (what is undone in between ends first)

    def sends(self, url: str, body: bytes, kind: str, *, undo: bool = True) -> Response:
        """A body as it stands, whatever its kind says; nothing of it stays."""
        self._sign_in()
        with undone() if undo else nullcontext():
            response = self._send("generic", "POST", url, body, kind)
        return response  # noqa: RET504 (once it is undone)

    def cookies(self, **given: str) -> None:
        """Bring cookies that nobody gave."""
        self._cookies = SimpleCookie(given)

    def sign_in_and_leave(self) -> None:
        """The session of somebody whose account then ends: it is kept, and opens nothing."""
        self._sign_in()
        assert self.staff is not None
        Staff.objects.filter(pk=self.staff.pk).update(is_active=False)
        self._since = math.inf

    def _sign_in(self) -> None:
        if self.staff is not None and time.monotonic() - self._since >= FRESH_SECONDS:
            self.client.cookies.clear()
            self.client.force_login(self.staff)
            self._cookies, self._since = self.client.cookies, time.monotonic()
