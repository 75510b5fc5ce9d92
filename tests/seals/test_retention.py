"""Retention removes the rows of whole seals, by the tables' owner alone; the chain says so, and what is held stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.due.clock import now
from monitoring.seals import actions
from monitoring.seals.findings import What
from monitoring.seals.models import Log, Seal
from monitoring.seals.retention import Refused, prune
from monitoring.seals.verification import verify
from tests.cast import Cast, admit_patient
from tests.seals.ledger import (
    execute,
    found,
    seal_everything,
    tamper,
    write_changes,
    write_entries,
    written_ids,
)
from wards.models import Patient

KEPT_DAYS = 90
OLD = 200  # the first so many rows


@pytest.fixture
def old_log(everything_ended: None, small_seals: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Of 320 rows the first 200 were sealed a hundred days ago; ninety days are kept."""
    settings.AUDIT_RETENTION_DAYS = KEPT_DAYS
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # as between the transactions that the command makes
    with a_hundred_days_ago(monkeypatch):
        write_entries(OLD)
        write_changes(OLD)
        seal_everything()
    write_entries(120, first=OLD + 8)
    write_changes(120, first=OLD + 8)
    seal_everything()


@contextmanager
def a_hundred_days_ago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def then() -> datetime:
        return now() - timedelta(days=100)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "now", then)
        yield


def test_old_rows_go_and_the_log_is_as_sealed_without_them(old_log: None) -> None:
    assert prune() == {Log.CHANGES: OLD, Log.ENTRIES: OLD}
    assert min(written_ids(Log.ENTRIES)) == min(written_ids(Log.CHANGES)) == OLD + 8
    report = verify()
    assert (report.is_sound, report.removed, report.rows) == (True, 2 * OLD, 240)
    assert report.removed_upto == max(Seal.objects.exclude(note={}).values_list("note__seals", flat=True)[0] + [8])


def test_it_is_said_in_the_chain_and_in_the_log(old_log: None) -> None:
    prune()
    pruned = Seal.objects.filter(kind=Seal.Kind.PRUNED)
    assert {seal.log: len(seal.note["seals"]) for seal in pruned} == {"entries": 4, "changes": 4}
    told = AuditEntry.objects.filter(action="audit.pruned").order_by("id")
    assert [(one.data["log"], one.data["rows"]) for one in told] == [("changes", OLD), ("entries", OLD)]
    seal_everything()
    assert verify().is_sound


def test_a_second_time_there_is_nothing_to_remove(old_log: None) -> None:
    prune()
    assert prune() == {Log.CHANGES: 0, Log.ENTRIES: 0}


def test_the_table_refuses_as_before_when_it_is_done(old_log: None) -> None:
    prune()
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
        execute("DELETE FROM audit_auditentry")


def test_rows_put_back_where_they_were_removed_are_found(old_log: None) -> None:
    prune()
    write_entries(1, first=100)
    assert found(verify()) == [(What.INSERTED, 100)]


def test_a_seal_of_ours_alone_lets_rows_go_and_nobody_elses(old_log: None) -> None:
    tamper("DELETE FROM audit_auditentry WHERE id <= 3")
    prunings = Seal.objects.filter(kind=Seal.Kind.PRUNED)
    assert not prunings.exists()
    tamper("UPDATE seals_seal SET kind = 'pruned', note = '{\"seals\": [1]}' WHERE number = 6")
    assert found(verify()) == [
        (What.SEAL_CHANGED, 6),
        (What.DELETED, 1),
        (What.DELETED, 2),
        (What.DELETED, 3),
    ]


def test_a_seal_with_a_row_under_legal_hold_keeps_all_its_rows(old_log: None, cast: Cast, settings: Any) -> None:
    patient = admit_patient(cast).patient
    settings.AUDIT_LEGAL_HOLD = frozenset({patient.record_number})
    hold(patient.pk, entry=120)
    prune()
    assert [row_id for row_id in written_ids(Log.ENTRIES) if row_id <= OLD] == list(range(101, 151))
    assert 120 in written_ids(Log.CHANGES)
    assert verify().is_sound


