"""The second half of signing in: by an app's code, by a recovery code, and setting one up for the first time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from pytest_django import Settings

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.identity import totp
from monitoring.identity.models import Factor, RecoveryCode, SignedIn
from monitoring.identity.pending import KEPT
from monitoring.identity.throttle import LIMITS
from tests.cast import Cast
from tests.desks.pages import said
from tests.identity.browser import Browser, app_of, code_now, in_as
from tests.identity.conftest import hidden, options_of
from wards.models import Staff

SECOND, ENROL = "/sign-in/second/", "/sign-in/enrol/"


@pytest.fixture(autouse=True)
def _surgeons_need_one(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = frozenset({"surgeon", "administrator"})


def actions_about(staff: Staff) -> list[str]:
    about = AuditEntry.objects.filter(subject_id=str(staff.pk), subject_type="wards.staff")
    return list(about.order_by("pk").values_list("action", flat=True))


# --- A code -----------------------------------------------------------------------------------------------------------


def test_the_password_alone_signs_nobody_in_who_has_a_factor(cast: Cast) -> None:
    app_of(cast.sam)
    browser = Browser()
    assert browser.sign_in("sam", way="/alerts/")["Location"] == SECOND
    assert browser.person is None
    assert browser.get("/inbox/").status_code == 302
    assert "Sam Stone: one more thing" in said(browser.get(SECOND).content.decode())


def test_the_code_signs_in_and_leads_to_where_one_wanted(cast: Cast) -> None:
    secret = app_of(cast.sam)
    browser = Browser()
    browser.sign_in("sam", way="/alerts/")
    assert browser.post(SECOND, {"code": code_now(secret)})["Location"] == "/alerts/"
    assert in_as(browser, cast.sam)
    assert SignedIn.objects.get(staff=cast.sam).second == "totp"


def test_a_code_opens_nothing_twice(cast: Cast) -> None:
    secret = app_of(cast.sam)
    code = code_now(secret)
    first, second = Browser(), Browser()
    for browser in (first, second):
        browser.sign_in("sam")
    first.post(SECOND, {"code": code})
    response = second.post(SECOND, {"code": code})
    assert response.status_code == 422
    assert "was used before" in said(response.content.decode())
    assert second.person is None


@pytest.mark.parametrize(("steps", "expected"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_off(steps: int, expected: bool) -> None:
    at, secret = now(), totp.new_secret()
    typed = totp.code_at(secret, int(at.timestamp()) // totp.STEP + steps)
    assert (totp.matching_step(secret, typed, at) is not None) is expected


def test_codes_are_those_of_the_rfc() -> None:
    """RFC 6238, appendix B: of its eight digits the last six."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert totp.code_at(secret, seconds // 30) == code


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "00000 "])
def test_what_is_no_code_is_refused(cast: Cast, typed: str) -> None:
    app_of(cast.sam)
    browser = Browser()
    browser.sign_in("sam")
    assert browser.post(SECOND, {"code": typed}).status_code == 422
    assert browser.person is None


def test_codes_cannot_be_guessed_one_after_the_other(cast: Cast) -> None:
    secret = app_of(cast.sam)
    browser = Browser()
    browser.sign_in("sam")
    for _ in range(LIMITS["person here"].free):
        browser.post(SECOND, {"code": "000000"})
    response = browser.post(SECOND, {"code": code_now(secret)})
    assert response.status_code == 429
    assert "Try again in 30 seconds" in said(response.content.decode())
    assert actions_about(cast.sam).count("second_factor.refused") == LIMITS["person here"].free
    assert "sign_in.locked_out" in actions_about(cast.sam)


def test_a_recovery_code_signs_in_once(cast: Cast) -> None:
    browser, codes = enrolled(cast.sam)
    browser.post("/sign-out/")
    for number, expected in ((1, True), (2, False)):
        again = Browser()
        again.sign_in("sam")
        again.post(SECOND, {"code": codes[0].upper()})
        assert in_as(again, cast.sam) is expected, f"time {number}"
    assert RecoveryCode.objects.filter(staff=cast.sam, used_at=None).count() == len(codes) - 1
    assert SignedIn.objects.filter(staff=cast.sam, second="recovery").count() == 1


def test_nothing_is_kept_of_a_recovery_code_that_could_be_typed(cast: Cast) -> None:
    _, codes = enrolled(cast.sam)
    kept = str(list(RecoveryCode.objects.values())) + str(list(AuditEntry.objects.values()))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_an_apps_secret_is_not_kept_in_the_clear(cast: Cast) -> None:
    secret = app_of(cast.sam)
    assert secret not in Factor.objects.get(staff=cast.sam).secret


