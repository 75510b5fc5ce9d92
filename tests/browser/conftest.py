"""The demo ward on real processes, and people who sit before a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, StorageState, ViewportSize

from monitoring.demo.people import PASSWORD
from monitoring.protocol import MYOTOMES
from tests.stack import Stack, StackFactory

PHONE: ViewportSize = {"width": 360, "height": 740}
TABLET: ViewportSize = {"width": 820, "height": 1180}


@pytest.fixture(scope="module")
def house(_stack_factory: StackFactory) -> Iterator[Stack]:
    """Everything that `make run` starts, with the demo's people and patients. One for all tests of a file."""
    with _stack_factory.open("web", "worker", "beat") as stack:
        stack.manage("demo")
        yield stack


@pytest.fixture(scope="module")
def sessions(house: Stack) -> dict[str, StorageState]:
    """The cookies of those who have signed in on this house: hashing a password takes its time."""
    return {}


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(chromium: Browser, house: Stack, sessions: dict[str, StorageState]) -> Iterator[SignIn]:
    """`sign_in("alice")` gives a page of a browser of her own, signed in through the form. Faults of a page fail."""
    with ExitStack() as browsers:

        def open_page(username: str, *, javascript: bool = True, screen: ViewportSize = TABLET) -> Page:
            context = chromium.new_context(
                viewport=screen, java_script_enabled=javascript, storage_state=sessions.get(username)
            )
            browsers.callback(context.close)
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.on("pageerror", lambda fault: faults.append(fault))
            page.goto(house.url)
            if "sign-in" in page.url:
                fill_in_sign_in(page, username)
                sessions[username] = context.storage_state()
            elif "/locked/" in page.url:  # the last test that used this session was minutes ago
                open_with_password(page)
            return page

        faults: list[Error] = []
        yield open_page
        assert faults == [], "a script failed"


def fill_in_sign_in(page: Page, username: str) -> None:
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def open_with_password(page: Page) -> None:
    """From the locked page back to where one was."""
    if page.get_by_role("link", name="Use the password instead").is_visible():
        page.get_by_role("link", name="Use the password instead").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(lambda url: "/locked/" not in url)


@dataclass
class CheckPage:
    """The check form in a browser, used as a nurse does."""

    page: Page

    def tap(self, label: str) -> None:
        """One tap on the button of that accessible name."""
        self.page.get_by_label(label, exact=True).click()

    def fill(self, **grades: int) -> None:
        """Grade all ten muscles, 5 but for `left_L4=1`, and say yes to a grave one; answer both questions; now."""
        for myotome in MYOTOMES:
            for side in ("right", "left"):
                self.grade(f"{side}_{myotome}", grades.get(f"{side}_{myotome}", 5))
                if self.question.is_visible():
                    self.answer("Yes")
        for question in ("Saddle numbness?", "New bladder or bowel trouble?"):
            self.page.get_by_role("group", name=question).get_by_label("No", exact=True).click()
        self.page.get_by_role("group", name="Examined at").get_by_label("Now").click()

    def grade(self, muscle: str, grade: int) -> None:
        self.box(muscle).get_by_role("radio", name=f"grade {grade}").click()

    def answer(self, word: str) -> None:
        """Answer what a grave grade asks, after as long as a thumb needs."""
        self.page.wait_for_timeout(550)
        self.question.get_by_role("button", name=word).click()

    @property
    def question(self) -> Locator:
        return self.page.locator("dialog.ask")

    def box(self, muscle: str) -> Locator:
        side, myotome = muscle.split("_")
        return self.page.locator(f"[data-muscle={myotome.lower()}_{side}]")

    @property
    def save(self) -> Locator:
        return self.page.locator("[data-save]")


def open_check_form(page: Page, patient: str) -> CheckPage:
    """From the board to the form, as a nurse goes."""
    page.get_by_role("link", name=patient).first.click()
    page.get_by_role("link", name="Record check").click()
    page.wait_for_url("**/checks/new/")
    return CheckPage(page)
