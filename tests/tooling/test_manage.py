"""`manage.py` where nothing is set up."""

import os
import subprocess
import sys

from tests.stack import ROOT

BARE = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=BARE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_help_needs_no_environment_at_all() -> None:
    done = manage("help")
    assert done.returncode == 0
    assert "replay" in done.stdout


def test_a_page_server_does_not_start_without_a_secret_key() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import monitoring.wsgi; from django.conf import settings; settings.SECRET_KEY"],
        cwd=ROOT,
        env=BARE,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