def test_a_record_that_was_merged_is_held_with_the_other(old_log: None, cast: Cast, settings: Any) -> None:
    patient = admit_patient(cast).patient
    second = {"record_number": "SECOND-7", "family_name": "X", "given_name": "Y", "date_of_birth": now().date()}
    Patient.objects.create(**second, merged_into=patient)
    settings.AUDIT_LEGAL_HOLD = frozenset({"SECOND-7"})
    hold(patient.pk, entry=120)
    prune()
    assert 120 in written_ids(Log.ENTRIES)


def hold(patient_id: int, *, entry: int) -> None:
    """As if that entry had been about this patient when it was sealed. The test's own transaction is not sealed yet."""
    tamper("DELETE FROM seals_seal")
    tamper("UPDATE audit_auditentry SET patient_id = %s WHERE id = %s", [patient_id, entry])
    with pytest.MonkeyPatch.context() as patch, a_hundred_days_ago(patch):
        patch.setattr(actions, "open_boundary", lambda: 100)
        seal_everything()


def test_a_record_number_under_hold_that_is_nobodys_stops_everything(old_log: None, settings: Any) -> None:
    """It may be mistyped: then the rows of whoever was meant would go."""
    settings.AUDIT_LEGAL_HOLD = frozenset({"MRN-MISTYPED"})
    with pytest.raises(Refused, match="1 of these record numbers are nobody's") as refused:
        prune()
    assert "MISTYPED" not in str(refused.value)
    assert len(written_ids(Log.ENTRIES)) == 320


def test_a_change_of_which_no_entry_says_whom_it_is_about_is_held_for_all(
    old_log: None, cast: Cast, settings: Any
) -> None:
    settings.AUDIT_LEGAL_HOLD = frozenset({admit_patient(cast).patient.record_number})
    with pytest.MonkeyPatch.context() as patch, a_hundred_days_ago(patch):
        tamper("DELETE FROM seals_seal")
        tamper("DELETE FROM audit_auditentry WHERE id BETWEEN 1 AND 20")
        seal_everything()
    prune()
    assert 1 in written_ids(Log.CHANGES)
    assert RowChange.objects.filter(pk__lte=OLD).count() == 50


@pytest.mark.parametrize(
    ("days", "held", "why"),
    [(0, frozenset(), "kept for ever"), (90, "all", "nothing may be removed")],
)
def test_what_the_settings_keep_is_refused(old_log: None, settings: Any, days: int, held: Any, why: str) -> None:
    settings.AUDIT_RETENTION_DAYS, settings.AUDIT_LEGAL_HOLD = days, held
    with pytest.raises(Refused, match=why):
        prune()
    with pytest.raises(CommandError, match=why):
        call_command("prune_audit")


def test_a_log_that_was_tampered_with_is_not_touched(old_log: None) -> None:
    tamper("UPDATE audit_auditentry SET reason = 'x' WHERE id = 310")
    with pytest.raises(Refused, match="not as it was sealed"):
        prune()


def test_whoever_does_not_own_the_tables_is_refused(old_log: None) -> None:
    execute("CREATE ROLE a_stranger")
    execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO a_stranger")
    execute("SET LOCAL ROLE a_stranger")
    with pytest.raises(Refused, match="DATABASE_OWNER_URL"):
        prune()
    with pytest.raises(ProgrammingError, match="must be owner"), transaction.atomic():
        execute("ALTER TABLE audit_rowchange DISABLE TRIGGER ALL")
    execute("RESET ROLE")
    assert len(written_ids(Log.ENTRIES)) == 320


def test_with_nothing_old_nothing_goes(sealed_log: None, settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = KEPT_DAYS
    assert prune() == {Log.CHANGES: 0, Log.ENTRIES: 0}
