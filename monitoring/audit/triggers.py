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


KEEP_REAL = """
CREATE FUNCTION spinewatch_keep_real() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stay_id bigint := to_jsonb(OLD) ->> TG_ARGV[0];
BEGIN
    IF TG_NARGS > 1 THEN
        EXECUTE format('SELECT stay_id FROM %I WHERE id = $1', TG_ARGV[1]) INTO stay_id USING stay_id;
    END IF;
    IF stay_id < 0 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'DELETE on % is refused: its rows are kept as they were written', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def let_synthetic_go(table: str, *, kept: str, stay: str, through: str = "") -> RunSQL:
    """From now on DELETE is refused row by row, but for the rows of a stay with a negative id (the watchdog's).

    `kept` is how the table is kept so far: "append_only" or "undeletable". `stay` is the column with the stay's id or,
    with `through`, with the id of a row there that has it. All else that was refused still is.
    """
    whole, rows = f"{table}_{kept}", f"{table}_real"
    others = "UPDATE OR TRUNCATE" if kept == "append_only" else "TRUNCATE"
    before = "UPDATE OR DELETE OR TRUNCATE" if kept == "append_only" else "DELETE OR TRUNCATE"
    arguments = f"'{stay}', '{through}'" if through else f"'{stay}'"
    statement = "FOR EACH STATEMENT EXECUTE FUNCTION spinewatch_refuse_change()"
    return RunSQL(
        f"DROP TRIGGER {whole} ON {table}; CREATE TRIGGER {whole} BEFORE {others} ON {table} {statement};"
        f"CREATE TRIGGER {rows} BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION spinewatch_keep_real({arguments})",
        f"DROP TRIGGER {rows} ON {table};"
        f"DROP TRIGGER {whole} ON {table}; CREATE TRIGGER {whole} BEFORE {before} ON {table} {statement}",
    )
