"""The board on the wall, in a browser of its own that nobody touches."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import SignIn

pytestmark = pytest.mark.thorough

WALL: ViewportSize = {"width": 1920, "height": 1080}


def test_a_display_follows_the_ward_shows_no_name_and_ends_from_afar(sign_in: SignIn) -> None:
    wall, nurse, lead = sign_in("carol", screen=WALL), sign_in("alice"), sign_in("dana")
    make_display(wall, "corridor")
    expect(wall.locator(".tile")).to_have_count(14)
    expect(wall.locator("body")).not_to_contain_text("IVERSEN")
    expect(wall.locator("#alive")).to_contain_text(re.compile(r"\d+ s ago · as of \d\d:\d\d:\d\d"))
    everything_fits(wall)
    wall.evaluate("window.sameDocument = true")

    send_to_imaging(nurse, "IVERSEN")
    expect(tile(wall, "14")).to_contain_text("in imaging since")
    assert wall.evaluate("window.sameDocument"), "the display was not loaded again"

    lead.goto(re.sub(r"(//[^/]+).*", r"\1/wards/7B/displays/", lead.url))
    lead.get_by_role("button", name="End corridor").click()
    expect(lead.locator("main")).to_contain_text("“corridor” shows the board no more")
    # Until then there are many headings, and an expectation of one fails at once instead of waiting.
    expect(wall.get_by_role("heading", name="This display was ended")).to_be_visible(timeout=15_000)


def make_display(page: Page, name: str) -> None:
    page.get_by_role("link", name="Displays on the wall").click()
    page.get_by_label("Where it hangs").fill(name)
    page.get_by_role("button", name="Make this screen").click()
    page.wait_for_url("**/display/")


def tile(wall: Page, bed: str) -> Locator:
    return wall.locator(".tile", has=wall.locator("h2", has_text=bed))


def everything_fits(wall: Page) -> None:
    """Nobody scrolls a wall."""
    assert wall.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert wall.evaluate("document.documentElement.scrollWidth <= innerWidth")


def send_to_imaging(nurse: Page, name: str) -> None:
    nurse.get_by_role("link", name=name).first.click()
    nurse.wait_for_url("**/stays/**")
    nurse.goto(f"{nurse.url}away/")
    nurse.locator("input[name=place][value=imaging]").check(force=True)
    nurse.locator("input[name=at][value=now]").check(force=True)
    nurse.get_by_role("button", name="Save").click()
    nurse.wait_for_url(lambda url: "/away/" not in url)
