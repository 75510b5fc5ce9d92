"""Our own browser modules on a page of nothing else, at an address that a browser trusts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Route

from monitoring.desks import common

FOLDER = Path(common.__file__).parent / "static/spinewatch"
SITE = "https://spinewatch.test/"


def open_modules(context: BrowserContext) -> Page:
    """A page from which `import("/grave.js")` and the others work. Nothing leaves the machine."""
    context.route("**/*", serve)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(SITE)
    return page


def serve(route: Route) -> None:
    path = FOLDER / route.request.url.removeprefix(SITE)
    if path.suffix == ".js" and path.is_file():
        route.fulfill(body=path.read_text(), content_type="text/javascript")
    else:
        route.fulfill(body="<p>", content_type="text/html")
