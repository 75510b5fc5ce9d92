"""Whose language a page is in, and the words that its scripts need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from inspect import iscoroutinefunction
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware
from django.views.i18n import JavaScriptCatalog

from wards.models import Staff

Answer = Callable[[HttpRequest], HttpResponseBase]
AnswerLater = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def persons_language(get_response: Answer | AnswerLater) -> Answer | AnswerLater:
    """A shared tablet speaks to each person in the language they chose; else in the device's (LocaleMiddleware).

    What is answered asynchronously are streams: they carry no words, so nobody is looked up for them.
    """
    if iscoroutinefunction(get_response):
        return get_response

    def answer(request: HttpRequest) -> HttpResponseBase:
        staff = request.user
        if isinstance(staff, Staff) and staff.language:
            translation.activate(staff.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        return response

    return answer


def present_language() -> str:
    """The language of this page; that of the sources where translation is switched off."""
    return translation.get_language() or settings.LANGUAGE_CODE


class Words(NamedTuple):
    """The script that defines `gettext` and its kin for one language, and a name for just this content."""

    source: bytes
    version: str


@cache
def words_in(language: str) -> Words:
    """Made once in each process: the catalogues do not change while it runs."""
    with translation.override(language):
        source = bytes(JavaScriptCatalog().get(HttpRequest()).content)
    return Words(source, sha256(source).hexdigest()[:12])


def words_url(language: str) -> str:
    """Where the script of a language is; another address whenever another word is in it."""
    return reverse("words", args=[language, words_in(language).version])
