"""Nobody signs in as another: there is one door, and it asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import load_backend
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import Cast
from tests.identity.browser import Browser

ROOT = Path(settings.BASE_DIR)
DOOR = Path("monitoring/identity/sessions.py")


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, here)
        else:
            assert isinstance(pattern, URLPattern)
            yield here


def test_no_address_lets_anybody_become_another() -> None:
    words = ("hijack", "impersonat", "become", "masquerade", "switch-user", "su/", "login-as", "sign-in-as", "sudo")
    found = list(addresses(get_resolver()))
    assert len(found) > 50
    assert not [one for one in found if any(word in one for word in words)]


def test_only_what_is_ours_is_mounted() -> None:
    ours = {one for one in addresses(get_resolver()) if one.startswith(("sign-in", "accounts", "admin", "me/"))}
    assert not [
        one for one in ours if "sign-up" in one or "password-reset" in one or one.startswith(("accounts", "admin"))
    ]
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_one_backend_asks_for_the_password() -> None:
    assert settings.AUTHENTICATION_BACKENDS == ["monitoring.identity.backends.Accounts"]
    assert load_backend(settings.AUTHENTICATION_BACKENDS[0]).authenticate(None, username="nobody") is None


def test_a_session_begins_in_one_place_of_the_sources() -> None:
    """`django.contrib.auth.login` makes a request somebody's."""
    doors = []
    for path in sorted([*ROOT.glob("monitoring/**/*.py"), *ROOT.glob("wards/**/*.py")]):
        source = path.read_text()
        assert "_auth_user_id" not in source, path
        for node in ast.walk(ast.parse(source)) if "django.contrib.auth" in source else ():
            names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
            if (
                isinstance(node, ast.ImportFrom)
                and node.module == "django.contrib.auth"
                and names & {"login", "alogin"}
            ):
                doors.append(path.relative_to(ROOT))
    assert doors == [DOOR]


def test_an_administrator_who_is_signed_in_reaches_nobody_elses_account(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("adam")
    for name in ("sessions", "factors", "pin", "channels"):
        page = browser.get(reverse(name), {"staff": cast.alice.pk, "user": cast.alice.pk}).content.decode()
        assert "Alice" not in page
