"""A browser that can be killed, with a profile on the disk that outlives it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, Page

from tests.browser.conftest import TABLET
from tests.conftest import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES
from tests.stack import wait_for


@dataclass
class Tablet:
    """One Chromium at a time on `profile`. Faults of its pages' scripts are gathered."""

    chromium: BrowserType
    profile: Path
    process: subprocess.Popen[bytes] | None = None
    faults: list[str] = field(default_factory=list)

    def start(self) -> Page:
        """Its one page, empty."""
        executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
        if executable is None:
            pytest.skip("no Chromium found")
        listens = self.profile / "DevToolsActivePort"
        listens.unlink(missing_ok=True)
        own = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(
            [executable, *CHROMIUM_ARGUMENTS, *own], stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_for(lambda: listens.exists() and "\n" in listens.read_text(), 30, "the browser listens")
        port = listens.read_text().split("\n")[0]
        context = self.chromium.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0]
        context.set_default_timeout(20_000)
        page = context.pages[0]
        page.set_viewport_size(TABLET)
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        return page

    def kill(self) -> None:
        """As a dead battery does: without a word to the browser."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
