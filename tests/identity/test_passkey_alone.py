"""A passkey alone signs in, and everything that must not be believed."""

from __future__ import annotations

import pytest
from fido2.webauthn import AuthenticatorData

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.identity.models import Factor, SignedIn
from monitoring.identity.throttle import LIMITS
from tests.cast import PASSWORD, Cast
from tests.identity.authenticator import Authenticator
from tests.identity.browser import Browser, in_as
from tests.identity.conftest import options_of
from wards.models import Staff

PAGE, NEW = "/sign-in/passkey/", "/me/factors/new/"


def key_of(name: str) -> Authenticator:
    """A passkey of somebody's, set up on their own page."""
    made, browser = Authenticator(), Browser()
    browser.sign_in(name)
    browser.post("/me/confirm/", {"password": PASSWORD})
    browser.post(NEW, {"name": "my phone", "answer": made.create(options_of(browser.get(NEW)))})
    return made


@pytest.fixture
def key(cast: Cast) -> Authenticator:
    return key_of("alice")


def asked() -> tuple[Browser, str]:
    browser = Browser()
    return browser, options_of(browser.get(PAGE))


def refused(browser: Browser, answer: str) -> bool:
    return browser.post(PAGE, {"answer": answer}).status_code == 422 and browser.person is None


def test_it_signs_in_its_owner_and_leads_to_where_they_wanted(cast: Cast, key: Authenticator) -> None:
    browser, options = asked()
    assert browser.post(PAGE, {"answer": key.get(options), "next": "/alerts/"})["Location"] == "/alerts/"
    assert in_as(browser, cast.alice)
    row = SignedIn.objects.latest("pk")
    assert (row.how, row.second) == ("passkey", "passkey")
    assert Factor.objects.get().signatures == 1


def test_the_key_of_the_session_changes(key: Authenticator) -> None:
    browser, options = asked()
    before = browser.session.session_key
    browser.post(PAGE, {"answer": key.get(options)})
    assert browser.session.session_key != before


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_it_leads_to_no_other_site(key: Authenticator, elsewhere: str) -> None:
    browser, options = asked()
    assert browser.post(PAGE, {"answer": key.get(options), "next": elsewhere})["Location"] == "/"


def test_one_that_has_not_made_sure_of_its_owner_is_refused(key: Authenticator) -> None:
    browser, options = asked()
    key.flags = AuthenticatorData.FLAG.UP
    assert refused(browser, key.get(options))


def test_one_that_names_another_owner_or_none_is_refused(cast: Cast, key: Authenticator) -> None:
    for owner in (cast.carol.public_id.bytes, b""):
        key.owner = owner
        browser, options = asked()
        assert refused(browser, key.get(options))


def test_an_answer_is_good_for_its_own_question_alone_and_once(key: Authenticator) -> None:
    browser, options = asked()
    answer = key.get(options)
    other, _ = asked()
    assert refused(other, answer)
    assert browser.post(PAGE, {"answer": answer}).status_code == 302
    browser.post("/sign-out/")
    browser.get(PAGE)
    assert refused(browser, answer)


def test_the_second_steps_question_is_not_answered_here(key: Authenticator) -> None:
    browser = Browser()
    browser.sign_in("alice")
    assert refused(browser, key.get(options_of(browser.get("/sign-in/second/"))))


def test_a_removed_one_and_one_of_nobodys_are_refused(key: Authenticator) -> None:
    browser, options = asked()
    assert refused(browser, Authenticator().get(options))
    Factor.objects.update(removed_at=now(), removed_by=Staff.objects.get(username="alice"))
    browser, options = asked()
    assert refused(browser, key.get(options))


def test_a_closed_account_is_refused(cast: Cast, key: Authenticator) -> None:
    Staff.objects.filter(pk=cast.alice.pk).update(is_active=False)
    browser, options = asked()
    assert refused(browser, key.get(options))
    (entry,) = AuditEntry.objects.filter(action="sign_in.failed")
    assert (entry.actor, entry.subject_id, entry.data) == (None, str(cast.alice.pk), {"with": "passkey"})


@pytest.mark.parametrize("answer", ["", "x", "[]", "{}", "null", '{"id":"a","rawId":"a","response":{}}'])
def test_what_is_no_answer_is_refused(key: Authenticator, answer: str) -> None:
    browser, _ = asked()
    assert refused(browser, answer)


def test_trying_is_counted_and_keeps_nobody_elses_passkey_out(cast: Cast, key: Authenticator) -> None:
    stranger, hers = Browser("203.0.113.9"), Browser()
    for _try in range(LIMITS["person here"].free):
        stranger.get(PAGE)
        assert refused(stranger, "{}")
    stranger.get(PAGE)
    assert stranger.post(PAGE, {"answer": "{}"}).status_code == 429
    assert hers.post(PAGE, {"answer": key.get(options_of(hers.get(PAGE)))}).status_code == 302
    assert in_as(hers, cast.alice)
