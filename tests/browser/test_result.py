"""The result of a critical check in a real browser: what was half typed outlives the page's own refresh."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn

pytestmark = pytest.mark.thorough

REFRESH = "() => htmx.trigger(document.body, 'live:changed')"


def open_result(page: Page, patient: str) -> None:
    """The result of the patient's last check, by way of their page."""
    page.get_by_role("link", name=patient).first.click()
    page.wait_for_url("**/stays/**")
    correct = page.locator("a[href*='/checks/'][href$='/correct/']").first.get_attribute("href")
    assert correct is not None
    page.goto(page.url.split("/stays/")[0] + correct.replace("correct", "result"))


def test_a_half_typed_call_outlives_a_refresh_and_is_saved_once(sign_in: SignIn) -> None:
    page = sign_in("alice", screen=PHONE)
    open_result(page, "HARGREAVES")
    expect(page.get_by_role("link", name="ext. 4741").first).to_have_attribute("href", "tel:4741")
    expect(page.get_by_label("Somebody else: their name")).to_be_hidden()
    page.locator("#field-told").get_by_label("somebody else").check()
    page.get_by_label("Somebody else: their name").fill("Dr Vance")
    with page.expect_response("**/result/"):
        page.evaluate(REFRESH)
    expect(page.get_by_label("Somebody else: their name")).to_have_value("Dr Vance")
    page.get_by_role("group", name="When?").get_by_label("Now").check()
    page.locator("#field-read_back").get_by_label("Yes").check()
    page.get_by_role("button", name="Save the call").dblclick()
    page.wait_for_url("**/result/")
    expect(page.locator(".reports li")).to_have_count(1)
    expect(page.locator(".reports")).to_contain_text("Dr Vance")


def test_no_page_is_wider_than_a_phone(sign_in: SignIn) -> None:
    page = sign_in("alice", screen=PHONE)
    board = page.url
    open_result(page, "HARGREAVES")
    for address in (page.url, f"{board}sheet/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_no_patient_is_torn_between_two_sheets_of_paper(sign_in: SignIn) -> None:
    page = sign_in("alice")
    page.goto(f"{page.url}sheet/")
    page.emulate_media(media="print")
    for block in (*page.locator(".sheet article").all(), *page.locator(".sheet .lines tr").all()):
        assert block.evaluate("element => getComputedStyle(element).breakInside") == "avoid"
    assert page.locator("main").evaluate("main => main.scrollWidth <= main.clientWidth")
    expect(page.locator(".bar")).to_be_hidden()
