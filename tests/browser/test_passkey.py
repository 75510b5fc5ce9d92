"""A passkey in a real browser, under the real Content-Security-Policy: made, and then asked for at signing in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import PASSWORD, set_stage
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium: Browser, stack: Callable[..., Stack]) -> Page:
    """Alice's browser with a fingerprint reader, at the sign-in page."""
    house = stack("web")
    with house.models():
        set_stage()
    url = house.url.replace("127.0.0.1", "localhost")  # where browsers have passkeys without https
    page = chromium.new_context(base_url=url, service_workers="block").new_page()
    reader = page.context.new_cdp_session(page)
    reader.send("WebAuthn.enable")
    reader.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return page


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def make_one(page: Page) -> None:
    sign_in(page)
    page.wait_for_url("**/wards/7b/")
    page.goto("/me/factors/new/")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("What you call it").fill("my phone")
    page.get_by_role("button", name="Make a passkey").click()


def test_a_passkey_is_made_and_signs_in(page: Page) -> None:
    make_one(page)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have them: go on").click()
    expect(page.get_by_role("heading", name="my phone")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    page.wait_for_url("**/sign-in/second/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/wards/7b/")


def test_a_passkey_alone_signs_in(page: Page) -> None:
    make_one(page)
    page.get_by_role("link", name="I have them: go on").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/wards/7b/")


def test_a_browser_without_the_passkey_says_that_nothing_was_given(page: Page) -> None:
    sign_in(page)
    page.wait_for_url("**/wards/7b/")
    page.goto("/me/factors/new/")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/factors/new/")
    refuses = "navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    page.evaluate(f"() => {{ {refuses} }}")
    page.get_by_label("What you call it").fill("my phone")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing was given")).to_be_visible()
    expect(page.get_by_role("button", name="Make a passkey")).to_be_enabled()
