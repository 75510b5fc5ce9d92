"""The cast, with alerting alive; who needs a second factor is said by each test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from monitoring.identity.environment import Provider
from tests.cast import cast
from tests.desks.pages import alerting_works
from tests.identity.hospital import Hospital

__all__ = ["cast"]


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture(scope="session")
def _hospital() -> Iterator[Hospital]:
    with Hospital.open() as hospital:
        yield hospital


@pytest.fixture
def hospital(_hospital: Hospital, settings: Settings) -> Hospital:
    """The hospital's provider, which sends surgeons and nurses of 7B; each test begins with a fresh one."""
    _hospital.begin()
    settings.OIDC = provider_of(_hospital)
    return _hospital


def provider_of(hospital: Hospital, **changes: object) -> Provider:
    """Our settings for it."""
    facts: dict[str, object] = {
        "issuer": hospital.issuer,
        "client_id": "spinewatch",
        "client_secret": "a secret of ours",
        "role_claim": "groups",
        "roles": {"spine-nurse": frozenset({("7b", "nurse")}), "spine-surgeon": frozenset({("7b", "surgeon")})},
        "match": "username",
        "overrules_hand": False,
        "asks_second_factor": False,
    }
    return Provider(**(facts | changes))  # type: ignore[arg-type]


def hidden(response: HttpResponse, name: str) -> str:
    """The value of a page's hidden field."""
    return found_in(response, rf'name="{name}" value="([^"]*)"')


def options_of(response: HttpResponse) -> str:
    """What a page asks the browser's passkeys."""
    return found_in(response, r'data-options="([^"]*)"')


def found_in(response: HttpResponse, pattern: str) -> str:
    found = re.search(pattern, response.content.decode())
    assert found is not None, pattern
    return unescape(found.group(1))
