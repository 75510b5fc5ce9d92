"""The application's processes by name: the one list that `make run` and the tests with real processes start from."""

import sys
from pathlib import Path

PYTHON = sys.executable
CELERY = [PYTHON, "-m", "celery", "-A", "monitoring.celery", "-q"]
WORKER_OPTIONS = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]


def web(host: str, port: int) -> list[str]:
    """Pages and streams on one port. No access log: it would write query strings. What a proxy says of whom it heard
    from is believed or not by the application, which knows how many proxies are ours (settings.TRUSTED_PROXIES)."""
    command = [PYTHON, "-m", "uvicorn", "monitoring.asgi:application", f"--host={host}", f"--port={port}"]
    command += ["--no-access-log", "--no-server-header", "--no-proxy-headers", "--log-level=warning"]
    return [*command, "--timeout-graceful-shutdown=2"]


def worker(queue: str, concurrency: int) -> list[str]:
    """A Celery worker for one queue, so that slow work never stands before detection."""
    command = [*CELERY, "worker", f"--queues={queue}", f"--concurrency={concurrency}", f"--hostname={queue}@%h"]
    return [*command, *WORKER_OPTIONS]


def mailbox(host: str, port: int, folder: Path) -> list[str]:
    """A mail server that keeps whatever it is sent, as files, and sends nothing on: for `make run` alone."""
    command = [PYTHON, "-m", "aiosmtpd", "--nosetuid", f"--listen={host}:{port}"]
    return [*command, "--class=aiosmtpd.handlers.Mailbox", str(folder)]


def commands(host: str, port: int) -> dict[str, list[str]]:
    """Everything that runs beside the two servers.

    `sweep` does what `beat` and `worker` do for overdue work, without a broker: the guarantee when Valkey is away.
    """
    return {
        "web": web(host, port),
        "worker": worker("detect", 2),
        "slow": worker("slow", 4),
        "beat": [*CELERY, "beat", "--pidfile=", "--loglevel=WARNING"],
        "sweep": [PYTHON, "manage.py", "tick", "--loop"],
    }
