"""Sealing is a row with a due time, and says how far it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError

from monitoring.due.actions import run_one
from monitoring.due.clock import now
from monitoring.due.registry import sweep_named
from monitoring.seals import actions, schedule
from monitoring.seals.models import Log, Seal, Sealing
from monitoring.seals.schedule import run_sealing, sealing_due
from monitoring.watchdog.queries import look
from tests.seals.ledger import sealed_ids, write_changes, write_entries, written_ids


def due_again() -> None:
    Sealing.objects.update(due_at=now())


def seal_what_is_due() -> None:
    for sealing_id in sealing_due(10):
        run_sealing(sealing_id)


def test_it_is_due_at_once_and_then_every_ten_seconds(everything_ended: None) -> None:
    write_entries(10)
    seal_what_is_due()
    assert sealed_ids(Log.ENTRIES) == written_ids(Log.ENTRIES)
    assert sealing_due(10) == []
    assert Sealing.objects.get().due_at - now() == pytest.approx(timedelta(seconds=10), abs=timedelta(seconds=2))


def test_both_logs_are_sealed_into_one_chain(everything_ended: None) -> None:
    write_entries(10)
    write_changes(10)
    seal_what_is_due()
    assert set(Seal.objects.values_list("number", "log")) == {(1, "entries"), (2, "changes")}


def test_of_two_who_take_it_one_seals(everything_ended: None) -> None:
    (sealing_id,) = sealing_due(10)
    run_sealing(sealing_id)
    write_entries(10)
    run_sealing(sealing_id)
    assert sealed_ids(Log.ENTRIES) == []


def test_after_the_clock_was_set_back_it_does_not_wait_until_the_clock_comes_there(everything_ended: None) -> None:
    seal_what_is_due()
    Sealing.objects.update(due_at=now() + timedelta(hours=1))
    assert len(sealing_due(10)) == 1


def test_much_is_sealed_in_pieces_and_goes_on_at_once(
    everything_ended: None, small_seals: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "MOST_SEALS", 2)
    write_entries(320)
    (sealing_id,) = sealing_due(10)
    monkeypatch.setattr(schedule.seal_log, "__kwdefaults__", {"most": 2})
    run_sealing(sealing_id)
    assert len(sealed_ids(Log.ENTRIES)) == 100
    assert Sealing.objects.get().done_at is None
    while sealing_due(10):
        seal_what_is_due()
    assert sealed_ids(Log.ENTRIES) == written_ids(Log.ENTRIES)
    assert Sealing.objects.get().done_at is not None


def test_what_cannot_be_sealed_yet_is_remembered_by_its_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    write_entries(10)
    monkeypatch.setattr(actions, "open_boundary", lambda: 11)
    seal_what_is_due()
    sealing = Sealing.objects.get()
    assert sealing.unsealed_since is not None
    assert sealing.unsealed_since.isoformat() == "2026-03-02T03:14:07+00:00"
    assert look().unsealed > 300


def test_the_watchdog_is_told_nothing_where_all_is_sealed(everything_ended: None) -> None:
    assert look().unsealed == 0
    write_entries(10)
    seal_what_is_due()
    assert 0 <= look().unsealed < 5


def test_where_sealing_fails_the_row_says_so_and_the_watchdog_counts_from_then(
    everything_ended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_log: Log) -> bool:
        raise OperationalError("patient Smith")

    monkeypatch.setattr(schedule, "seal_log", fail)
    (sealing_id,) = sealing_due(10)
    run_one(sweep_named("seal"), sealing_id)
    sealing = Sealing.objects.get()
    assert (sealing.last_error, sealing.failing_since is not None) == ("OperationalError", True)
    Sealing.objects.update(failing_since=now() - timedelta(seconds=400))
    assert look().unsealed == pytest.approx(400, abs=5)
    monkeypatch.undo()
    monkeypatch.setattr(actions, "open_boundary", lambda: 10**9)
    due_again()
    seal_what_is_due()
    assert Sealing.objects.get().failing_since is None
