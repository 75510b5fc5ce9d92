"""A Valkey of the test's own, which may be stopped, started and frozen."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from monitoring.live import actions
from tools.servers import Valkey


class OwnValkey(Valkey):
    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def valkey(tmp_path: Path, settings: Settings) -> Iterator[OwnValkey]:
    """The application's live link goes through it; the breaker is closed, and nothing waits to be told."""
    server = OwnValkey(tmp_path / "valkey.log")
    server.start()
    settings.REDIS_URL = server.url
    actions.breaker.close()
    actions._missed.clear()
    yield server
    server.stop()
    actions.breaker.close()
    actions._missed.clear()
