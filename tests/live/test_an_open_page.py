"""`live.js` in a real browser: a page never shows old data as new."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.live.pretend import Pretend

pytestmark = pytest.mark.browser
CALL = "PHONE THE SURGEON"
# Chromium and htmx say this of every refused request; no script of ours can help it.
HARMLESS = re.compile("Failed to load resource|Response Status Error Code|^htmx:(afterRequest|sendError)")


@pytest.fixture
def world() -> Iterator[Pretend]:
    with Pretend() as pretend:
        yield pretend


@pytest.fixture
def page(chromium: Browser, world: Pretend) -> Iterator[Page]:
    """A page whose own clock is years wrong, with its stream open. No script error and no breach of the policy."""
    context = chromium.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.clock.install(time="2001-01-01T00:00:00")
    page.goto(world.url)
    world.wait_for_streams(1)
    expect(page.locator("#board")).to_have_text("board 1")
    yield page
    context.close()
    assert [fault for fault in faults if not HARMLESS.search(fault)] == []


def line(page: Page) -> Locator:
    return page.locator("#alive")


def expect_red(page: Page, words: str) -> None:
    expect(line(page)).to_have_class(re.compile(r"\blost\b"))
    expect(line(page)).to_contain_text(words)
    expect(line(page).get_by_role("alert")).to_be_visible()


def expect_fine(page: Page) -> None:
    expect(line(page)).not_to_have_class(re.compile(r"\blost\b"))
    expect(line(page)).to_contain_text("Alerting checked")
    expect(line(page).get_by_role("status")).to_be_visible()


def hear(page: Page, world: Pretend, **changes: object) -> None:
    """A pulse that says that all is well, and has come: before it the line is fine too, but names no time."""
    world.pulse(**changes)
    expect(line(page)).to_contain_text("as of 03:14:07")
    expect_fine(page)


def test_a_page_asks_for_what_it_may_have_missed_before_it_listened(page: Page, world: Pretend) -> None:
    assert world.boards == 1


def test_a_change_is_on_the_page_at_once(page: Page, world: Pretend) -> None:
    page.clock.run_for(1000)
    world.say("changed", topic="ward.1")
    page.clock.run_for(400)
    expect(page.locator("#board")).to_have_text("board 2")


def test_nothing_is_put_anew_under_a_finger(page: Page, world: Pretend) -> None:
    """A tap on a link that a refresh replaced between touch and lift would be lost."""
    page.locator("#board").hover()
    page.mouse.down()
    page.evaluate("window.under = document.getElementById('board').firstChild")
    world.say("changed", topic="ward.1")
    with page.expect_response("**/board/"):
        page.clock.run_for(400)
    page.wait_for_timeout(100)
    assert page.evaluate("window.under.isConnected")
    assert page.locator("#board").text_content() == "board 1"
    page.mouse.up()
    page.clock.run_for(400)
    expect(page.locator("#board")).to_have_text("board 3")


def test_a_lift_that_is_never_heard_of_holds_nothing_back_for_long(page: Page, world: Pretend) -> None:
    page.locator("#board").hover()
    page.mouse.down()
    page.clock.run_for(1500)
    world.say("changed", topic="ward.1")
    page.clock.run_for(400)
    expect(page.locator("#board")).to_have_text("board 2")


def test_changes_that_come_together_are_one_refresh(page: Page, world: Pretend) -> None:
    for _ in range(20):
        world.say("changed", topic="ward.1")
    page.wait_for_timeout(200)
    page.clock.run_for(1000)
    expect(page.locator("#board")).to_have_text(re.compile("board [23]"))
    page.wait_for_timeout(200)
    assert world.boards <= 3


def test_the_health_line_tells_the_servers_time_in_the_wards_zone(page: Page, world: Pretend) -> None:
    world.pulse()
    expect(line(page)).to_have_text(re.compile("Alerting checked [12] s ago · as of 03:14:07"))
    page.clock.run_for(4000)
    expect(line(page)).to_have_text(re.compile("Alerting checked [5-7] s ago · as of 03:14:07"))
    expect_fine(page)


def test_no_second_is_announced_to_a_screen_reader(page: Page, world: Pretend) -> None:
    hear(page, world)
    spoken = line(page).get_by_role("status")
    before = spoken.text_content()
    page.clock.run_for(3000)
    assert spoken.text_content() == before
    assert line(page).get_attribute("role") is None
    assert page.locator("#alive [aria-live]").count() == 0


@pytest.mark.parametrize(
    ("pulse", "words"),
    [
        ({"checked_seconds_ago": 16.0}, "ALERTING HAS STOPPED"),
        ({"checked_seconds_ago": None, "failing": None, "late": None, "as_of": None}, "ALERTING DOES NOT ANSWER"),
        ({"failing": 1}, "ASSESSMENT FAILED for 1 patient."),
        ({"failing": 2}, "ASSESSMENT FAILED for 2 patients."),
        ({"late": 3}, "ASSESSMENT IS LATE for 3 patients."),
        ({"fault": "THE TEST ALERT DID NOT ARRIVE"}, "THE TEST ALERT DID NOT ARRIVE."),
    ],
)
def test_alerting_that_does_not_work_is_red(page: Page, world: Pretend, pulse: dict[str, object], words: str) -> None:
    world.pulse(**pulse)
    expect_red(page, words)
    expect_red(page, CALL)
    expect(line(page)).to_contain_text("Ward phone 1700")
    hear(page, world)


def test_a_check_that_grows_old_while_the_stream_lives_turns_red(page: Page, world: Pretend) -> None:
    hear(page, world, checked_seconds_ago=12.0)
    page.clock.run_for(3000)
    world.say("changed", topic="ward.1")
    page.clock.run_for(1500)
    expect_red(page, "ALERTING HAS STOPPED")


def test_a_page_whose_server_is_gone_turns_red_by_itself_and_names_the_wards_phone(page: Page, world: Pretend) -> None:
    hear(page, world)
    world.drop()
    world.server.shutdown()
    world.server.server_close()
    page.clock.run_for(13_000)
    expect_red(page, "LIVE LINK LOST")
    expect_red(page, CALL)
    expect(line(page)).to_contain_text("Ward phone 1700")


def test_a_silent_stream_is_a_lost_link_and_the_page_polls(page: Page, world: Pretend) -> None:
    hear(page, world)
    world.stream_status = 503
    page.clock.run_for(11_000)
    expect_fine(page)
    page.clock.run_for(2_000)
    expect_red(page, "LIVE LINK LOST")
    expect_red(page, CALL)
    world.wait_for_streams(0)
    before = world.boards
    for _ in range(3):
        page.clock.run_for(5_000)
        page.wait_for_timeout(50)
    assert before + 2 <= world.boards <= before + 4
    expect_red(page, "LIVE LINK LOST")
    world.stream_status = 200
    page.clock.run_for(6_000)
    world.wait_for_streams(1)
    hear(page, world)


def test_a_stream_that_opens_and_says_nothing_is_no_link(page: Page, world: Pretend) -> None:
    world.greets = False
    world.drop()
    expect_red(page, "LIVE LINK LOST")
    page.clock.run_for(6_000)
    world.wait_for_streams(1)
    expect_red(page, "LIVE LINK LOST")


def test_a_server_that_restarts_is_noticed_at_once_and_found_again(page: Page, world: Pretend) -> None:
    world.pulse()
    world.drop()
    expect_red(page, "LIVE LINK LOST")
    before = world.boards
    page.clock.run_for(6_000)
    world.wait_for_streams(1)
    page.clock.run_for(500)
    hear(page, world)
    assert world.boards > before


def test_a_server_that_hears_no_changes_is_red_and_the_page_polls(page: Page, world: Pretend) -> None:
    world.pulse()
    world.say("link", ok=False)
    expect_red(page, "this page asks every 5 s")
    before = world.boards
    for _ in range(2):
        page.clock.run_for(5_000)
        world.pulse()
        page.wait_for_timeout(50)
    assert world.boards >= before + 1
    before = world.boards
    world.say("link", ok=True)
    expect_fine(page)
    page.clock.run_for(500)
    page.wait_for_timeout(100)
    assert world.boards > before


def test_an_ended_session_is_said_and_the_page_asks_no_more(page: Page, world: Pretend) -> None:
    world.pulse()
    world.stream_status = 401
    world.drop()
    page.clock.run_for(6_000)
    expect_red(page, "SIGNED OUT")
    page.wait_for_timeout(500)  # what was asked before that may still arrive
    before = world.boards
    page.clock.run_for(30_000)
    page.wait_for_timeout(100)
    assert world.boards == before
    world.stream_status = 200
    page.clock.run_for(6_000)
    world.wait_for_streams(1)
    hear(page, world)


def test_a_session_that_ends_under_an_open_stream_is_said(page: Page, world: Pretend) -> None:
    world.stream_status = 401
    world.say("signed-out")
    expect_red(page, "SIGNED OUT")


def test_the_sign_in_page_is_never_shown_as_the_board(page: Page, world: Pretend) -> None:
    world.board_status, world.stream_status = 302, 401
    page.clock.run_for(1_000)
    world.say("changed", topic="ward.1")
    page.clock.run_for(400)
    expect_red(page, "SIGNED OUT")
    expect(page.locator("#board")).to_have_text("board 1")


def test_a_failed_refresh_keeps_the_old_content_with_its_time(page: Page, world: Pretend) -> None:
    world.pulse()
    world.board_status = 500
    page.clock.run_for(1_000)
    world.say("changed", topic="ward.1")
    page.clock.run_for(400)
    expect_red(page, "NOT REFRESHED")
    expect(line(page)).to_contain_text("This page is as of 03:10:00")
    expect(page.locator("#board")).to_have_text("board 1")
    world.board_status = 200
    for _ in range(2):
        page.clock.run_for(5_000)
        hear(page, world)


def test_a_page_that_slept_is_old_until_it_has_asked(page: Page, world: Pretend) -> None:
    hear(page, world)
    world.stream_status = 503
    before = world.boards
    page.clock.fast_forward("08:00:00")
    expect_red(page, "LIVE LINK LOST")
    world.wait_for_streams(0)
    world.stream_status = 200
    page.clock.run_for(6_000)
    world.wait_for_streams(1)
    page.clock.run_for(500)
    expect_red(page, "LIVE LINK LOST")
    hear(page, world)
    assert world.boards > before


def test_a_page_of_the_back_button_is_old_until_it_has_asked(page: Page, world: Pretend) -> None:
    world.pulse()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect_red(page, "LIVE LINK LOST")
    world.wait_for_streams(0)
    before = world.boards
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    world.wait_for_streams(1)
    page.clock.run_for(500)
    hear(page, world)
    assert world.boards > before


def hide(page: Page, hidden: bool) -> None:
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_a_hidden_page_gives_its_connection_back_and_is_old_when_it_is_seen_again(page: Page, world: Pretend) -> None:
    hide(page, True)
    for _ in range(7):
        page.clock.run_for(10_000)
        world.pulse()
        page.wait_for_timeout(30)
    world.wait_for_streams(0)
    world.stream_status = 503
    hide(page, False)
    expect_red(page, "LIVE LINK LOST")
    world.stream_status = 200
    page.clock.run_for(6_000)
    world.wait_for_streams(1)
    hear(page, world)


def test_a_page_that_hears_nothing_new_asks_again_all_the_same(page: Page, world: Pretend) -> None:
    """A message can be lost with the worker that was to send it."""
    before = world.boards
    for _ in range(5):
        page.clock.run_for(5_000)
        world.pulse()
        page.wait_for_timeout(30)
    expect(page.locator("#board")).to_have_text(f"board {before + 1}")
    assert world.boards == before + 1


def test_a_device_that_goes_offline_says_so_at_once(page: Page, world: Pretend) -> None:
    world.pulse()
    page.context.set_offline(True)
    expect_red(page, "LIVE LINK LOST")
    world.wait_for_streams(0)
    page.context.set_offline(False)
    world.wait_for_streams(1)
    hear(page, world)