def test_a_key_of_before_still_opens(cast: Cast, settings: Settings) -> None:
    secret = app_of(cast.sam)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a newer one"
    browser = Browser()
    browser.sign_in("sam")
    browser.post(SECOND, {"code": code_now(secret)})
    assert in_as(browser, cast.sam)


# --- Between the two halves -------------------------------------------------------------------------------------------


def test_the_second_page_is_for_whoever_has_shown_the_first_half(cast: Cast) -> None:
    secret = app_of(cast.sam)
    browser = Browser()
    assert browser.get(SECOND)["Location"] == "/sign-in/"
    assert browser.post(SECOND, {"code": code_now(secret)})["Location"] == "/sign-in/"
    assert browser.person is None


def test_it_waits_ten_minutes_and_no_longer(cast: Cast) -> None:
    secret = app_of(cast.sam)
    browser = Browser()
    browser.sign_in("sam")
    session = browser.session
    session[KEPT] |= {"until": (now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert browser.post(SECOND, {"code": code_now(secret)})["Location"] == "/sign-in/"
    assert browser.person is None


def test_a_password_that_changes_meanwhile_ends_it(cast: Cast) -> None:
    secret = app_of(cast.sam)
    browser = Browser()
    browser.sign_in("sam")
    cast.sam.set_password("another one altogether")
    cast.sam.save()
    browser.post(SECOND, {"code": code_now(secret)})
    assert browser.person is None


def test_whoever_was_signed_in_here_is_not_any_more(cast: Cast) -> None:
    app_of(cast.sam)
    browser = Browser()
    browser.sign_in("alice")
    browser.sign_in("sam")
    assert browser.person is None
    assert SignedIn.objects.get(staff=cast.alice).why == SignedIn.Why.REPLACED


# --- Setting one up ---------------------------------------------------------------------------------------------------


def enrolled(staff: Staff) -> tuple[Browser, list[str]]:
    """Signed in for the first time with an app, and the recovery codes that were shown."""
    browser = Browser()
    browser.sign_in(staff.username)
    page = browser.get(ENROL)
    response = browser.post(ENROL, {"kept": hidden(page, "kept"), "code": code_now(secret_on(page))})
    return browser, re.findall(r"<code>([a-z2-7-]+)</code>", response.content.decode())


def secret_on(page: object) -> str:
    found = re.search(r'class="secret">([^<]+)<', page.content.decode())  # type: ignore[attr-defined]
    assert found
    return found.group(1).replace(" ", "")


@pytest.mark.parametrize(("name", "way"), [("sam", ENROL), ("adam", ENROL), ("alice", "/"), ("carol", "/")])
def test_whose_role_needs_one_sets_one_up_at_the_first_signing_in(cast: Cast, name: str, way: str) -> None:
    assert Browser().sign_in(name)["Location"] == way


def test_until_it_is_set_up_nobody_is_signed_in(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("sam")
    assert browser.get("/inbox/")["Location"].startswith("/sign-in/")
    assert browser.person is None


def test_an_app_is_set_up_by_its_first_code_and_the_recovery_codes_are_shown_once(cast: Cast) -> None:
    browser, codes = enrolled(cast.sam)
    assert in_as(browser, cast.sam)
    assert len(set(codes)) == 10
    assert actions_about(cast.sam) == ["factor.added", "recovery_codes.made", "sign_in.succeeded"]
    assert browser.get(ENROL)["Location"] == "/sign-in/"


def test_a_wrong_first_code_shows_the_same_secret_again(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("sam")
    page = browser.get(ENROL)
    again = browser.post(ENROL, {"kept": hidden(page, "kept"), "code": "000000"})
    assert again.status_code == 422
    assert "The code does not fit" in said(again.content.decode())
    assert secret_on(again) == secret_on(page)
    assert not Factor.objects.exists()


def test_a_secret_that_the_page_did_not_show_to_this_person_is_refused(cast: Cast) -> None:
    other, browser = Browser(), Browser()
    other.sign_in("adam")
    browser.sign_in("sam")
    page = other.get(ENROL)
    for kept in (hidden(page, "kept"), "", "made up"):
        response = browser.post(ENROL, {"kept": kept, "code": code_now(secret_on(page))})
        assert response.status_code == 422
    assert not Factor.objects.exists()


def test_the_picture_is_part_of_the_page_and_needs_no_style(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("sam")
    page = browser.get(ENROL).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert "<script>" not in page
    assert options_of(browser.get(ENROL)).startswith("{")
