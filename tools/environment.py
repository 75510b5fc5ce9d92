"""Where `make run` runs on: the servers the environment names, or its own; and everything that can be wrong there.

`Problem` carries the one line that a person sees.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis
from django.core.exceptions import ImproperlyConfigured

from monitoring.environment import is_given, secret
from tools.postgres import Postgres
from tools.starting import free_port
from tools.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
LOOPBACK = "127.0.0.1"


class Problem(Exception):
    """Why it does not run; one line that says what to do."""


@dataclass(frozen=True)
class Place:
    """Address, environment of the processes, and the two servers when they are ours.

    `mailbox` is the port of a mail server of our own, which keeps what it is sent: the demo's people get real mail.
    """

    host: str
    port: int
    environment: dict[str, str]
    own_servers: tuple[Postgres, Valkey] | None
    mailbox: int | None = None

    @property
    def of_the_application(self) -> dict[str, str]:
        """The environment of what serves and works: it never learns how to be the owner of the tables."""
        return {name: value for name, value in self.environment.items() if not name.startswith("DATABASE_OWNER_URL")}

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"


def chosen_port() -> int:
    """PORT, 8000 by default. Raises Problem unless it is a port number."""
    word = os.environ.get("PORT", "").strip() or "8000"
    if not word.isdecimal() or not 0 < int(word) < 65536:
        raise Problem(f"PORT={word} is no port number: choose one from 1024 to 65535, for example make run PORT=8001.")
    return int(word)


def require_free(host: str, port: int) -> None:
    """Raises Problem when something listens there already, or when we may not."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Problem(
                f"Port {port} is for the superuser: choose another, for example make run PORT=8001."
            ) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise Problem(
                f"Port {port} on {host} cannot be used ({reason}): make run PORT={port % 65535 + 1}."
            ) from None


def private_text(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def kept_secret_key() -> str:
    """The key that signs sessions, made at the first start and kept under var/."""
    path = VAR / "secret-key"
    if not path.exists():
        private_text(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def socket_folder() -> Path:
    """A short path of our own for PostgreSQL's socket: a socket's path may have 107 bytes, a clone's may be longer."""
    return Path("/tmp") / f"spinewatch-{os.geteuid()}-{sha256(str(VAR).encode()).hexdigest()[:12]}"  # noqa: S108


def own_place(port: int) -> Place:
    """PostgreSQL and Valkey of our own, on loopback only: the demo's passwords are known to everybody."""
    logs = VAR / "log"
    postgres = Postgres(VAR / "postgres", socket_folder(), logs / "postgres.log")
    valkey = Valkey(logs / "valkey.log").reserve_port()
    mailbox = None if is_given("EMAIL_URL") else free_port()
    own = {
        "DATABASE_URL": postgres.application_url,
        "DATABASE_OWNER_URL": postgres.owner_url,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": secret("SECRET_KEY") or kept_secret_key(),
        "SPINEWATCH_EMBEDDED": "1",
        "SECURE": "0",
        "VAR_DIR": str(VAR),
        "BASE_URL": os.environ.get("BASE_URL") or f"http://{LOOPBACK}:{port}",
    }
    if mailbox is not None:
        own["EMAIL_URL"] = f"smtp://{LOOPBACK}:{mailbox}"
    given = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in own}
    return Place(LOOPBACK, port, given | own, (postgres, valkey), mailbox)


def given_place(port: int) -> Place:
    """The hospital's own servers. Raises Problem when something they need is missing or does not answer."""
    if not is_given("SECRET_KEY") and not os.environ.get("DEBUG"):
        raise Problem("SECRET_KEY is not set: give a long random one, the same to every machine that serves pages.")
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        if is_given(name):
            require_database(name)
    require_broker(secret("REDIS_URL"))
    environment = {name: value for name, value in os.environ.items() if name != "SPINEWATCH_EMBEDDED"}
    return Place(os.environ.get("LISTEN", LOOPBACK), port, environment | {"VAR_DIR": str(VAR)}, None)


def require_database(name: str) -> None:
    """Raises Problem when PostgreSQL does not let us in by the URL of that name. The line names no password."""
    try:
        psycopg2.connect(secret(name), connect_timeout=3).close()
    except psycopg2.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise Problem(f"The database of {name} cannot be reached; start it or correct the URL: {reason}") from None


def require_broker(url: str) -> None:
    """Raises Problem when Redis or Valkey does not answer. (Once running, the application does without it.)"""
    try:
        with redis.Redis.from_url(url, socket_timeout=3.0, socket_connect_timeout=3.0) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        where = urlsplit(url).hostname
        raise Problem(
            f"The Redis of REDIS_URL ({where}) cannot be reached; start it or correct the URL: {error}"
        ) from None


def place() -> Place:
    """Decide from DATABASE_URL and REDIS_URL: both, or neither. Raises Problem."""
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if is_given(name)]
    port = chosen_port()
    if len(given) == 1:
        raise Problem(
            f"Only {given[0]} is set: set both DATABASE_URL and REDIS_URL, or neither for servers of its own."
        )
    try:
        return given_place(port) if given else own_place(port)
    except ImproperlyConfigured as wrong:
        raise Problem(str(wrong)) from None
