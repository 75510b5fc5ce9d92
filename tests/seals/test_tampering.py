"""Whoever changes, deletes, inserts or re-orders a sealed row is found out, and the row is named."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection

from monitoring.audit.models import AuditEntry
from monitoring.seals.canonical import FORMS, leaves_between
from monitoring.seals.findings import Finding, What
from monitoring.seals.models import LEAST, MOST, Log, Seal
from monitoring.seals.verification import verify
from tests.seals.ledger import execute, found, tamper, write_entries

SWAP_CONTENT = """
UPDATE audit_auditentry AS one SET (at, subject_id, data, request_id, device, session)
    = (SELECT at, subject_id, data, request_id, device, session FROM audit_auditentry AS other
       WHERE other.id = CASE one.id WHEN 20 THEN 230 ELSE 20 END)
WHERE id IN (20, 230)
"""
INSERT = """
INSERT INTO audit_auditentry (id, at, action, acting_role, subject_type, subject_id, data, reason, request_id, device,
                              agent, session, cause, xact)
SELECT 9001, at, action, acting_role, subject_type, 'forged', data, reason, request_id, device, agent, session, cause,
       xact FROM audit_auditentry WHERE id = 100
"""
FOUR_WAYS = {
    "changed": ("UPDATE audit_auditentry SET reason = 'as agreed' WHERE id = 100", [(What.CHANGED, 100)]),
    "deleted": ("DELETE FROM audit_auditentry WHERE id = 100", [(What.DELETED, 100)]),
    "inserted": (INSERT, [(What.INSERTED, 9001)]),
    "re-ordered": (SWAP_CONTENT, [(What.REORDERED, 20), (What.REORDERED, 230)]),
}


def test_a_log_that_nobody_touched_is_as_it_was_sealed(sealed_log: None) -> None:
    report = verify()
    assert (report.is_sound, report.rows, report.seals) == (True, 640, Seal.objects.count())


@pytest.mark.parametrize("way", FOUR_WAYS)
def test_each_way_to_tamper_is_found_and_named(sealed_log: None, way: str) -> None:
    sql, findings = FOUR_WAYS[way]
    tamper(sql)
    assert found(verify()) == findings


def test_a_finding_says_when_what_and_by_which_request_and_nothing_else(sealed_log: None) -> None:
    tamper("UPDATE audit_auditentry SET reason = 'as agreed' WHERE id = 100")
    entry = AuditEntry.objects.get(pk=100)
    (finding,) = verify().findings
    assert finding == Finding(
        What.CHANGED,
        seal=finding.seal,
        log="entries",
        row_id=100,
        at="2026-03-02T03:15:40.000000Z",
        action="check.recorded",
        request_id=entry.request_id,
    )
    assert "as agreed" not in finding.words
    assert finding.words == (
        f"CHANGED: audit entry 100 is not as it was sealed (seal {finding.seal})"
        f" · 2026-03-02T03:15:40.000000Z · check.recorded · request {entry.request_id}"
    )


def test_of_a_deleted_row_the_other_log_says_when_and_by_which_request(sealed_log: None) -> None:
    tamper("DELETE FROM audit_auditentry WHERE id = 104")
    (finding,) = verify().findings
    assert finding.at.startswith("2026-03-02T03:15:3")
    assert len(finding.request_id) == 32


def test_one_that_took_anothers_content_says_whose(sealed_log: None) -> None:
    tamper(SWAP_CONTENT)
    assert [(one.row_id, one.other_id) for one in verify().findings] == [(20, 230), (230, 20)]


def test_rows_whose_numbers_were_exchanged_are_found_too(sealed_log: None) -> None:
    tamper("UPDATE audit_auditentry SET id = CASE id WHEN 20 THEN -1 ELSE 20 END WHERE id IN (20, 230)")
    tamper("UPDATE audit_auditentry SET id = 230 WHERE id = -1")
    assert found(verify()) == [(What.REORDERED, 20), (What.REORDERED, 230)]


def test_a_row_that_was_moved_to_a_later_transaction_is_changed_and_not_two_findings(sealed_log: None) -> None:
    tamper("UPDATE audit_auditentry SET xact = xact + 20 WHERE id = 100")
    assert found(verify()) == [(What.CHANGED, 100)]


def test_a_row_that_was_moved_out_of_all_seals_is_changed(sealed_log: None) -> None:
    tamper("UPDATE audit_auditentry SET xact = xact + 1000 WHERE id = 100")
    assert found(verify()) == [(What.CHANGED, 100)]


@pytest.mark.parametrize("xact", [-5, 0, 1, 20, 55])
def test_a_row_added_anywhere_before_the_boundary_is_found(sealed_log: None, xact: int) -> None:
    tamper(INSERT)
    tamper("UPDATE audit_auditentry SET xact = %s WHERE id = 9001", [xact])
    assert found(verify()) == [(What.INSERTED, 9001)]


@pytest.mark.parametrize("row_id", [-(2**63), -1, 0, 2**63 - 1])
def test_whatever_number_it_is_given(sealed_log: None, row_id: int) -> None:
    tamper(INSERT)
    tamper("UPDATE audit_auditentry SET id = %s WHERE id = 9001", [row_id])
    assert found(verify()) == [(What.INSERTED, row_id)]


def test_a_row_that_is_not_sealed_yet_is_no_finding(sealed_log: None) -> None:
    write_entries(1, first=9002)
    assert verify().is_sound


def test_the_history_of_rows_is_watched_the_same(sealed_log: None) -> None:
    tamper("UPDATE audit_rowchange SET after = NULL WHERE id = 7")
    tamper("DELETE FROM audit_rowchange WHERE id = 8")
    report = verify()
    assert found(report) == [(What.CHANGED, 7), (What.DELETED, 8)]
    assert report.findings[0].action == "INSERT checks_check 7"


def test_no_value_and_the_json_null_are_two_things(sealed_log: None) -> None:
    tamper("UPDATE audit_rowchange SET before = 'null' WHERE id = 7")
    assert found(verify()) == [(What.CHANGED, 7)]


OTHER_VALUES = {
    "text": "'x'",
    "character varying": "'x'",
    "bigint": "12345",
    "inet": "'10.9.9.9'",
    "jsonb": "'{\"a\": 1}'",
    "timestamp with time zone": "at + interval '1 microsecond'",
}


def columns_of(log: Log) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            [FORMS[log, 1].table],
        )
        return dict(cursor.fetchall())


@pytest.mark.parametrize("log", list(Log))
def test_every_column_of_the_table_is_sealed(sealed_log: None, log: Log) -> None:
    """A column that is added later fails here until a new format covers it."""
    columns = columns_of(log)
    newest = FORMS[log, max(number for of, number in FORMS if of == log)]
    assert columns.keys() == {"id", "xact", *newest.columns}
    for position, (column, kind) in enumerate(sorted(columns.items()), start=10):
        tamper(f'UPDATE {newest.table} SET "{column}" = {OTHER_VALUES[kind]} WHERE id = {position}')
    report = verify()
    changed = {one.row_id for one in report.findings if one.what in {What.CHANGED, What.DELETED}}
    assert changed == set(range(10, 10 + len(columns)))


def test_what_a_session_is_set_to_does_not_change_a_digest(sealed_log: None) -> None:
    everything = (LEAST, LEAST), (MOST, MOST), LEAST, MOST
    before = [leaves_between(form, *everything) for form in FORMS.values()]
    for setting in ("TimeZone = 'Asia/Kathmandu'", "DateStyle = 'German, DMY'", "IntervalStyle = 'iso_8601'"):
        execute(f"SET LOCAL {setting}")
    execute("SET LOCAL bytea_output = 'escape'")
    execute("SET LOCAL extra_float_digits = -15")
    assert [leaves_between(form, *everything) for form in FORMS.values()] == before
    assert all(before)


def test_the_command_names_each_and_ends_with_one(sealed_log: None) -> None:
    tamper("DELETE FROM audit_auditentry WHERE id = 100")
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", stdout=out)
    assert ended.value.code == 1
    said = out.getvalue().splitlines()
    assert said[0].startswith("DELETED: audit entry 100 is gone (seal ")
    assert said[-1] == f"NOT AS SEALED: 640 rows in {Seal.objects.count()} seals"


def test_the_command_says_that_all_is_well_and_ends_with_nought(sealed_log: None) -> None:
    out = io.StringIO()
    call_command("verify_audit", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["sound"], told["rows"], told["findings"]) == (True, 640, [])


def test_more_findings_than_can_be_named_are_counted(sealed_log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.seals.walk.MOST_KEPT", 5)
    tamper("UPDATE audit_auditentry SET reason = 'x' WHERE id <= 30")
    report = verify()
    assert (len(report.findings), report.more, report.is_sound) == (5, 25, False)
