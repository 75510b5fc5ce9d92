"""A database restored from a dump into a new cluster counts its transactions from the beginning again."""

from __future__ import annotations

import logging

import pytest

from monitoring.seals import actions
from monitoring.seals.actions import open_boundary, seal_next
from monitoring.seals.findings import What
from monitoring.seals.models import MOST, Log, Seal
from monitoring.seals.verification import verify
from tests.seals.conftest import ROWS
from tests.seals.ledger import (
    execute,
    found,
    seal_everything,
    sealed_ids,
    tamper,
    write_changes,
    write_entries,
    written_ids,
)

OLD, NEW = 10**12, 300
"""How far the old cluster had counted, and the new one."""


def write_at(xact: int, *ids: int) -> None:
    """Rows as the dump brought them, or as the new cluster writes them."""
    for row_id in ids:
        write_entries(1, first=row_id)
        tamper("UPDATE audit_auditentry SET xact = %s WHERE id = %s", [xact, row_id])


@pytest.fixture
def restored(sealed_log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealed in the old cluster up to its last rows, which came with the dump unsealed; then written to in the new one
    before anybody sealed."""
    write_at(OLD, 1001)
    monkeypatch.setattr(actions, "open_boundary", lambda: OLD + 1)
    seal_everything()
    write_at(OLD + 5, 1003, 1002)
    write_at(NEW, 1004, 1005)
    monkeypatch.setattr(actions, "open_boundary", lambda: NEW + 1)


def test_a_new_epoch_is_begun_and_said_in_the_chain(restored: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        seal_everything()
    assert "the ids of transactions went back" in caplog.text
    epoch = Seal.objects.get(kind=Seal.Kind.EPOCH, log=Log.ENTRIES)
    assert epoch.ids_from == 1004
    assert Seal.objects.filter(log=Log.ENTRIES, number__lt=epoch.number).latest("number").upto_xact == MOST
    report = verify()
    assert (report.is_sound, report.epochs) == (True, 1)


def test_all_rows_of_before_and_after_are_sealed_once(restored: None) -> None:
    seal_everything()
    assert sorted(sealed_ids(Log.ENTRIES)) == written_ids(Log.ENTRIES) == [*range(1, ROWS + 1), *range(1001, 1006)]


def test_in_the_new_epoch_sealing_goes_on_by_the_new_count(restored: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seal_everything()
    write_at(NEW + 10, 1006)
    assert seal_next(Log.ENTRIES) is None
    monkeypatch.setattr(actions, "open_boundary", lambda: NEW + 11)
    sealed = seal_next(Log.ENTRIES)
    assert sealed is not None
    assert (sealed.kind, sealed.count) == ("rows", 1)
    assert verify().is_sound


@pytest.mark.parametrize("row_id", [100, 1001, 1002, 1004])
def test_rows_of_either_epoch_are_watched(restored: None, row_id: int) -> None:
    seal_everything()
    tamper("DELETE FROM audit_auditentry WHERE id = %s", [row_id])
    assert found(verify()) == [(What.DELETED, row_id)]


@pytest.mark.parametrize(("xact", "row_id"), [(NEW, 500), (OLD, 999), (OLD + 99, 1000), (NEW, 2000)])
def test_a_row_added_to_either_is_found(restored: None, xact: int, row_id: int) -> None:
    seal_everything()
    write_at(xact, row_id)
    assert found(verify()) == [(What.INSERTED, row_id)]


def test_a_log_where_nothing_had_happened_begins_anew_with_the_other(
    restored: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last seal is of long before, and its last rows came unsealed with numbers that are not reached for years."""
    write_changes(1, first=1001)
    tamper("UPDATE audit_rowchange SET xact = %s WHERE id = 1001", [OLD + 3])
    seal_everything()
    assert sorted(sealed_ids(Log.CHANGES)) == written_ids(Log.CHANGES)
    assert verify().is_sound


def test_where_the_count_goes_on_no_epoch_is_begun(sealed_log: None) -> None:
    seal_everything()
    assert not Seal.objects.filter(kind=Seal.Kind.EPOCH).exists()


def test_the_boundary_is_the_oldest_open_transaction(db: None) -> None:
    execute("SELECT pg_current_xact_id()")
    boundary = open_boundary()
    assert 0 < boundary < OLD
