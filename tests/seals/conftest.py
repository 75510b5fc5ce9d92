"""A log of some hundred rows, sealed within the test's own transaction."""

from __future__ import annotations

import pytest

from monitoring.seals import actions
from tests.seals.ledger import newest_transaction, seal_everything, write_changes, write_entries

ROWS = 320


@pytest.fixture
def everything_ended(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seal as if the test's own transaction had ended. What waits for open ones is test_boundary's."""
    monkeypatch.setattr(actions, "open_boundary", lambda: newest_transaction() + 1)


@pytest.fixture
def small_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_ROWS", 50)


@pytest.fixture
def sealed_log(everything_ended: None, small_seals: None) -> None:
    """320 entries and as many changes, fifty in a seal, many transactions in each."""
    write_entries(ROWS)
    write_changes(ROWS)
    seal_everything()
