"""Rows of both logs by the hundred, and ways to tamper with them as only PostgreSQL's superuser can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.seals.canonical import leaves_in
from monitoring.seals.findings import What
from monitoring.seals.models import Log, Seal
from monitoring.seals.schedule import seal_log
from monitoring.seals.verification import Report

FIRST_XACT = 10  # before any transaction of the tests
A_TRANSACTION = 7  # rows
OTHERS_FROM = 10**7  # the numbers of rows that something else writes meanwhile


def write_entries(count: int, *, first: int = 1) -> None:
    """So many entries, a few in a transaction, a second apart, each with an id of its own from `first` on."""
    keep_numbers("audit_auditentry")
    execute(
        """
        INSERT INTO audit_auditentry (id, at, action, acting_role, subject_type, subject_id, data, reason, request_id,
                                      address, device, agent, session, cause, xact)
        SELECT n, timestamptz '2026-03-02 03:14:00+00' + n * interval '1 s', 'check.recorded', 'nurse', 'checks.check',
               n::text, jsonb_build_object('level', 'stable', 'n', n), '', md5(n::text), '10.0.0.1',
               md5('d' || n %% 40), 'Mozilla/5.0 (X11; Linux x86_64)', md5('s' || n %% 300), '', %s + n / %s
        FROM generate_series(%s::bigint, %s) AS n
        """,
        [FIRST_XACT, A_TRANSACTION, first, first + count - 1],
    )


def write_changes(count: int, *, first: int = 1) -> None:
    """As many row changes, of the same transactions."""
    keep_numbers("audit_rowchange")
    execute(
        """
        INSERT INTO audit_rowchange (id, at, "table", row_id, operation, before, after, request_id, database_user, xact)
        SELECT n, timestamptz '2026-03-02 03:14:00+00' + n * interval '1 s', 'checks_check', n::text, 'INSERT', NULL,
               jsonb_build_object('id', n, 'pain', n %% 11), md5(n::text), 'spinewatch', %s + n / %s
        FROM generate_series(%s::bigint, %s) AS n
        """,
        [FIRST_XACT, A_TRANSACTION, first, first + count - 1],
    )


def keep_numbers(table: str) -> None:
    """Have the rows of this table that others write numbered out of the way of these."""
    sequence = f"pg_get_serial_sequence('{table}', 'id')"
    execute(f"SELECT setval({sequence}, greatest({OTHERS_FROM}, nextval({sequence})))")


def execute(sql: str, parameters: Sequence[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """Within, no trigger fires and no foreign key is looked at: what a superuser can do to a database."""
    with transaction.atomic():
        execute("SET LOCAL session_replication_role = replica")
        yield
        execute("SET LOCAL session_replication_role = origin")


def tamper(sql: str, parameters: Sequence[Any] | None = None) -> None:
    with past_the_triggers():
        execute(sql, parameters)


def newest_transaction() -> int:
    """The highest id of a transaction that any row names; 0 without rows."""
    newest = [model.objects.aggregate(Max("xact"))["xact__max"] or 0 for model in (AuditEntry, RowChange)]
    return max(newest)


def seal_everything() -> None:
    for log in Log:
        while not seal_log(log):
            pass


def sealed_ids(log: Log) -> list[int]:
    """The ids in all seals of a log, in the order in which they were sealed."""
    packed = Seal.objects.filter(log=log).order_by("number").values_list("leaves", flat=True)
    return [leaf.row_id for leaves in packed for leaf in leaves_in(bytes(leaves))]


def written_ids(log: Log) -> list[int]:
    model = AuditEntry if log is Log.ENTRIES else RowChange
    return sorted(model.objects.values_list("pk", flat=True))


def found(report: Report) -> list[tuple[What, int | None]]:
    """What was found: of a row its id, of a seal its number."""
    return [(one.what, one.row_id if one.log else one.seal) for one in report.findings]
