"""The lock in a real browser: what whoever comes by sees, and how one is back at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from monitoring.demo.people import PASSWORD
from monitoring.desks.common.lock import TOUCHED
from monitoring.due.clock import now
from tests.browser.conftest import SignIn, open_check_form
from tests.stack import Stack

pytestmark = pytest.mark.thorough

PIN = "4719"
PATIENT = "IVERSEN"
ANYBODY = re.compile("IVERSEN|HARGREAVES", re.IGNORECASE)


def nobody_touches(page: Page, seconds: int) -> None:
    """As far as the page knows; the server has a clock of its own."""
    page.clock.fast_forward(seconds * 1000)


def server_heard_nothing(house: Stack, *, minutes: float) -> None:
    """For any session, as far as the server knows."""
    with house.models():
        for stored in Session.objects.all():
            data = stored.get_decoded() | {TOUCHED: (now() - timedelta(minutes=minutes)).isoformat()}
            Session.objects.filter(pk=stored.pk).update(session_data=SessionStore().encode(data))


def untouched_board(page: Page) -> Page:
    """The board with a clock that the test moves."""
    page.clock.install()
    page.reload()
    expect(page.locator("main")).to_contain_text(PATIENT)
    return page


def set_pin(page: Page, house: Stack) -> None:
    page.goto(f"{house.url}/me/pin/")
    page.get_by_label("New PIN").fill(PIN)
    page.get_by_label("The same PIN again").fill(PIN)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set the PIN").click()
    page.wait_for_url(lambda url: "/me/pin/" not in url)


def lock_by_hand(page: Page) -> None:
    page.get_by_role("button", name="Lock", exact=True).click()
    page.wait_for_url("**/locked/**")


def open_with_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    page.keyboard.press("Enter")


def cover(page: Page) -> Locator:
    return page.locator(".lock-cover")


def test_a_screen_that_nobody_touches_warns_then_locks_and_shows_no_patient(sign_in: SignIn, house: Stack) -> None:
    page = untouched_board(sign_in("ben"))
    nobody_touches(page, 155)
    expect(page.get_by_text("This screen locks in half a minute.")).to_be_visible()
    server_heard_nothing(house, minutes=3)
    nobody_touches(page, 30)
    page.wait_for_url("**/locked/**")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    assert not ANYBODY.search(page.content())
    assert not ANYBODY.search(page.title())


def test_a_touch_keeps_it_open_and_the_server_hears_of_it(sign_in: SignIn, house: Stack) -> None:
    page = untouched_board(sign_in("ben"))
    nobody_touches(page, 155)
    expect(page.get_by_text("This screen locks in half a minute.")).to_be_visible()
    with page.expect_request("**/me/touch/") as told:
        page.mouse.click(3, 300)
        page.clock.run_for(1000)
    expect(page.get_by_text("This screen locks in half a minute.")).to_be_hidden()
    answer = told.value.response()
    assert answer is not None
    assert answer.status == 204
    nobody_touches(page, 60)
    expect(page.locator("main")).to_contain_text(PATIENT)


def test_touches_are_told_at_most_twice_a_minute(sign_in: SignIn) -> None:
    page = untouched_board(sign_in("ben"))
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if "/me/touch/" in request.url else None)
    for _ in range(30):
        page.mouse.click(3, 300)
        page.clock.run_for(2000)
    assert 1 <= len(told) <= 2


def test_a_tab_left_alone_does_not_lock_somebody_at_another(sign_in: SignIn) -> None:
    left = untouched_board(sign_in("ben"))
    left.context.new_page().goto(left.url)  # a touch of which the first tab is not told
    with left.expect_response("**/lock/") as answer:
        nobody_touches(left, 185)
    assert answer.value.status == 200
    expect(left.locator("main")).to_contain_text(PATIENT)
    expect(cover(left)).to_have_count(0)


def test_locking_one_tab_locks_the_others(sign_in: SignIn) -> None:
    page = sign_in("ben")
    other = page.context.new_page()
    other.goto(page.url)
    lock_by_hand(page)
    other.wait_for_url("**/locked/**")
    assert not ANYBODY.search(other.content())


def test_a_page_whose_stream_is_refused_goes_to_the_lock(sign_in: SignIn, house: Stack) -> None:
    page = untouched_board(sign_in("ben"))
    server_heard_nothing(house, minutes=4)
    page.evaluate("dispatchEvent(new Event('offline')); dispatchEvent(new Event('online'))")
    page.wait_for_url("**/locked/**")


def test_the_back_button_shows_nothing_on_a_locked_screen(sign_in: SignIn) -> None:
    page = sign_in("ben")
    page.get_by_role("link", name=PATIENT).first.click()
    lock_by_hand(page)
    page.go_back()
    page.wait_for_url("**/locked/**")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    assert not ANYBODY.search(page.content())


def test_the_pin_leads_back_to_the_form_with_what_was_typed(sign_in: SignIn, house: Stack) -> None:
    page = sign_in("mei")
    set_pin(page, house)
    page.goto(house.url)
    form = open_check_form(page, PATIENT)
    form.box("left_L4").get_by_role("radio", name="grade 4").click()
    page.wait_for_timeout(500)
    where = page.url
    lock_by_hand(page)
    open_with_pin(page, "8305")
    expect(page.get_by_text("Wrong PIN. 4 more tries.")).to_be_visible()
    expect(page.get_by_label("PIN", exact=True)).to_be_focused()
    open_with_pin(page)
    page.wait_for_url(where)
    expect(form.box("left_L4").get_by_role("radio", name="grade 4")).to_be_checked()


def test_five_wrong_pins_ask_for_the_password(sign_in: SignIn, house: Stack) -> None:
    page = sign_in("dana")
    set_pin(page, house)
    lock_by_hand(page)
    for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try"):
        open_with_pin(page, "8305")
        expect(page.get_by_text(f"Wrong PIN. {left}.")).to_be_visible()
    open_with_pin(page, "8305")
    page.wait_for_url("**/sign-in/**")
    expect(page.get_by_text("Too many wrong answers. Sign in with your password.")).to_be_visible()


def test_it_works_without_a_script(sign_in: SignIn) -> None:
    page = sign_in("carol", javascript=False)
    lock_by_hand(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(lambda url: "/locked/" not in url)
    expect(page.locator("main")).to_contain_text(PATIENT)


def test_without_a_network_the_screen_is_covered_and_the_pin_opens_it_as_it_was(sign_in: SignIn, house: Stack) -> None:
    page = sign_in("alice")
    set_pin(page, house)
    page.goto(house.url)
    lock_by_hand(page)
    open_with_pin(page)  # the device may now be opened by it without a network
    page.wait_for_url("**/wards/**")
    untouched_board(page)
    form = open_check_form(page, PATIENT)
    form.box("left_L4").get_by_role("radio", name="grade 4").click()
    page.context.set_offline(True)
    nobody_touches(page, 185)
    expect(cover(page).get_by_text("No network.")).to_be_visible()
    assert not ANYBODY.search(page.content())
    assert not ANYBODY.search(page.title())
    open_with_pin(page, "8305")
    expect(cover(page).get_by_text("Wrong PIN.")).to_be_visible()
    open_with_pin(page)
    expect(cover(page)).to_have_count(0)
    expect(form.box("left_L4").get_by_role("radio", name="grade 4")).to_be_checked()
    page.context.set_offline(False)


def test_the_finger_starts_where_something_is_missing(sign_in: SignIn, house: Stack) -> None:
    page = sign_in("omar")
    page.context.clear_cookies()
    page.goto(f"{house.url}/sign-in/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.get_by_label("Username").fill("omar")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("Password")).to_be_focused()
