"""WCAG 2.2 AA by axe on every page: light and dark, from 360 px to a desktop, in both languages.

`make thorough` takes English on a phone by day and Chinese on a desktop in the dark; `make soak` the other two.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import PHONE, fill_in_sign_in
from tests.stack import Stack
from tools.page_book import NO_PAGES, Booked, book, make_ready, routes

pytestmark = pytest.mark.thorough

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE_BY_DAY, DESKTOP_IN_THE_DARK = (PHONE, "light"), (DESKTOP, "dark")
PEOPLE = ("", "alice", "carol", "dana", "ines", "mei", "omar", "rhea", "sam")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="module")
def pages(house: Stack) -> list[Booked]:
    """The demo ward's pages, with all that must have happened for them."""
    with house.models():
        make_ready()
        return book()


@pytest.fixture
def browser_page(language: str, chromium: Browser, house: Stack) -> Iterator[Page]:
    """A page of a browser that asks for the language, and for no motion."""
    context = chromium.new_context(viewport=PHONE, locale=language, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{house.url}/sign-in/")
    yield page
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds, a line for each element: the rule, the element, what is wrong with it."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found
        for node in rule["nodes"]
    ]


def faults(page: Page, screen: ViewportSize, scheme: str) -> list[str]:
    """What axe finds, and whether anything stands beyond the edge of the screen."""
    page.set_viewport_size(screen)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    found = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= screen["width"] else [*found, f"{wide} px wide on a screen of {screen['width']} px"]


@pytest.mark.browser
@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who or "nobody")
@pytest.mark.parametrize(
    ("language", "look"),
    [
        pytest.param("en-gb", PHONE_BY_DAY, id="en-gb-light"),
        pytest.param("zh-hans", DESKTOP_IN_THE_DARK, id="zh-hans-dark"),
        pytest.param("en-gb", DESKTOP_IN_THE_DARK, id="en-gb-dark", marks=pytest.mark.soak),
        pytest.param("zh-hans", PHONE_BY_DAY, id="zh-hans-light", marks=pytest.mark.soak),
    ],
)
def test_axe_finds_nothing(
    browser_page: Page, house: Stack, pages: list[Booked], language: str, look: tuple[ViewportSize, str], who: str
) -> None:
    mine = sorted((booked for booked in pages if booked.who == who), key=lambda booked: booked.prepare is not None)
    assert mine, "nobody of that name opens a page"
    if who:
        fill_in_sign_in(browser_page, who)
    found = {}
    for booked in mine:
        response = browser_page.goto(house.url + booked.path)
        assert response is not None
        assert response.status == booked.status, booked.name
        if booked.prepare:
            booked.prepare(browser_page)
        assert browser_page.locator("html").get_attribute("lang") == language, booked.name
        if faulty := faults(browser_page, *look):
            found[booked.name] = faulty
    report(found)
    assert not found


def report(found: dict[str, list[str]]) -> None:
    """One line a fault: pytest's own rendering of a dictionary is no list to work from."""
    for name, faulty in found.items():
        print(*(f"{name}: {fault}" for fault in faulty), sep=os.linesep)


def test_every_address_is_in_the_book_of_pages_or_said_to_be_none(pages: list[Booked]) -> None:
    booked = {page.route for page in pages}
    assert routes() - booked - set(NO_PAGES) == set()
    assert (booked | set(NO_PAGES)) - routes() == set()
    assert booked & set(NO_PAGES) == set()


def test_everybody_who_opens_a_page_is_tried(pages: list[Booked]) -> None:
    assert {page.who for page in pages} == set(PEOPLE)
