"""Triggers that keep rows as they were written. They hold for every client of the database, whatever its code."""

from __future__ import annotations

from django.db.migrations import RunSQL

REFUSE_CHANGE = """
CREATE FUNCTION spinewatch_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are kept as they were written', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def append_only(table: str) -> RunSQL:
    """Rows of this table are only ever added: UPDATE, DELETE and TRUNCATE raise IntegrityError."""
    return _refuse(table, "UPDATE OR DELETE OR TRUNCATE", "append_only")


def undeletable(table: str) -> RunSQL:
    """Rows of this table may change and never go: DELETE and TRUNCATE raise IntegrityError."""
    return _refuse(table, "DELETE OR TRUNCATE", "undeletable")


def _refuse(table: str, events: str, suffix: str) -> RunSQL:
    """Once a statement: even one that touches no row is refused."""
    name = f"{table}_{suffix}"
    return RunSQL(
        f"CREATE TRIGGER {name} BEFORE {events} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION spinewatch_refuse_change()",
        f"DROP TRIGGER {name} ON {table}",
    )
