"""What common.js does with times and new alerts, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from monitoring.desks import common
from monitoring.desks.common.language import words_in

SCRIPT = (Path(common.__file__).parent / "static/spinewatch/common.js").read_text()
PAGE = """<body data-now="2026-03-02T03:14:00+00:00"><p id="announce" role="alert"></p><div id="calls"></div><main>
<time id="due" datetime="2026-03-02T03:32:30+00:00" data-tick="due" class="due">soon</time>
<time id="late" datetime="2026-03-02T03:02:30+00:00" data-tick="due" class="due">soon</time>
<time id="ago" datetime="2026-03-01T23:00:00+00:00" data-tick="ago">long ago</time>
<div id="list"><article id="one" data-alert="one@1" data-say="one"></article></div></main>"""

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser) -> Page:
    """A page made at 03:14 by the server, on a tablet whose own clock is years behind."""
    page = chromium.new_page()
    page.clock.set_fixed_time("2019-01-01T00:00:00Z")
    page.set_content(f"{PAGE}<script>{words_in('en-gb').source.decode()}</script><script>{SCRIPT}</script>")
    return page


def replace_list(page: Page, content: str) -> None:
    """As htmx does when the server has something new."""
    page.evaluate(
        """content => { document.getElementById("list").innerHTML = content;
        document.body.dispatchEvent(new CustomEvent("htmx:afterSwap", {bubbles: true})) }""",
        content,
    )


def test_times_go_by_the_servers_clock_and_never_by_the_tablets(page: Page) -> None:
    assert page.inner_text("#due") == "in 18 min"
    assert page.inner_text("#late") == "overdue 11 min"
    assert page.inner_text("#ago") == "4 h 14 ago"
    assert "overdue" in (page.get_attribute("#late", "class") or "")


def test_a_refreshed_fragment_sets_the_clock(page: Page) -> None:
    replace_list(page, '<div data-now="2026-03-02T03:30:00+00:00"></div>')
    assert page.inner_text("#due") == "in 2 min"


def test_a_new_alert_is_marked_and_linked_to_until_the_link_is_followed(page: Page) -> None:
    old = '<article id="one" data-alert="one@1" data-say="one"></article>'
    replace_list(page, f'{old}<article id="two" data-alert="two@1" data-say="two falls"></article>')
    assert page.get_attribute("#two", "class") == "is-new"
    assert page.get_attribute("#one", "class") is None
    assert page.inner_text("#announce") == "New: two falls"
    page.click("#announce a")
    assert page.inner_text("#announce") == ""


def test_an_alert_that_rose_is_as_good_as_new(page: Page) -> None:
    replace_list(page, '<article id="one" data-alert="one@2" data-say="one is worse"></article>')
    assert page.inner_text("#announce") == "New: one is worse"


def replace_calls(page: Page, content: str) -> None:
    """As htmx does with the red bar: it brings no time of its own, and any title comes between the two events."""
    page.evaluate(
        """content => { const calls = document.getElementById("calls"); calls.innerHTML = content;
        for (const name of ["htmx:afterSwap", "htmx:afterSettle"])
          calls.dispatchEvent(new CustomEvent(name, {bubbles: true, detail: {target: calls}})) }""",
        content,
    )


def test_the_title_counts_the_calls_that_were_not_opened(page: Page) -> None:
    page.evaluate("document.title = 'Board'")
    replace_calls(page, '<a class="call">one</a><a class="call">two</a>')
    assert page.title() == "▲2 Board"
    replace_calls(page, '<a class="call">two</a>')
    assert page.title() == "▲1 Board"
    replace_calls(page, "")
    assert page.title() == "Board"


def test_a_new_call_does_not_turn_the_clock_back(page: Page) -> None:
    replace_list(page, '<div data-now="2026-03-02T03:30:00+00:00"></div>')
    page.evaluate("const now = performance.now(); performance.now = () => now + 60000")
    replace_calls(page, '<a class="call">one</a>')
    page.clock.run_for(1100)
    assert page.inner_text("#due") == "in 1 min"
