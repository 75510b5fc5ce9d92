"""One migrated database for a whole run of the tests. Every other one is copied from it, which takes a tenth of a
second where migrating takes seconds; whichever process needs it first makes it, and the others wait."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import extensions

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("DATABASE_URL", "")
NAME = f"blueprint_{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
UNFINISHED = f"{NAME}_unfinished"
LOCK = 0xB1E  # an advisory lock of the tests' server: it goes with the connection


def with_database(url: str, name: str) -> str:
    """The same server's URL for another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def blueprint() -> str:
    """The name of the migrated database. Nobody may stay connected to it: one that is in use cannot be copied."""
    with _administering() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if cursor.fetchone() is None:
            cursor.execute(f'DROP DATABASE IF EXISTS "{UNFINISHED}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{UNFINISHED}"')
            environment = os.environ | {"DATABASE_URL": with_database(SERVER, UNFINISHED)}
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
            cursor.execute(f'ALTER DATABASE "{UNFINISHED}" RENAME TO "{NAME}"')
    return NAME


def remove_blueprint() -> None:
    """At the end of the run."""
    with _administering() as cursor:
        for name in (NAME, UNFINISHED):
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _administering() -> Iterator[extensions.cursor]:
    """On a connection of its own, outside any transaction."""
    with closing(psycopg2.connect(with_database(SERVER, "postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
