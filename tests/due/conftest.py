"""Sweeps of the tests' own in place of the application's; and processes whose very database may be frozen."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import psycopg2
import pytest

from monitoring.due import registry
from tests.due.rows import Rows
from tests.stack import Stack, wait_for
from tools.servers import Postgres, throw_away_folder, throw_away_servers


@pytest.fixture
def sweeps(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Rows]:
    """Register sweeps in place of the application's: `sweeps(todo=[1, 2])`."""
    monkeypatch.setattr(registry, "_sweeps", {})

    def add(**settings: object) -> Rows:
        rows = Rows(**settings)  # type: ignore[arg-type]
        registry.register(rows.sweep())
        return rows

    return add


class Lone(Stack):
    """All processes on servers of their own, whose PostgreSQL too may be stopped and frozen."""

    postgres: Postgres

    def freeze_postgres(self) -> None:
        assert self.postgres.process is not None
        os.killpg(self.postgres.process.pid, signal.SIGSTOP)

    def thaw_postgres(self) -> None:
        assert self.postgres.process is not None
        os.killpg(self.postgres.process.pid, signal.SIGCONT)

    def end(self, *names: str) -> None:
        """Kill processes of this test, so that the next can start its own."""
        for name in names:
            self.kill(name)
            self.processes.pop(name).wait()

    def ticked(self) -> str:
        """When the last tick was; empty where the database cannot say."""
        try:
            rows = self.sql("SELECT at FROM due_pulse WHERE name = 'tick'")
        except psycopg2.OperationalError:
            return ""
        return str(rows[0][0]) if rows else ""

    def wait_for_a_tick(self, seconds: float) -> None:
        before = self.ticked()
        wait_for(lambda: self.ticked() not in ("", before), seconds, "a tick")


@pytest.fixture(scope="module")
def lone() -> Iterator[Lone]:
    with throw_away_servers() as (postgres, valkey), throw_away_folder() as folder:
        own = {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "VAR_DIR": str(folder),
            "SECRET_KEY": "for tests only",
            "SECURE": "0",
            "PYTHONFAULTHANDLER": "1",
        }
        stack = Lone(folder, postgres.url, valkey, os.environ | own)
        stack.postgres = postgres
        stack.manage("migrate", "-v0")
        try:
            yield stack
        finally:
            stack.thaw_postgres()
            stack.close()
