"""`make run`: everything, with one command, in the foreground.

Starts PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL name some, prepares the database, starts the
application's processes, says where it is, restarts what dies, and stops all of it on SIGINT, SIGTERM or SIGHUP.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType

from tools.children import Child, Family, end_left_over
from tools.environment import ROOT, VAR, Place, Problem, place, private_text, require_free, socket_folder
from tools.processes import PYTHON, commands, mailbox
from tools.starting import CannotStart, last_line, stop

LOGS = VAR / "log"
RUN = VAR / "run"
RECORD = RUN / "children.json"
ENVIRONMENT = RUN / "environment"
MAIL = VAR / "mail"
SHARED_WITH_MANAGE = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SPINEWATCH_EMBEDDED",
    "SECURE",
    "EMAIL_URL",
    "BASE_URL",
)
START_SECONDS = 60.0
LOG_BYTES = 5_000_000


class Stopped(Exception):
    """Somebody asked for the end."""


stopping = Event()


def request_stop(_number: int, _frame: FrameType | None) -> None:
    """Only note it: an exception out of a signal handler could lose a process that is just being started."""
    stopping.set()


def unless_stopped(seconds: float = 0.0) -> None:
    """Sleep a little. Raises Stopped as soon as the end was asked for."""
    if stopping.wait(seconds):
        raise Stopped


def say(line: str) -> None:
    """To the person who started it."""
    print(f"spinewatch: {line}", file=sys.stderr, flush=True)


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this folder's var/. It goes with the process, however that ends. Raises Problem."""
    for folder in (LOGS, RUN):
        folder.mkdir(parents=True, exist_ok=True)
    with (RUN / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("It runs already from this folder: stop that one first, or use another clone.") from None
        yield


def open_log(name: str) -> Path:
    """The path of a log, with an overgrown one put aside."""
    path = LOGS / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path


def launch(command: list[str], name: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start one process in a session of its own, writing to its log."""
    with open_log(name).open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def start_own_servers(here: Place, family: Family) -> None:
    """PostgreSQL and Valkey, if they are ours."""
    if here.own_servers is not None:
        postgres, valkey = here.own_servers
        family.start(Child("postgres", postgres.start, stop_signal=signal.SIGINT))
        family.start(Child("valkey", valkey.start))


def prepare(here: Place) -> str:
    """Migrations, static files, demo ward. Returns what the demo says of its accounts. Raises Problem."""
    command = [PYTHON, "-m", "tools.prepare"] + (["--demo"] if here.own_servers else [])
    said, log = RUN / "accounts", LOGS / "prepare.log"
    with said.open("wb") as out, open_log("prepare").open("ab") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=here.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            unless_stopped(0.02)
    finally:
        stop(process, signal.SIGTERM)
    if process.returncode != 0:
        raise Problem(f"The database could not be prepared: {last_line(log)} (log: {log})")
    return said.read_text().strip()


def start_application(here: Place, family: Family) -> None:
    """Web, workers, beat and sweep; and where the demo's mail arrives, if that is ours."""
    known = commands(here.host, here.port)
    if here.mailbox is not None:
        known["mailbox"] = mailbox(here.host, here.mailbox, MAIL)
    for name, command in known.items():
        family.start(Child(name, partial(launch, command, name, here.of_the_application)))


def answers(url: str) -> bool:
    """Whether the web process is up: healthy, or able to say that something is not."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        return error.code in {400, 503}
    except OSError:
        return False
    return True


def wait_until_served(here: Place, family: Family) -> None:
    """Raises Problem when no page is served in time."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(f"{here.url}health/"):
        if time.monotonic() > deadline:
            raise Problem(
                f"No page is served after {START_SECONDS:.0f} s: {last_line(LOGS / 'web.log')} (logs: {LOGS})"
            )
        family.tend(say)
        unless_stopped(0.05)


def announce(here: Place, accounts: str) -> None:
    """The one block that says everything."""
    lines = ["", f"Spinewatch is ready: {here.url}", ""]
    lines += [accounts, ""] if accounts else []
    lines += [f"What it mails: {MAIL}", ""] if here.mailbox is not None else []
    lines += [f"To stop it:  Ctrl-C here, or  kill {os.getpid()}", f"Logs:        {LOGS}", ""]
    print("\n".join(lines), flush=True)


def remember_for_manage(here: Place) -> None:
    """Let manage.py find the servers while they run."""
    known = {name: here.environment[name] for name in SHARED_WITH_MANAGE if name in here.environment}
    private_text(ENVIRONMENT, "".join(f"{name}={value}\n" for name, value in known.items()))


def run() -> None:
    """Start, serve until stopped, and stop. Raises Problem, CannotStart or Stopped."""
    with only_one():
        if ended := end_left_over(RECORD):
            say(f"ended {ended} processes that an earlier run had left behind.")
        here = place()
        require_free(here.host, here.port)
        family = Family(RECORD)
        try:
            start_own_servers(here, family)
            accounts = prepare(here)
            start_application(here, family)
            remember_for_manage(here)
            wait_until_served(here, family)
            announce(here, accounts)
            while True:
                family.tend(say)
                unless_stopped(0.3)
        finally:
            ENVIRONMENT.unlink(missing_ok=True)
            family.stop(last=["postgres", "valkey"])
            with suppress(OSError):  # never made, or not ours to remove
                socket_folder().rmdir()


def main() -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, request_stop)
    try:
        run()
    except Stopped:
        say("stopped.")
    except (Problem, CannotStart, OSError) as problem:
        sys.exit(f"spinewatch: {problem}")


if __name__ == "__main__":
    main()
