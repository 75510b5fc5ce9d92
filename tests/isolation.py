"""Loaded before Django's settings are (`-p tests.isolation` in pyproject.toml): gives each pytest-xdist worker a
Redis database and a channel prefix of its own. pytest-django does the same for PostgreSQL."""

import os
from urllib.parse import urlsplit, urlunsplit


def worker_number() -> int:
    """1, 2, … for pytest-xdist's gw0, gw1, …; 0 when the tests run in one process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(worker.removeprefix("gw")) + 1 if worker else 0


def separate() -> None:
    """Point this process to its own database of the Redis that the environment names."""
    number = worker_number()
    parts = urlsplit(os.environ.get("REDIS_URL", ""))
    if parts.scheme:
        os.environ["REDIS_URL"] = urlunsplit(parts._replace(path=f"/{number}"))
    os.environ["LIVE_CHANNEL_PREFIX"] = f"test{number}"


separate()
