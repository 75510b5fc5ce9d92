"""A browser window in which somebody is signed in: forms filled in by their fields' names, and pictures of it.

A form that is refused fails the test with what the page says.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, Response, expect

from monitoring.demo.people import SPINE
from tests.browser.conftest import open_with_password

TALLEST = 2600  # px of a picture
QUALITY = 60


def wall(ago: timedelta = timedelta(0)) -> datetime:
    """What the ward's clock showed so long ago."""
    return datetime.now(ZoneInfo(SPINE.time_zone)) - ago


@dataclass
class Camera:
    """Takes pictures of a story in the order in which it is told; none where there is no folder."""

    folder: Path | None
    story: str
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        for old in self.folder.glob(f"{self.story}-*.webp") if self.folder else ():
            old.unlink()

    def take(self, page: Page, who: str, name: str) -> None:
        """The whole page, down to `TALLEST`."""
        if self.folder is None:
            return
        page.wait_for_load_state("load")
        page.wait_for_timeout(400)  # the live link has said hello, fragments have come
        screen = page.viewport_size
        assert screen is not None
        height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": screen["width"], "height": max(screen["height"], height)})
        browser = page.context.new_cdp_session(page)
        shot = browser.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        browser.detach()
        page.set_viewport_size(screen)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self.story}-{next(self.numbers):02}-{who}-{name}.webp"
        path.write_bytes(base64.b64decode(shot["data"]))


@dataclass
class Window:
    """A browser window in which somebody is signed in."""

    page: Page
    url: str
    who: str
    camera: Camera

    def go(self, path: str) -> None:
        """To an address; past the lock, where nobody has touched the screen for minutes."""
        self.page.goto(f"{self.url}{path}")
        if "/locked/" in self.page.url:
            open_with_password(self.page)

    def follow(self, link: str) -> None:
        """The first link of these words in the page's own part."""
        self.page.locator("main").get_by_role("link", name=link).first.click()

    def shoot(self, name: str) -> None:
        self.camera.take(self.page, self.who, name)

    def put(self, name: str, value: str) -> None:
        """Fill in, choose or tick a field of the page's form."""
        fields = self.page.locator(f"main form [name='{name}']")
        kind = fields.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind in {"radio", "checkbox"}:
            one = f"[name='{name}'][value='{value}']" if kind == "radio" else f"[name='{name}']"
            self.page.locator(f"main form label:has({one})").first.click()
        elif kind == "select":
            fields.first.select_option(label=value)
        else:
            fields.first.fill(value)

    def fill(self, **said: str) -> None:
        for name, value in said.items():
            self.put(name, value)

    def when(self, name: str, ago: timedelta | None = None) -> None:
        """Now, or so long ago."""
        self.put(name, "now" if ago is None else "earlier")
        if ago is not None:
            then = wall(ago)
            self.fill(**{f"{name}_date": f"{then:%Y-%m-%d}", f"{name}_time": f"{then:%H:%M}"})

    def send(self, button: str) -> None:
        """Press the button, and come to the page after it; what is refused fails here."""
        with self.page.expect_response(_answers_a_form) as sent:
            self.page.locator("main").get_by_role("button", name=button).first.click()
        self.page.wait_for_load_state("load")
        assert sent.value.status in (302, 303), f"{button!r} was refused: {self.page.locator('main').inner_text()}"

    def shows(self, *words: str) -> None:
        """The page's own part says all of this, by now or in a moment."""
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each, ignore_case=True)


def _answers_a_form(answer: Response) -> bool:
    """Rather than the touch of the lock, which goes by itself."""
    return answer.request.method == "POST" and "/me/" not in answer.url
