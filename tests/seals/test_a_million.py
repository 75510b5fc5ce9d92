"""A log of a million entries: sealed, verified, and tampered with in each of the four ways. Prints what each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from monitoring.audit.models import AuditEntry
from monitoring.seals.findings import What
from monitoring.seals.models import Log, Seal
from monitoring.seals.schedule import seal_log
from monitoring.seals.verification import verify
from tests.seals.ledger import execute, found, keep_numbers, tamper
from tests.stack import wait_for

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

ENTRIES = 1_000_000
PIECE = 2_000  # entries in a transaction
FILL = """
INSERT INTO audit_auditentry (id, at, action, acting_role, subject_type, subject_id, data, reason, request_id, address,
                              device, agent, session, cause)
SELECT n, timestamptz '2026-03-02 03:14:00+00' + n * interval '1 s', 'check.recorded', 'nurse', 'checks.check', n::text,
       jsonb_build_object('level', 'stable', 'n', n), '', md5(n::text), '10.0.0.1', md5('d' || n %% 40),
       'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', md5('s' || n %% 300), ''
FROM generate_series(%s::bigint, %s) AS n
"""
SWAP = """
UPDATE audit_auditentry AS one SET (at, subject_id, data, request_id, device, session)
    = (SELECT at, subject_id, data, request_id, device, session FROM audit_auditentry AS other
       WHERE other.id = CASE one.id WHEN 1234 THEN 987654 ELSE 1234 END)
WHERE id IN (1234, 987654)
"""
INSERT = """
INSERT INTO audit_auditentry (id, at, action, acting_role, subject_type, subject_id, data, reason, request_id, device,
                              agent, session, cause, xact)
SELECT 5000001, at, action, acting_role, subject_type, 'forged', data, reason, request_id, device, agent, session,
       cause, xact FROM audit_auditentry WHERE id = 500000
"""
WAYS: dict[str, tuple[str, str, list[tuple[What, int | None]]]] = {
    "changed": (
        "UPDATE audit_auditentry SET reason = 'as agreed' WHERE id = 777777",
        "UPDATE audit_auditentry SET reason = '' WHERE id = 777777",
        [(What.CHANGED, 777777)],
    ),
    "inserted": (INSERT, "DELETE FROM audit_auditentry WHERE id = 5000001", [(What.INSERTED, 5000001)]),
    "re-ordered": (SWAP, SWAP, [(What.REORDERED, 1234), (What.REORDERED, 987654)]),
    "deleted": ("DELETE FROM audit_auditentry WHERE id = 424242", "", [(What.DELETED, 424242)]),
}


def timed(what: str, act: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    result = act()
    print(f"\n{what}: {time.perf_counter() - began:.1f} s", end="")
    return result


@contextmanager
def said_aloud(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    with capsys.disabled():
        yield


def fill() -> None:
    keep_numbers("audit_auditentry")
    for first in range(1, ENTRIES, PIECE):
        execute(FILL, [first, first + PIECE - 1])
    execute("ANALYZE audit_auditentry")


def seal_all() -> None:
    wait_for(lambda: seal_log(Log.ENTRIES, most=10_000) and sealed() == ENTRIES, 600, "all is sealed")


def sealed() -> int:
    return sum(Seal.objects.values_list("count", flat=True))


def test_each_way_to_tamper_is_found_and_named_among_a_million(capsys: pytest.CaptureFixture[str]) -> None:
    with said_aloud(capsys):
        timed(f"writing {ENTRIES} entries", fill)
        timed("sealing them", seal_all)
        report = timed("verifying them", verify)
        assert (report.is_sound, report.rows) == (True, ENTRIES)
        for way, (sql, undo, findings) in WAYS.items():
            tamper(sql)
            report = timed(f"verifying, one entry {way}", verify)
            print(f" · {report.findings[0].words}", end="")
            assert found(report) == findings
            if undo:
                tamper(undo)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size('audit_auditentry'), pg_total_relation_size('seals_seal')")
            log, chain = cursor.fetchone()
        print(f"\nthe log takes {log / 2**20:.0f} MiB, its {Seal.objects.count()} seals {chain / 2**20:.0f} MiB")
    assert AuditEntry.objects.count() == ENTRIES - 1
