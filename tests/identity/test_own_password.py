"""Changing one's own password: who may, what ends, what stays."""

from __future__ import annotations

import pytest

from monitoring.audit.models import AuditEntry
from monitoring.desks.common.lock import TOUCHED
from monitoring.identity.models import SignedIn
from monitoring.identity.throttle import LIMITS
from tests.cast import PASSWORD, Cast
from tests.desks.pages import said
from tests.identity.browser import Browser, app_of, code_now, in_as
from wards.models import Staff

PAGE = "/me/password/"
NEW = "a kestrel over the lake"


@pytest.fixture
def alice(cast: Cast) -> Browser:
    browser = Browser()
    browser.sign_in("alice")
    return browser


def form(**changes: str) -> dict[str, str]:
    return {"old": PASSWORD, "password": NEW, "again": NEW} | changes


def keeps_the_old_one(cast: Cast) -> bool:
    return Staff.objects.get(pk=cast.alice.pk).check_password(PASSWORD)


def test_the_new_one_signs_in_and_the_old_one_does_not(cast: Cast, alice: Browser) -> None:
    assert alice.post(PAGE, form())["Location"] == "/me/sessions/"
    old, new = Browser(), Browser()
    old.sign_in("alice")
    new.sign_in("alice", NEW)
    assert (old.person, in_as(new, cast.alice)) == (None, True)


def test_this_session_goes_on_under_another_key_and_all_others_end(cast: Cast, alice: Browser) -> None:
    other = Browser()
    other.sign_in("alice")
    before, ends_at = alice.session.session_key, alice.session.get_expiry_date()
    page = alice.post(PAGE, form(), follow=True).content.decode()
    assert "You were signed out on 1 other screen." in said(page)
    assert alice.session.session_key != before
    assert alice.session.get_expiry_date() == ends_at
    assert alice.get("/wards/7b/").status_code == 200
    assert other.get("/wards/7b/")["Location"].startswith("/sign-in/")
    here, there = SignedIn.objects.order_by("pk")
    assert (here.ended_at, there.why) == (None, SignedIn.Why.NEW_PASSWORD)
    assert "this screen" in said(alice.get("/me/sessions/").content.decode())


def test_a_stolen_key_of_this_session_opens_nothing_any_more(alice: Browser) -> None:
    thief = Browser()
    thief.cookies["sessionid"] = alice.cookies["sessionid"].value
    assert thief.get("/wards/7b/").status_code == 200
    alice.post(PAGE, form())
    assert thief.get("/wards/7b/")["Location"].startswith("/sign-in/")


def test_the_lock_and_the_token_of_an_open_form_stay_as_they_were(alice: Browser) -> None:
    alice.get("/me/pin/")
    touched, token = alice.session[TOUCHED], alice.cookies["csrftoken"].value
    alice.post(PAGE, form())
    assert (alice.session[TOUCHED], alice.cookies["csrftoken"].value) == (touched, token)


def test_somebody_half_way_into_signing_in_with_the_old_one_begins_again(cast: Cast, alice: Browser) -> None:
    secret = app_of(cast.alice)
    thief = Browser()
    thief.sign_in("alice")
    alice.post(PAGE, form())
    assert thief.post("/sign-in/second/", {"code": code_now(secret)})["Location"] == "/sign-in/"


def test_it_is_on_the_record_without_any_password(cast: Cast, alice: Browser) -> None:
    alice.post(PAGE, form())
    (entry,) = AuditEntry.objects.filter(action="password.set")
    assert (entry.actor, entry.subject_id, entry.data) == (cast.alice, str(cast.alice.pk), {"by": "themselves"})
    kept = str(list(AuditEntry.objects.values()))
    assert NEW not in kept
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"again": NEW + "!"}, "These two differ."),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "password123", "again": "password123"}, "too common"),
        ({"password": PASSWORD, "again": PASSWORD}, "the password that you have now"),
        ({"old": ""}, "Type your password."),
        ({"old": "a wrong guess"}, "Wrong password. 4 more tries."),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    cast: Cast, alice: Browser, changes: dict[str, str], words: str
) -> None:
    response = alice.post(PAGE, form(**changes))
    assert response.status_code == 422
    page = response.content.decode()
    assert words in said(page)
    assert NEW not in page
    assert keeps_the_old_one(cast)


def test_the_old_one_cannot_be_guessed_and_the_fifth_try_ends_the_session(cast: Cast, alice: Browser) -> None:
    for _try in range(LIMITS["person here"].free):
        alice.post(PAGE, form(old="a wrong guess"))
    assert alice.person is None
    assert SignedIn.objects.get().why == SignedIn.Why.WRONG_ANSWERS
    assert alice.sign_in("alice").status_code == 429, "counted as guesses at signing in are"
    assert keeps_the_old_one(cast)


def test_guesses_at_signing_in_count_here_too(cast: Cast, alice: Browser) -> None:
    for _try in range(LIMITS["person here"].free):
        alice.guess("alice")
    response = alice.post(PAGE, form())
    assert response.status_code == 429
    assert "Try again in 30 seconds" in said(response.content.decode())
    assert keeps_the_old_one(cast)


def test_who_has_no_password_here_is_told_so(cast: Cast, alice: Browser) -> None:
    cast.alice.set_unusable_password()
    cast.alice.save()
    client = Browser()
    client.force_login(cast.alice)
    for response in (client.get(PAGE), client.post(PAGE, form())):
        assert "You have no password here." in said(response.content.decode())
