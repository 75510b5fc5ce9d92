"""Passkeys, with one in software: made, asked for, and everything that must not be believed."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from monitoring.audit.models import AuditEntry
from monitoring.identity.models import Factor, SignedIn
from tests.cast import Cast
from tests.desks.pages import said
from tests.identity.authenticator import Authenticator
from tests.identity.browser import Browser, in_as
from tests.identity.conftest import options_of

SECOND, ENROL = "/sign-in/second/", "/sign-in/enrol/"


@pytest.fixture(autouse=True)
def _surgeons_need_one(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = frozenset({"surgeon"})


@pytest.fixture
def key(cast: Cast) -> Authenticator:
    """Sam's security key, set up at his first signing in."""
    made = Authenticator()
    browser = Browser()
    browser.sign_in("sam")
    answer = made.create(options_of(browser.get(ENROL)))
    response = browser.post(ENROL, {"name": "blue key", "answer": answer})
    assert in_as(browser, cast.sam), said(response.content.decode())
    assert "Recovery codes" in said(response.content.decode())
    return made


def asked() -> tuple[Browser, str]:
    """Sam after his password, and what his browser is asked."""
    browser = Browser()
    browser.sign_in("sam")
    return browser, options_of(browser.get(SECOND))


def test_a_passkey_signs_in(cast: Cast, key: Authenticator) -> None:
    browser, options = asked()
    assert browser.post(SECOND, {"answer": key.get(options)})["Location"] == "/"
    assert in_as(browser, cast.sam)
    assert SignedIn.objects.filter(staff=cast.sam).latest("pk").second == "passkey"
    assert Factor.objects.get(staff=cast.sam).signatures == 1


def test_an_answer_is_good_for_its_own_question_alone_and_once(cast: Cast, key: Authenticator) -> None:
    browser, options = asked()
    answer = key.get(options)
    other, _ = asked()
    assert other.post(SECOND, {"answer": answer}).status_code == 422
    browser.post(SECOND, {"answer": answer})
    browser.post("/sign-out/")
    browser.sign_in("sam")
    assert browser.post(SECOND, {"answer": answer}).status_code == 422
    assert browser.person is None


def test_somebody_elses_passkey_signs_nobody_in(cast: Cast, key: Authenticator) -> None:
    browser, options = asked()
    assert browser.post(SECOND, {"answer": Authenticator().get(options)}).status_code == 422
    assert browser.person is None
    assert AuditEntry.objects.filter(action="second_factor.refused", subject_id=str(cast.sam.pk)).count() == 1


def test_an_answer_given_to_another_site_is_refused(cast: Cast, key: Authenticator) -> None:
    browser, options = asked()
    key.origin = "https://spinewatch.example.net"
    assert browser.post(SECOND, {"answer": key.get(options)}).status_code == 422
    assert browser.person is None


def test_a_copy_that_has_signed_less_often_is_refused(cast: Cast, key: Authenticator) -> None:
    browser, options = asked()
    browser.post(SECOND, {"answer": key.get(options)})
    browser.post("/sign-out/")
    key.signatures = 0
    browser.sign_in("sam")
    assert browser.post(SECOND, {"answer": key.get(options_of(browser.get(SECOND)))}).status_code == 422
    assert browser.person is None


@pytest.mark.parametrize("answer", ["", "x", "[]", "{}", '{"id": 1}', "null", '{"id":"a","rawId":"a","response":{}}'])
def test_what_is_no_answer_is_refused(cast: Cast, key: Authenticator, answer: str) -> None:
    browser, _ = asked()
    assert browser.post(SECOND, {"answer": answer}).status_code == 422
    assert browser.person is None


@pytest.mark.parametrize("answer", ["", "x", "[]", "{}", '{"id":"a","rawId":"a","response":{}}'])
def test_what_is_no_new_passkey_is_refused(cast: Cast, answer: str) -> None:
    browser = Browser()
    browser.sign_in("sam")
    browser.get(ENROL)
    assert browser.post(ENROL, {"name": "key", "answer": answer}).status_code == 422
    assert not Factor.objects.exists()
