"""What people read when something cannot be done. Each says whether anything was stored, and what to do next.

They are made of words alone: nothing is read for them, of the request, of the fault or from the database, so that none
of it can be shown, and that they are there when everything else is not. What `wards.access` forbids says who may: these
are sentences of ours, and name no patient.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from wards.access import Forbidden


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 (Django names it)
    return _page("common/400.html", 400)


def forbidden(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("common/403.html", 403, why=str(exception) if isinstance(exception, Forbidden) else "")


def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 (Django names it)
    return _page("common/404.html", 404)


def fault(_request: HttpRequest) -> HttpResponse:
    return _page("common/500.html", 500)


def too_old(_request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (Django passes it)
    """The page was opened before the last signing in or out: its form carries a token that no longer holds."""
    return _page("common/403_csrf.html", 403)


def _page(template: str, status: int, **said: str) -> HttpResponse:
    return HttpResponse(render_to_string(template, said), status=status)
