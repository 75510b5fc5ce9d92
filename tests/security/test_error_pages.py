"""Error pages say nothing: no path, setting, statement, text of an error, or anything of a patient. One of each kind is
word for word the same, whatever the reason; but what is forbidden says which roles may do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.urls import reverse

from monitoring.desks.common.views import home
from tests.security.answers import hushed
from tests.security.scene import Scene
from tests.security.visitors import Visitor

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

MARK = "LINDQVIST"
DETAIL = (
    f'null value in column "sex"\nDETAIL:  Failing row contains (7, {MARK}, 1931-05-17).\n'
    "[SQL: INSERT INTO wards_patient]"
)
BROKEN_OFF = b'--x\r\nContent-Disposition: form-data; name="place"\r\n\r\nLINDQVIST'
TELLING = re.compile(
    rf"{MARK}|OTHERMARK|OWNMARK|Traceback|Exception|Error\b|SELECT|INSERT|DETAIL|wards_|/monitoring|\.py\b|"
    rf"{re.escape(str(settings.BASE_DIR))}|SECRET|DATABASE|django|python|psycopg|DEBUG",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def _hush() -> Iterator[None]:
    with hushed():
        yield


@pytest.fixture
def nurse(scene: Scene) -> Visitor:
    return Visitor(scene.own.people["N"])


def says_nothing(response: Response, status: int, template: str, **but: str) -> None:
    """`but`: what the template is told, which is no more than that."""
    assert response.status_code == status
    page = response.content.decode()
    assert page == render_to_string(template, but)
    words = page.split("<body", 1)[-1]
    assert not (found := TELLING.search(words)), found
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in response.headers["Cache-Control"]
    assert {"Server", "X-Powered-By"}.isdisjoint(response.headers)


def test_it_is_not_debugged_here() -> None:
    assert settings.DEBUG is False


@pytest.mark.parametrize(
    "path",
    [f"/wards/{MARK}/", f"/{MARK}/", f"/stays/{MARK}/", "/m/../../etc/passwd/", "/%00/", "/a%0d%0aSet-Cookie:x/"],
)
def test_404(nurse: Visitor, path: str) -> None:
    says_nothing(nurse.tries("get", path), 404, "common/404.html")


def test_404_of_another_wards_patient(scene: Scene, nurse: Visitor) -> None:
    says_nothing(nurse.tries("get", scene.other.url("stay")), 404, "common/404.html")


def test_403(scene: Scene, nurse: Visitor) -> None:
    """Which roles may, and nothing of the ward, the patient or the alert."""
    why = "Only a surgeon of this ward may close a critical alert."
    says_nothing(nurse.tries("get", scene.own.url("alert-close")), 403, "common/403.html", why=why)
    says_nothing(
        nurse.tries("get", reverse("audit")),
        403,
        "common/403.html",
        why="Only an administrator may read the audit log.",
    )


def test_403_of_anything_but_the_access_rules_gives_no_reason(nurse: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_staff: object) -> None:
        raise PermissionDenied(DETAIL)

    monkeypatch.setattr(home, "wards_of", fails)
    says_nothing(nurse.tries("get", reverse("wards")), 403, "common/403.html")


def test_403_of_a_form_without_its_token(scene: Scene) -> None:
    nurse = Visitor(scene.own.people["N"], checks_csrf=True)
    says_nothing(nurse.tries("post", scene.own.url("away"), {"place": MARK}), 403, "common/403_csrf.html")


def test_405_says_nothing_at_all(scene: Scene, nurse: Visitor) -> None:
    response = nurse.tries("put", scene.own.url("board"), MARK)
    assert (response.status_code, response.content) == (405, b"")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", f"{MARK}.example:80", "bad host", "a" * 300, "testserver:port", "[::1"]
)
def test_400_of_a_host_that_is_not_ours(nurse: Visitor, host: str) -> None:
    says_nothing(nurse.tries("get", reverse("wards"), headers={"host": host}), 400, "common/400.html")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (BROKEN_OFF, "multipart/form-data"),
        (BROKEN_OFF, f"multipart/form-data; boundary={'x' * 300}"),
        (b"&".join(b"a%d=LINDQVIST" % number for number in range(300)), "application/x-www-form-urlencoded"),
        (b"place=" + b"LINDQVIST" * 40_000, "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_400_of_a_body_that_cannot_be_read(scene: Scene, nurse: Visitor, body: bytes, kind: str) -> None:
    says_nothing(nurse.sends(scene.own.url("away"), body, kind), 400, "common/400.html")


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError(DETAIL),
        KeyError(MARK),
        ValueError(f"{settings.BASE_DIR} {MARK}"),
        RuntimeError(settings.SECRET_KEY),
    ],
    ids=lambda error: type(error).__name__,
)
def test_500(nurse: Visitor, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(_staff: object) -> None:
        raise error

    monkeypatch.setattr(home, "wards_of", fails)
    says_nothing(nurse.tries("get", reverse("wards")), 500, "common/500.html")


def test_400_of_something_suspicious(nurse: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_staff: object) -> None:
        raise SuspiciousOperation(DETAIL)

    monkeypatch.setattr(home, "wards_of", fails)
    says_nothing(nurse.tries("get", reverse("wards")), 400, "common/400.html")


def test_a_refused_form_says_what_was_typed_and_nothing_else(scene: Scene, nurse: Visitor) -> None:
    response = nurse.tries("post", scene.own.url("away"), {"place": "", "back_at": "LINDQVIST"})
    assert response.status_code == 422
    words = response.content.decode().split("<main", 1)[-1]
    assert not re.search(r"Traceback|Exception|SELECT|INSERT|DETAIL|\.py\b|OTHERMARK", words)
