"""What people read when something cannot be done. Each says whether anything was stored, and what to do next."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

bad_request = partial(defaults.bad_request, template_name="common/400.html")
forbidden = partial(defaults.permission_denied, template_name="common/403.html")
not_found = partial(defaults.page_not_found, template_name="common/404.html")
fault = partial(defaults.server_error, template_name="common/500.html")


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (Django passes it)
    """The page was opened before the last signing in or out: its form carries a token that no longer holds."""
    return render(request, "common/403_csrf.html", status=403)
