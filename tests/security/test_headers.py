"""Every answer says what a browser may do with it, and no page holds anything that acts but our own scripts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from monitoring import asgi
from monitoring.desks.common import stream
from tests.cast import PASSWORD
from tests.security.answers import Ward, hushed, is_html, text_of
from tests.security.pages import acting
from tests.security.scene import Scene
from tests.security.visitors import Visitor

TEMPLATES = Path(settings.BASE_DIR) / "templates"
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGES = EVERYWHERE | {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}
KEPT_BY_ALL = {"words", "manifest", "service-worker", "offline", "language"}
"""What holds nobody's data: a cache may keep it, or asks first."""


@pytest.fixture(autouse=True)
def _hush() -> Iterator[None]:
    with hushed():
        yield


def directives(policy: str) -> dict[str, str]:
    parts = (directive.strip().partition(" ") for directive in policy.split(";"))
    return {name: value for name, _, value in parts}


def missing(headers: Any, wanted: dict[str, str]) -> list[str]:
    found = [f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value]
    policy = directives(headers.get("Content-Security-Policy", ""))
    strict = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    found += [f"{name} {policy.get(name)}" for name, value in strict.items() if policy.get(name) != value]
    if "unsafe" in str(policy) or "*" in str(policy):
        found.append(str(policy))
    if "geolocation=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    return found


@pytest.mark.thorough
def test_every_page_has_all_headers_and_nothing_on_it_acts_but_our_scripts(scene: Scene) -> None:
    faults, read = [], 0
    for route, url, response in Ward(scene).pages():
        faults += [f"{route}: {fault}" for fault in missing(response.headers, PAGES)]
        kept = response.headers.get("Cache-Control", "")
        if "no-store" not in kept and route not in KEPT_BY_ALL:
            faults.append(f"{route}: {kept or 'may be kept'}")
        if is_html(response):
            read += 1
            policy = response.headers["Content-Security-Policy"]
            faults += [f"{route} {url}: {what}" for what in acting(text_of(response), policy) if route != "offline"]
    assert faults == []
    assert read > 90


@pytest.mark.thorough
def test_every_refused_form_has_them_too(scene: Scene) -> None:
    faults, read = [], 0
    for row, visitor, url in Ward(scene).may("post"):
        response = visitor.tries("post", url)
        faults += [f"{row.route}: {fault}" for fault in missing(response.headers, PAGES)]
        if is_html(response) and response.status_code == 422:
            read += 1
            found = acting(text_of(response), response.headers["Content-Security-Policy"])
            faults += [f"{row.route}: {what}" for what in found]
    assert faults == []
    assert read > 50


@pytest.mark.parametrize(
    "route", ["sign-in", "board", "stay", "alert", "check-new", "kit", "health", "offline-session"]
)
def test_a_page_has_all_headers(scene: Scene, route: str) -> None:
    response = Visitor(scene.own.people["N"]).tries("get", scene.own.url(route))
    assert missing(response.headers, PAGES) == []
    assert "no-store" in response.headers["Cache-Control"]
    assert acting(text_of(response), response.headers["Content-Security-Policy"]) == []


