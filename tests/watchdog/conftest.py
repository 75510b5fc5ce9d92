"""Somebody who sweeps, as `manage.py tick --loop` does, in threads of the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from monitoring.due.management.commands.tick import sweep
from monitoring.due.pool import slow_pool
from monitoring.due.registry import Lane
from monitoring.watchdog import chores
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast


@pytest.fixture
def sweeping(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both lanes are swept until the test ends; the watchdog's own chores are left to the test."""
    monkeypatch.setattr(chores, "CHORES", {})
    stop = threading.Event()
    threads = [threading.Thread(target=sweep, args=[lane, stop]) for lane in Lane]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(10)
    assert slow_pool.finish(10)


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return watched_patient(cast)
