"""One's own second factors: whoever changes something says first, again, who they are; and a colleague's reset."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from monitoring.audit.models import AuditEntry
from monitoring.desks.common.certainty import CONFIRMED
from monitoring.due.clock import now
from monitoring.identity import actions
from monitoring.identity.models import Factor, RecoveryCode, SignedIn
from monitoring.identity.passkeys import NewPasskey
from tests.cast import PASSWORD, Cast
from tests.desks.pages import said
from tests.identity.authenticator import Authenticator
from tests.identity.browser import Browser, app_of, code_now
from tests.identity.conftest import hidden, options_of
from wards.access import Forbidden

FACTORS, NEW, CONFIRM, CODES = "/me/factors/", "/me/factors/new/", "/me/confirm/", "/me/factors/codes/"


@pytest.fixture
def alice(cast: Cast) -> Browser:
    browser = Browser()
    browser.sign_in("alice")
    return browser


def confirm(browser: Browser, **typed: str) -> None:
    assert browser.post(CONFIRM, typed or {"password": PASSWORD}).status_code == 302


def add_app(browser: Browser) -> list[str]:
    """Through the page: the recovery codes that come with it."""
    page = browser.get(NEW)
    secret = re.search(r'class="secret">([^<]+)<', page.content.decode())
    assert secret
    code = code_now(secret.group(1).replace(" ", ""))
    response = browser.post(NEW, {"kept": hidden(page, "kept"), "code": code}, follow=True)
    return re.findall(r"<code>([a-z2-7-]+)</code>", response.content.decode())


# --- Asked again ------------------------------------------------------------------------------------------------------


def test_looking_needs_no_second_asking(alice: Browser) -> None:
    assert "You have none" in said(alice.get(FACTORS).content.decode())


@pytest.mark.parametrize("url", [NEW, CODES])
def test_changing_does(alice: Browser, url: str) -> None:
    assert alice.post(url)["Location"] == "/me/confirm/?next=%2Fme%2Ffactors%2F"
    assert not Factor.objects.exists()


def test_the_password_leads_on_and_counts_for_ten_minutes(alice: Browser) -> None:
    assert alice.get(NEW)["Location"] == "/me/confirm/?next=%2Fme%2Ffactors%2Fnew%2F"
    response = alice.post(CONFIRM, {"password": PASSWORD, "next": NEW})
    assert response["Location"] == NEW
    assert alice.get(NEW).status_code == 200
    session = alice.session
    session[CONFIRMED] = (now() - timedelta(minutes=11)).isoformat()
    session.save()
    assert alice.get(NEW).status_code == 302


def test_a_wrong_password_is_counted_and_the_fifth_ends_the_session(alice: Browser) -> None:
    for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try"):
        response = alice.post(CONFIRM, {"password": "wrong"})
        assert response.status_code == 422
        assert left in said(response.content.decode())
    alice.post(CONFIRM, {"password": "wrong"})
    assert alice.person is None
    assert SignedIn.objects.get().why == SignedIn.Why.WRONG_ANSWERS


def test_the_second_factor_does_as_well(cast: Cast, alice: Browser) -> None:
    secret = app_of(cast.alice)
    assert alice.post(f"{CONFIRM}?code", {"code": "000000"}).status_code == 422
    assert alice.post(f"{CONFIRM}?code", {"code": code_now(secret), "next": NEW})["Location"] == NEW


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_it_leads_to_no_other_site(alice: Browser, elsewhere: str) -> None:
    assert alice.post(CONFIRM, {"password": PASSWORD, "next": elsewhere})["Location"] == "/"


# --- Adding and removing ----------------------------------------------------------------------------------------------


def test_an_app_and_then_a_passkey_are_added(cast: Cast, alice: Browser) -> None:
    confirm(alice)
    assert len(add_app(alice)) == 10
    answer = Authenticator().create(options_of(alice.get(NEW)))
    page = alice.post(NEW, {"name": "my phone", "answer": answer}, follow=True).content.decode()
    assert "Added." in said(page)
    assert "my phone" in said(page)
    assert "10 codes are left" in said(page)
    assert "An authenticator app" not in said(alice.get(NEW).content.decode()), "there is one already"


def test_one_passkey_is_not_kept_twice(cast: Cast, alice: Browser) -> None:
    confirm(alice)
    key = Authenticator()
    for expected in (200, 422):
        answer = key.create(options_of(alice.get(NEW)))
        assert alice.post(NEW, {"name": "key", "answer": answer}).status_code == expected
    assert Factor.objects.count() == 1


def test_a_removed_one_signs_nobody_in(cast: Cast, alice: Browser) -> None:
    secret = app_of(cast.alice)
    factor = Factor.objects.get()
    assert alice.post(f"{FACTORS}{factor.public_id}/remove/")["Location"].startswith(CONFIRM)
    confirm(alice)
    alice.post(f"{FACTORS}{factor.public_id}/remove/")
    factor.refresh_from_db()
    assert factor.removed_by == cast.alice
    assert actions.accept_code(cast.alice, code_now(secret)) == ""
    assert AuditEntry.objects.filter(action="factor.removed", actor=cast.alice).count() == 1


def test_with_the_last_one_the_recovery_codes_go_too(cast: Cast, alice: Browser) -> None:
    confirm(alice)
    codes = add_app(alice)
    alice.post(f"{FACTORS}{Factor.objects.get().public_id}/remove/")
    assert not RecoveryCode.objects.filter(retired_at=None).exists()
    assert actions.accept_code(cast.alice, codes[0]) == ""


def test_the_last_one_of_a_role_that_needs_one_stays(cast: Cast, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = frozenset({"surgeon"})
    app_of(cast.sam)
    with pytest.raises(ValidationError, match="needs a second factor"):
        actions.remove_factor(Factor.objects.get(), by=cast.sam)
    actions.add_passkey(by=cast.sam, name="key", made=NewPasskey("aa", b"", 0))
    assert actions.remove_factor(Factor.objects.get(kind="totp"), by=cast.sam)


def test_somebody_elses_does_not_exist(cast: Cast, alice: Browser) -> None:
    app_of(cast.sam)
    confirm(alice)
    assert alice.post(f"{FACTORS}{Factor.objects.get().public_id}/remove/").status_code == 404


def test_new_recovery_codes_take_the_place_of_the_old(cast: Cast, alice: Browser) -> None:
    confirm(alice)
    old = add_app(alice)
    page = alice.post(CODES).content.decode()
    new = re.findall(r"<code>([a-z2-7-]+)</code>", page)
    assert set(old).isdisjoint(new)
    assert actions.accept_code(cast.alice, old[0]) == ""
    assert actions.accept_code(cast.alice, new[0]) == "recovery"


# --- A colleague has lost theirs --------------------------------------------------------------------------------------


def test_an_administrator_resets_a_colleagues(cast: Cast) -> None:
    secret = app_of(cast.sam)
    browser = Browser()
    browser.sign_in("sam")
    browser.post("/sign-in/second/", {"code": code_now(secret)})
    assert actions.reset_factors(cast.sam, by=cast.adam, reason="Phone lost.") == 1
    assert actions.reset_factors(cast.sam, by=cast.adam, reason="Phone lost.") == 0
    assert browser.get("/inbox/")["Location"].startswith("/sign-in/"), "the sessions are ended"
    (entry,) = AuditEntry.objects.filter(action="factors.reset")
    assert (entry.actor, entry.reason, entry.subject_id) == (cast.adam, "Phone lost.", str(cast.sam.pk))


def test_nobody_else_does_and_nobody_their_own(cast: Cast) -> None:
    app_of(cast.sam)
    for who in (cast.alice, cast.carol, cast.sam, cast.sue):
        with pytest.raises(Forbidden):
            actions.reset_factors(cast.sam, by=who, reason="Phone lost.")
    with pytest.raises(Forbidden):
        actions.reset_factors(cast.adam, by=cast.adam, reason="Phone lost.")
    with pytest.raises(ValidationError):
        actions.reset_factors(cast.sam, by=cast.adam, reason=" ")
    assert Factor.objects.get().removed_at is None
