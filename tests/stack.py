"""Real processes for tests that kill, freeze and watch them: web, workers, beat and sweep on a database of their own.

The `stack` fixture in conftest starts them; whatever was started is gone at the end of the test.
"""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from django.db import connection

from monitoring.settings import database
from tests.blueprint import blueprint, with_database
from tools.processes import PYTHON, commands
from tools.servers import throw_away_folder
from tools.starting import free_port
from tools.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0
PLACE = ("NAME", "USER", "HOST", "PORT")  # what tells a database from another, in Django's settings


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Look every 20 ms until `condition()` is true and return what it gave; fail by name when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def with_application(url: str, name: str) -> str:
    """The same database's URL, for a process that says there what it is called (`pg_stat_activity`)."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, f"application_name={quote(name)}"]))))


def run_sql(url: str, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement on a connection of its own, outside any transaction; rows where it has any."""
    opened = psycopg2.connect(url)
    try:
        opened.autocommit = True
        with opened.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        opened.close()


@dataclass
class Stack:
    """The processes of one test, its own database in the tests' PostgreSQL, and its own Valkey."""

    folder: Path
    database_url: str
    valkey: Valkey
    environment: dict[str, str]
    unblock: Callable[[], AbstractContextManager[Any]] = nullcontext
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the web process answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self.processes.items()}

    def start(self, *names: str) -> None:
        """Start processes by their names in tools/processes.py; waits for the web process to answer."""
        known = commands("127.0.0.1", self.port)
        for name in names:
            self.launch(name, known[name])
        if "web" in names:
            wait_for(self.answers, START_SECONDS, f"the web process answers; its log: {self.log('web')}")

    def launch(self, name: str, command: list[str], **more: str) -> None:
        """Start a process under a name of its own, with `more` in its environment."""
        own = {"DATABASE_URL": with_application(self.database_url, name)}
        with self.log_path(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | own | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def answers(self) -> bool:
        """Whether the web process answers anything at all, be it an error."""
        try:
            urllib.request.urlopen(f"{self.url}/health/", timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def kill(self, name: str, sig: int = signal.SIGKILL) -> None:
        """Send a signal to a process and all it started (a worker's pool too)."""
        os.killpg(self.processes[name].pid, sig)

    def stop_valkey(self) -> None:
        self.valkey.stop()

    def start_valkey(self) -> None:
        """Bring the stopped Valkey back on the same port, empty."""
        self.valkey.start()

    def freeze_valkey(self) -> None:
        assert self.valkey.process is not None
        self.valkey.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.valkey.process is not None
        self.valkey.process.send_signal(signal.SIGCONT)

    def sql(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Ask the stack's database."""
        return run_sql(self.database_url, query, parameters)

    def manage(self, *arguments: str) -> str:
        """Run a management command on the stack; returns what it printed, raises when it fails."""
        command = [PYTHON, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    @contextmanager
    def models(self) -> Iterator[None]:
        """Inside, the test's own models and actions speak to the stack's database, and really commit."""
        connection.close()
        here = database(self.database_url)
        before = {name: connection.settings_dict[name] for name in PLACE}
        connection.settings_dict.update({name: here[name] for name in PLACE})
        try:
            with self.unblock():
                yield
        finally:
            connection.close()
            connection.settings_dict.update(before)

    def log_path(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def log(self, name: str) -> str:
        """What a process has written so far."""
        path = self.log_path(name)
        return path.read_text(errors="replace") if path.exists() else ""

    def close(self) -> None:
        """End everything, by force: a test that asks for a graceful end does so itself."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.valkey.stop()


class StackFactory:
    """Makes stacks. The static files are made once, at the first need.

    `unblock` lifts pytest-django's guard while a test works on a stack's own database.
    """

    def __init__(self, unblock: Callable[[], AbstractContextManager[Any]] = nullcontext) -> None:
        self._unblock = unblock
        self._resources = ExitStack()
        self._numbers = count(1)
        self._server_url = os.environ["DATABASE_URL"]
        self._name = f"stack_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()

    def _administer(self, statement: str) -> None:
        run_sql(with_database(self._server_url, "postgres"), statement)

    def _environment(self, database: str, redis_url: str) -> dict[str, str]:
        assert self._folder is not None
        own = {
            "DATABASE_URL": with_database(self._server_url, database),
            "REDIS_URL": redis_url,
            "VAR_DIR": str(self._folder),
            "SECRET_KEY": "for tests only",
            "SPINEWATCH_EMBEDDED": "1",
            "SECURE": "0",
        }
        return os.environ | own

    def _prepare(self) -> Path:
        """Collect the static files, once. Returns the folder for all stacks' files."""
        if self._folder is None:
            self._folder = self._resources.enter_context(throw_away_folder())
            environment = self._environment("postgres", os.environ["REDIS_URL"])
            for command in (["compilemessages"], ["collectstatic", "--noinput"]):
                subprocess.run([PYTHON, "manage.py", *command, "-v0"], cwd=ROOT, env=environment, check=True)
        return self._folder

    @contextmanager
    def open(self, *names: str) -> Iterator[Stack]:
        """A stack with these processes running, gone at the end."""
        folder = self._prepare() / str(number := next(self._numbers))
        folder.mkdir()
        database = f"{self._name}_{number}"
        self._administer(f'CREATE DATABASE "{database}" TEMPLATE "{blueprint()}"')
        valkey = Valkey(folder / "valkey.log")
        valkey.start()
        environment = self._environment(database, valkey.url)
        made = Stack(folder, with_database(self._server_url, database), valkey, environment, self._unblock)
        try:
            made.start(*names)
            yield made
        finally:
            made.close()
            self._administer(f'DROP DATABASE "{database}" WITH (FORCE)')
