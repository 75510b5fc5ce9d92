"""Draws the icons of the installed app out of icon.svg, by Chromium: `python -m tools.icons`.

The drawing fills the middle four fifths, so that a device may cut the icon round (the manifest's "maskable").
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "monitoring/desks/common/static/spinewatch"
SIZES = (192, 512)
PAGE = (
    "<style>html,body{{margin:0;background:#0b5c8a}}svg{{display:block;width:80vw;height:80vw;margin:10vw}}</style>{}"
)


def main() -> None:
    """Write icon-192.png and icon-512.png beside icon.svg."""
    drawing = (FOLDER / "icon.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(PAGE.format(drawing))
            page.screenshot(path=FOLDER / f"icon-{size}.png")
        browser.close()


if __name__ == "__main__":
    main()
