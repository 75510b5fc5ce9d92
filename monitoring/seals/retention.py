"""Retention: the rows of whole seals, once they are old enough and nobody must keep them. The seals stay.

The application's own database user can remove nothing. This is done by the owner of the tables, who switches the
trigger off within the transaction; the chain says which seals' rows are gone, and the audit log that it was done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.seals.actions import Piece, Position, append, lock
from monitoring.seals.canonical import leaves_in, table_of
from monitoring.seals.environment import EVERYTHING
from monitoring.seals.keys import known_keys
from monitoring.seals.models import LEAST, Log, Seal
from monitoring.seals.verification import verify
from monitoring.seals.walk import removed_by_retention

SEALS_AT_A_TIME = 50  # writers of the log wait while one such batch is removed
NOWHERE = Position(LEAST, LEAST)


class Refused(Exception):
    """Nothing is removed; the text says why."""


def prune() -> dict[Log, int]:
    """Remove the rows of seals older than AUDIT_RETENTION_DAYS; how many, by log. A seal with a row under legal hold
    keeps all its rows.

    Raises Refused where nothing may be removed: everything is kept for ever or held, whoever asks does not own the
    tables, a record number under hold is nobody's, or the log is not as it was sealed, which removing would cover up.
    """
    if settings.AUDIT_RETENTION_DAYS == 0:
        raise Refused("AUDIT_RETENTION_DAYS is 0: everything is kept for ever.")
    if settings.AUDIT_LEGAL_HOLD == EVERYTHING:
        raise Refused("AUDIT_LEGAL_HOLD is 'all': nothing may be removed.")
    for log in Log:
        if not _is_owner(table_of(log)):
            raise Refused(
                f"The application's own database user may remove nothing: give the URL of the owner of {table_of(log)} "
                "as DATABASE_OWNER_URL, for this command alone."
            )
    held = _held_patients()
    if not verify().is_sound:
        raise Refused("The log is not as it was sealed. See manage.py verify_audit: removing rows would cover that up.")
    before = now() - timedelta(days=settings.AUDIT_RETENTION_DAYS)
    # Changes first: which patient they are about is told by the entries of the same transaction.
    return {log: _prune_log(log, before, held) for log in (Log.CHANGES, Log.ENTRIES)}


def _held_patients() -> list[int]:
    """Whom the record numbers under legal hold mean, with every record that was merged with theirs.

    Raises Refused for a number that is nobody's: it may be mistyped.
    """
    numbers = list(settings.AUDIT_LEGAL_HOLD)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(merged_into_id, id) FROM wards_patient WHERE record_number = ANY(%s)", [numbers]
        )
        people = [patient_id for (patient_id,) in cursor.fetchall()]
        cursor.execute("SELECT id FROM wards_patient WHERE coalesce(merged_into_id, id) = ANY(%s)", [people])
        found = [patient_id for (patient_id,) in cursor.fetchall()]
    if len(people) < len(numbers):
        raise Refused(f"AUDIT_LEGAL_HOLD: {len(numbers) - len(people)} of these record numbers are nobody's.")
    return found


def _is_owner(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(%s)", [table]
        )
        found = cursor.fetchone()
    return bool(found and found[0])


def _prune_log(log: Log, before: datetime, held: Sequence[int]) -> int:
    removed, after = 0, 0
    while seals := _old_seals(log, before, after):
        after = seals[-1].number
        removed += _prune_seals(log, seals, before, held)
    return removed


def _old_seals(log: Log, before: datetime, after: int) -> list[Seal]:
    """The next seals with rows that are old enough. Each was made after all its rows were written."""
    gone = removed_by_retention(known_keys())
    old = Seal.objects.filter(log=log, kind=Seal.Kind.ROWS, count__gt=0, at__lt=before, number__gt=after)
    return list(old.exclude(number__in=gone).order_by("number")[:SEALS_AT_A_TIME])


@transaction.atomic
def _prune_seals(log: Log, seals: Sequence[Seal], before: datetime, held: Sequence[int]) -> int:
    """Remove the rows of those seals that nobody holds, and say so in the chain and in the log."""
    lock()
    ids_of = {seal.number: [leaf.row_id for leaf in leaves_in(bytes(seal.leaves))] for seal in seals}
    free = {number: ids for number, ids in ids_of.items() if not _is_held(log, ids, held)}
    if not free:
        return 0
    with _unprotected(table_of(log)), connection.cursor() as cursor:
        ids = [row_id for found in free.values() for row_id in found]
        cursor.execute(f"DELETE FROM {table_of(log)} WHERE id = ANY(%s)", [ids])
    note = {"seals": sorted(free), "before": before.isoformat()}
    seal = append(Seal.Kind.PRUNED, log, ids_from=LEAST, start=NOWHERE, piece=Piece(b"", NOWHERE), note=note)
    record("audit.pruned", by=None, about=seal, data={"log": log.value, "rows": len(ids), "before": note["before"]})
    return len(ids)


def _is_held(log: Log, ids: Sequence[int], held: Sequence[int]) -> bool:
    """Whether a row is about one of the patients `held`. Of a change, the entries of its transaction say whom it is
    about; one without any may be about anybody."""
    if not held:
        return False
    with connection.cursor() as cursor:
        cursor.execute(HELD[log], {"ids": list(ids), "held": list(held)})
        found: bool = cursor.fetchone()[0]
    return found


HELD = {
    Log.ENTRIES: "SELECT EXISTS (SELECT FROM audit_auditentry WHERE id = ANY(%(ids)s) AND patient_id = ANY(%(held)s))",
    Log.CHANGES: """
        SELECT EXISTS (SELECT FROM audit_rowchange AS change WHERE id = ANY(%(ids)s) AND (
            NOT EXISTS (SELECT FROM audit_auditentry AS entry WHERE entry.xact = change.xact)
            OR EXISTS (SELECT FROM audit_auditentry AS entry
                       WHERE entry.xact = change.xact AND patient_id = ANY(%(held)s))))
    """,
}


@contextmanager
def _unprotected(table: str) -> Iterator[None]:
    """The trigger that refuses is off within, for this transaction alone: others wait, and a rollback undoes it."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")
