"""The registry in a real browser: pictures are drawn, nothing is wider than a phone, the report is one sheet of A4."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.cast import set_stage
from tests.desks.pages import signed_in
from tests.stack import StackFactory
from tools.studied import bring_the_papers_hospital

pytestmark = [pytest.mark.thorough, pytest.mark.browser]
PAGES = ("/registry/", "/registry/times/", "/registry/planning/", "/registry/definition/", "/registry/import/")


@pytest.fixture(scope="module")
def page(_stack_factory: StackFactory, chromium: Browser) -> Iterator[Page]:
    """An administrator's, on a phone, with the paper's hospital on 7B."""
    with _stack_factory.open("web") as house:
        with house.models():
            cast = set_stage()
            bring_the_papers_hospital(cast.ward_7b, by=cast.adam)
            session = signed_in(cast.adam).cookies["sessionid"].value
        context = chromium.new_context(viewport=PHONE, base_url=house.url)
        context.add_cookies([{"name": "sessionid", "value": session, "url": house.url}])
        yield context.new_page()
        context.close()


@pytest.mark.parametrize("address", PAGES)
def test_pictures_are_drawn_and_nothing_is_wider_than_the_screen(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    drawn = page.evaluate("[...document.images].map(one => one.naturalWidth)")
    assert all(drawn)
    assert len(drawn) == {"/registry/": 5, "/registry/times/": 4, "/registry/planning/": 1}.get(address, 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
    assert complaints == []


def test_the_report_is_one_sheet_of_paper(page: Page) -> None:
    page.goto("/registry/export/report/")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
