"""`make screens`: each page of the demo ward as a picture in docs/screens: phone, tablet, desktop, and in the dark.

WebP, because hundreds of them lie in the repository.

`make screens ARGS='board stay-critical'` takes these alone.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import django
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
django.setup()

import monitoring.celery  # noqa: E402, F401 (what this process sends goes to the screens' own broker)
from monitoring.demo.people import PASSWORD  # noqa: E402
from tests.conftest import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES  # noqa: E402
from tests.stack import Stack, StackFactory  # noqa: E402
from tools.page_book import Booked, book, make_ready  # noqa: E402

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
TALLEST = 2400  # px: what lies below is more of the same
QUALITY = 50


class Device(NamedTuple):
    name: str
    width: int
    height: int
    dark: bool = False


DEVICES = (
    Device("phone", 360, 740),
    Device("tablet", 820, 1180),
    Device("desktop", 1280, 800),
    Device("dark", 820, 1180, dark=True),
)


def sign_in(page: Page, url: str, who: str) -> None:
    """Through the form, as anybody does."""
    page.goto(f"{url}/sign-in/")
    page.locator("input[name=username]").fill(who)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)


def open_page(page: Page, url: str, booked: Booked) -> None:
    """Bring the page about, and wait until it has settled."""
    page.goto(url + booked.path)
    if booked.prepare:
        booked.prepare(page)
    page.wait_for_load_state("load")
    page.wait_for_timeout(400)  # the live link has said hello, fragments have come


def take(page: Page, device: Device, name: str) -> None:
    """The whole page, down to `TALLEST`."""
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": device.width, "height": max(device.height, height)})
    browser = page.context.new_cdp_session(page)
    shot = browser.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    browser.detach()
    (FOLDER / f"{name}-{device.name}.webp").write_bytes(base64.b64decode(shot["data"]))
    page.set_viewport_size({"width": device.width, "height": device.height})


def take_all(browser: Browser, stack: Stack, pages: list[Booked]) -> int:
    """Each person signs in once on each device; whoever ends their session comes last."""
    taken = 0
    for device in DEVICES:
        for who in sorted({booked.who for booked in pages}):
            mine = sorted((each for each in pages if each.who == who), key=lambda each: each.prepare is not None)
            context = browser.new_context(
                viewport={"width": device.width, "height": device.height},
                color_scheme="dark" if device.dark else "light",
                reduced_motion="reduce",
                service_workers="block",
            )
            page = context.new_page()
            if who:
                sign_in(page, stack.url, who)
            for booked in mine:
                open_page(page, stack.url, booked)
                take(page, device, booked.name)
                taken += 1
            context.close()
    return taken


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        sys.exit("No Chromium here: apt-get install chromium")
    with (
        StackFactory() as factory,
        factory.open("web", "worker", "slow", "beat") as stack,
        sync_playwright() as playwright,
    ):
        stack.manage("demo")
        with stack.models():
            make_ready()
            pages = [booked for booked in book() if not sys.argv[1:] or booked.name in sys.argv[1:]]
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        print(f"{take_all(browser, stack, pages)} pictures in {FOLDER}")
        browser.close()


if __name__ == "__main__":
    main()
