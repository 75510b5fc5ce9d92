"""What every answer tells the browser beside its content: pages, errors, files and streams alike.

The Content-Security-Policy is django-csp's (settings, "What a browser may do"); transport, framing and the opener are
Django's own. Here is the rest, and what is said where nothing of ours has answered.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from monitoring.audit.context import current_origin

NOT_KEPT = "no-store"


class HeadersMiddleware(MiddlewareMixin):
    """Adds what is the same everywhere, and lets nothing be kept that does not say itself that it may be."""

    def process_request(self, request: HttpRequest) -> None:
        request.audit_id = current_origin().request_id  # type: ignore[attr-defined]  # Django logs when it is over

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in settings.EVERYWHERE.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", NOT_KEPT)
        return response


def of_a_bare_answer() -> dict[str, str]:
    """The headers of what is answered before Django is asked: plain text that needs nothing and may do nothing."""
    return settings.EVERYWHERE | {
        "Cache-Control": NOT_KEPT,
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }


def all_off(*, but: frozenset[str], known: tuple[str, ...]) -> str:
    """A Permissions-Policy: each known feature for nobody, those of `but` for our own pages."""
    return ", ".join(f"{name}=(self)" if name in but else f"{name}=()" for name in sorted({*known, *but}))
