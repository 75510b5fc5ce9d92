"""What starting and ending a server needs, whichever it is."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 30.0
PATIENCE_SECONDS = 10.0


class CannotStart(Exception):
    """A server did not come up; the message is one line that says what to look at."""


def package_folder(name: str) -> Path:
    """The folder of an installed package, without importing it. Raises CannotStart when it is not installed."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The Python package {name} is not installed: run `make venv`.")
    return Path(next(iter(spec.submodule_search_locations)))


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def last_line(log: Path) -> str:
    """The last line of a log file, for an error message."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "no output"


def stop(process: subprocess.Popen[bytes], sig: int) -> None:
    """End a child with a signal, and by force if it does not obey. A frozen child (SIGSTOP) is woken first."""
    if process.poll() is not None:
        return
    process.send_signal(sig)
    process.send_signal(signal.SIGCONT)  # a frozen process takes no other signal
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tell_all(group: int, sig: int) -> None:
    """Send a signal to a whole process group, if it is still there."""
    with suppress(ProcessLookupError):
        os.killpg(group, sig)
