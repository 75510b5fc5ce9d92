"""The language of the pages: the switch, and the words for scripts."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from monitoring.desks.common.language import words_in
from wards.language import choose_language
from wards.models import Staff

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@gzip_page
def words(request: HttpRequest, language: str, version: str) -> HttpResponse:  # noqa: ARG001 (the version is for caches)
    """The words for scripts. An old address answers with the present words, which a cache may then not keep."""
    if language not in dict(settings.LANGUAGES):
        raise Http404("No such language.")
    known = words_in(language)
    response = HttpResponse(known.source, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = FOR_EVER if version == known.version else "no-cache"
    return response


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Remember the language on this device and, for somebody who is signed in, with the person."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise SuspiciousOperation("no such language")
    if isinstance(request.user, Staff):
        choose_language(language, by=request.user)
    response = redirect(way_back(request))
    remember_language(response, language)
    return response


def way_back(request: HttpRequest) -> str:
    """The page on which the switch was used, if it is one of ours."""
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=settings.SECURE)
    return asked if is_ours else resolve_url("home")


def remember_language(response: HttpResponse, language: str) -> None:
    """On this device, for pages before anybody has signed in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
