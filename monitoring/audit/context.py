"""Where a request came from, for the audit entries written while it is answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Origin:
    """A request's id and the network address it came from. Outside a request both are empty."""

    request_id: str = ""
    address: str | None = None


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    return _origin.get()


class OriginMiddleware:
    """Remembers the request's origin while it is answered, and names the request in its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin(request_id=uuid.uuid4().hex, address=request.META.get("REMOTE_ADDR") or None)
        token = _origin.set(origin)
        try:
            response = self.get_response(request)
        finally:
            _origin.reset(token)
        response["X-Request-ID"] = origin.request_id
        return response
