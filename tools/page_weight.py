"""What the board of forty beds weighs and how soon it is painted, in a real browser: a part of `make bench`."""

from __future__ import annotations

import shutil
import statistics
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, sync_playwright

from tests.cast import PASSWORD, Cast, admit_patient, ago, operate, set_stage
from tests.conftest import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES
from tests.stack import Stack

BEDS = 40
LOADS = 20
BYTES_SENT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((entry) => entry.initiatorType !== "eventsource")
  .map((entry) => [new URL(entry.name).pathname, entry.transferSize])"""
FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


class Weighed(NamedTuple):
    """Bytes over the wire by path, on a first visit; milliseconds to the first paint, each load; who was asked."""

    sent: dict[str, int]
    paints: list[float]
    hosts: set[str]

    def print_table(self) -> None:
        for path, size in sorted(self.sent.items(), key=lambda item: -item[1]):
            print(f"{size:>9,} B  {path}")
        paint = statistics.median(self.paints)
        print(f"{sum(self.sent.values()):>9,} B  the board of {BEDS} beds, with everything, on a first visit")
        print(f"{paint:>9.0f} ms first paint, median of {len(self.paints)} loads (worst {max(self.paints):.0f})")
        print(f"{len(self.hosts):>9} host asked")


def forty_beds(cast: Cast) -> None:
    """Ward 7B with forty patients who were operated yesterday."""
    for number in range(BEDS):
        stay = admit_patient(cast, bed=cast.ward_7b.beds.create(label=f"W{number:02}"))
        operate(cast, stay, ended_at=ago(hours=4))


def weigh(stack: Stack) -> Weighed | None:
    """None where there is no Chromium. Begins the stage by itself if nobody has."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        return None
    with stack.models():
        forty_beds(set_stage())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        context = browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
        page = context.new_page()
        hosts: set[str] = set()

        def heard(request: Request) -> None:
            hosts.add(urlsplit(request.url).netloc)

        page.on("request", heard)
        sign_in(page, stack.url)
        sent = first_visit(page, stack.url)
        paints = [paint(page, stack.url) for _ in range(LOADS)]
        browser.close()
    return Weighed(sent, paints, hosts)


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.locator("input[name=username]").fill("alice")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wards/7b/")


def first_visit(page: Page, url: str) -> dict[str, int]:
    """With an empty cache."""
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    page.goto(f"{url}/wards/7b/")
    page.wait_for_load_state("load")
    sizes: dict[str, int] = {}
    for path, size in page.evaluate(BYTES_SENT):
        sizes[path] = sizes.get(path, 0) + size
    return sizes


def paint(page: Page, url: str) -> float:
    """Milliseconds from the click to the first paint, with a warm server and the style sheets in the cache."""
    page.goto(f"{url}/wards/7b/")
    page.wait_for_function(FIRST_PAINT)
    return float(page.evaluate(FIRST_PAINT))
