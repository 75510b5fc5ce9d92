"""`manage.py` where nothing is set up."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.stack import ROOT

BARE = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=BARE | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_help_needs_no_environment_at_all() -> None:
    done = manage("help")
    assert done.returncode == 0
    assert "replay" in done.stdout


def test_what_only_the_owner_can_do_goes_by_the_owners_url() -> None:
    with socket.create_server(("127.0.0.1", 0)) as owners:
        owners.settimeout(30)
        url = f"postgresql://owner@127.0.0.1:{owners.getsockname()[1]}/none"
        more = {"DATABASE_URL": "postgresql://somebody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
        more |= {"DATABASE_OWNER_URL": url, "SECRET_KEY": "k" * 60, "AUDIT_RETENTION_DAYS": "9"}
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(manage, "prune_audit", **more)
            somebody, _address = owners.accept()  # it has come here, and not to the application's
            somebody.close()
            assert running.result().returncode != 0


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
