"""The content of a row, in one unambiguous form that PostgreSQL itself computes: a million are digested in seconds.

Each column becomes a text that no setting of a session can change: a time is the hexadecimal form of PostgreSQL's own
eight bytes (microseconds since 2000-01-01 UTC), all else its plain text. The texts stand in the order below in
PostgreSQL's form of a row, which tells NULL from an empty text and quotes what could be taken for two columns. The
digest is SHA-256 of that in UTF-8.

A leaf is what a seal keeps of a row: where it stands (transaction and id, eight bytes each), then that digest.

A log that gets another column gets another format beside the old one; seals name the format they were made by.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from monitoring.seals.models import Log

INSTANTS = frozenset({"at"})
LEAF = struct.Struct(">qq32s")


@dataclass(frozen=True)
class Form:
    """The columns of a log that a digest covers. Transaction and id are not among them: they stand before it in the
    leaf, so that content which was moved to another row is known again."""

    table: str
    columns: tuple[str, ...]

    @cached_property
    def leaf(self) -> str:
        """The SQL of one row's leaf."""
        content = ", ".join(map(_text, self.columns))
        row = f"pg_catalog.convert_to(ROW({content})::text, 'UTF8')"
        return f"pg_catalog.int8send(xact) || pg_catalog.int8send(id) || pg_catalog.sha256({row})"


def _text(column: str) -> str:
    if column in INSTANTS:
        return f"pg_catalog.encode(pg_catalog.timestamptz_send(\"{column}\"), 'hex')"
    return f'"{column}"::text'


FORMS: dict[tuple[Log, int], Form] = {
    (Log.ENTRIES, 1): Form(
        "audit_auditentry",
        (
            "at",
            "actor_id",
            "acting_role",
            "action",
            "subject_type",
            "subject_id",
            "patient_id",
            "ward_id",
            "data",
            "reason",
            "request_id",
            "address",
            "device",
            "agent",
            "session",
            "cause",
        ),
    ),
    (Log.CHANGES, 1): Form(
        "audit_rowchange",
        ("at", "table", "row_id", "operation", "before", "after", "request_id", "database_user"),
    ),
}


def form_of(log: str, number: int) -> Form:
    """Raises KeyError for a format that this version of the software does not know."""
    return FORMS[Log(log), number]


def newest_format(log: str) -> int:
    return max(number for of, number in FORMS if of == log)


def table_of(log: str) -> str:
    return form_of(log, 1).table


class Leaf(NamedTuple):
    xact: int
    row_id: int
    digest: bytes


def leaves_in(packed: bytes) -> list[Leaf]:
    return [Leaf(*values) for values in LEAF.iter_unpack(packed)]


def leaves_between(
    form: Form, start: tuple[int, int], end: tuple[int, int], ids_from: int, ids_to: int, *, limit: int | None = None
) -> bytes:
    """The leaves of the rows from `start` on that come before `end` in the order of (xact, id), with such ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT string_agg(leaf, ''::bytea ORDER BY xact, id) FROM (
                SELECT xact, id, {form.leaf} AS leaf FROM {form.table}
                WHERE (xact, id) >= (%s, %s) AND (xact, id) < (%s, %s) AND id BETWEEN %s AND %s
                ORDER BY xact, id LIMIT %s) AS found
            """,
            [*start, *end, ids_from, ids_to, limit],
        )
        found = cursor.fetchone()[0]
    return b"" if found is None else bytes(found)
