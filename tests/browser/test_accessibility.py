"""WCAG 2.2 AA by axe on every page: light and dark, from 360 px to a desktop, in both languages.

`make thorough` takes each page in one language, by day on a phone or in the dark on a desktop, in turns; `make soak`
each in all four.
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
Look = tuple[ViewportSize, str]
LOOKS: tuple[Look, Look] = ((PHONE, "light"), (DESKTOP, "dark"))
LANGUAGES = ("en-gb", "zh-hans")
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
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(browser_page: Page, house: Stack, pages: list[Booked], language: str, who: str) -> None:
    """Every other page of somebody in one language, the others in the other; half of each by day on a phone."""
    mine = pages_of(who, pages)
    looked_at = [(booked, LOOKS[number // 2 % 2]) for number, booked in enumerate(mine)]
    in_turns = looked_at[LANGUAGES.index(language) % len(mine) :: 2]
    assert faults_of(browser_page, house, language, who, in_turns) == {}


@pytest.mark.browser
@pytest.mark.soak
@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who or "nobody")
@pytest.mark.parametrize("look", LOOKS, ids=("light", "dark"))
@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_does_it_in_any_language_on_any_screen(
    browser_page: Page, house: Stack, pages: list[Booked], language: str, look: Look, who: str
) -> None:
    assert faults_of(browser_page, house, language, who, [(booked, look) for booked in pages_of(who, pages)]) == {}


def pages_of(who: str, pages: list[Booked]) -> list[Booked]:
    """Somebody's pages, those last for which something must happen first."""
    mine = sorted((booked for booked in pages if booked.who == who), key=lambda booked: booked.prepare is not None)
    assert mine, "nobody of that name opens a page"
    return mine


def faults_of(
    page: Page, house: Stack, language: str, who: str, looked_at: list[tuple[Booked, Look]]
) -> dict[str, list[str]]:
    """What is wrong with each page in its look, by the page's name; printed too."""
    if who:
        fill_in_sign_in(page, who)
    found = {}
    for booked, look in looked_at:
        response = page.goto(house.url + booked.path)
        assert response is not None
        assert response.status == booked.status, booked.name
        if booked.prepare:
            booked.prepare(page)
        assert page.locator("html").get_attribute("lang") == language, booked.name
        if faulty := faults(page, *look):
            found[booked.name] = faulty
    report(found)
    return found


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