def test_a_nonce_is_of_one_answer(scene: Scene) -> None:
    nurse, url = Visitor(scene.own.people["N"]), scene.own.url("board")
    policies = {nurse.tries("get", url).headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3
    assert all(re.search(r"script-src 'nonce-[\w+/=]{22,}'(;|$)", policy) for policy in policies)


def test_text_becomes_html_only_through_our_own_policy(scene: Scene) -> None:
    said = directives(
        Visitor(scene.own.people["N"]).tries("get", scene.own.url("board")).headers["Content-Security-Policy"]
    )
    assert said["require-trusted-types-for"] == "'script'"
    assert said["trusted-types"] == "default inert"
    assert said["form-action"] == said["connect-src"] == said["style-src"] == "'self'"
    assert said["script-src-attr"] == said["style-src-attr"] == said["object-src"] == "'none'"


def test_the_shell_that_devices_keep_takes_our_files_only_and_no_nonce(client: Client) -> None:
    response = client.get(reverse("offline"))
    assert directives(response["Content-Security-Policy"])["script-src"] == "'self'"
    for tag in re.findall(r"<script[^>]*>", response.content.decode()):
        assert re.search(r'src="/(static|words)/', tag), tag


@pytest.mark.parametrize("path", ["/nothing/", "/wards/none/", "/static/none.css", "/alerts/x/"])
def test_what_is_not_there_has_them(scene: Scene, path: str) -> None:
    response = Visitor(scene.own.people["N"]).tries("get", path)
    assert response.status_code == 404
    assert missing(response.headers, PAGES) == []
    assert "no-store" in response.headers["Cache-Control"]


def test_a_fault_has_them(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.desks.common.views.home.wards_of", lambda _staff: 1 / 0)
    response = Visitor(scene.own.people["N"]).tries("get", reverse("wards"))
    assert response.status_code == 500
    assert missing(response.headers, PAGES) == []


@override_settings(WHITENOISE_USE_FINDERS=True)
def test_files_have_them_and_may_be_kept() -> None:
    response = Client().head("/static/spinewatch/look.css")
    assert response.status_code == 200
    assert missing(response.headers, EVERYWHERE) == []
    assert "no-store" not in response.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_stream_has_them(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "connection", SimpleNamespace(close=lambda: None))  # it is the test's own here
    response = Visitor(scene.own.people["N"]).tries("head", reverse("stream"))
    assert response.status_code == 200
    assert missing(response.headers, EVERYWHERE) == []


def test_what_is_refused_before_django_is_asked_has_them() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(asgi.refuse(send))
    headers = {name.decode().title(): value.decode() for name, value in sent[0]["headers"]}
    headers = {"Content-Security-Policy": headers.pop("Content-Security-Policy"), **headers}
    assert sent[0]["status"] == 413
    assert missing(headers, EVERYWHERE | {"X-Frame-Options": "DENY"}) == []
    assert headers["Cache-Control"] == "no-store"


@override_settings(
    SECURE_HSTS_SECONDS=31536000,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    SECURE_SSL_REDIRECT=True,
    SECURE_HSTS_PRELOAD=False,
)
def test_over_https_it_stays_https_and_plain_http_is_sent_on(client: Client) -> None:
    assert (
        client.get(reverse("sign-in"), secure=True)["Strict-Transport-Security"]
        == "max-age=31536000; includeSubDomains"
    )
    plain = client.get(reverse("sign-in"))
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/sign-in/")
    assert client.get(reverse("manifest")).status_code == 301


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, LANGUAGE_COOKIE_SECURE=True)
def test_every_cookie_is_for_https_alone_out_of_reach_of_scripts_and_of_other_sites(scene: Scene) -> None:
    """All that the app gives: of sign-in, the form's token, the device, the language, a message, a display."""
    client = Client()
    given: dict[str, Any] = {}
    account = {"username": scene.own.people["C"].username, "password": PASSWORD}
    for url, data in (
        (reverse("sign-in"), None),
        (reverse("language"), {"language": "en-gb"}),
        (reverse("sign-in"), account),
        (scene.own.url("display-end"), {}),  # says on the next page that it is done
        (scene.own.url("displays"), {"name": "Corridor"}),
    ):
        response = client.get(url) if data is None else client.post(url, data)
        given |= {name: cookie for name, cookie in response.cookies.items() if cookie.value}
    assert {"sessionid", "csrftoken", "display", settings.LANGUAGE_COOKIE_NAME, "messages"} <= given.keys()
    for name, cookie in given.items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] in {"Lax", "Strict"}, name


INLINE = {
    "a script in the page": r"<script(?![^>]*\bsrc=)",
    "a script without the nonce": r'<script(?![^>]*nonce="{{ csp_nonce }}")',
    "a style in the page": r"<style",
    "a style attribute": r"\sstyle\s*=",
    "a handler": r"\s(on[a-z]+|hx-on[:\w-]*)\s*=",
    "a script as an address": r"(?i)javascript:",
    "escaping switched off": r"\|\s*safe\b|autoescape\s+off",
}
MEANT = {"watchdog/downtime.html": {"a style in the page"}, "nurse/offline/sw.js": {"escaping switched off"}}
"""A pack that lies on a disk, to be printed, with a policy of its own; a list of our own addresses, in JSON."""


def test_no_template_holds_what_acts_by_itself() -> None:
    found = []
    for path in [path for path in TEMPLATES.rglob("*") if path.is_file()]:
        name, text = str(path.relative_to(TEMPLATES)), path.read_text()
        text = re.sub(r"\{#.*?#\}|\{% (?!autoescape).*?%\}", "", text, flags=re.S)
        wrong = {what for what, pattern in INLINE.items() if re.search(pattern, text)}
        found += [f"{name}: {what}" for what in wrong - MEANT.get(name, set())]
    assert found == []


def test_no_script_of_ours_makes_code_of_text() -> None:
    scripts = list(Path(settings.BASE_DIR, "monitoring").rglob("static/**/*.js"))
    assert len(scripts) > 20
    pattern = re.compile(
        r"\beval\(|new Function|document\.write|setTimeout\(\s*[\"'`]|insertAdjacentHTML|outerHTML\s*="
    )
    assert [path.name for path in scripts if pattern.search(path.read_text())] == []
