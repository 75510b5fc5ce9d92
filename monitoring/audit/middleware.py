"""Around every request: where it came from, for the entries written meanwhile; then what its answer shows of whom."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from monitoring.audit import openings
from monitoring.audit.context import coming_from
from monitoring.audit.origins import name_device, origin_of


class OriginMiddleware:
    """Remembers the request's origin while it is answered, and names the request in its answer.

    An answer whose opening cannot be written is not given: the record was not shown then.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = origin_of(request)
        with coming_from(origin):
            openings.begin()
            response = self.get_response(request)
            openings.write(request, response, origin)
        name_device(request, response, origin.device)
        response["X-Request-ID"] = origin.request_id
        return response
