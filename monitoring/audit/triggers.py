"""Triggers that keep rows as they were written. They hold for every client of the database, whatever its code."""

from __future__ import annotations

from collections.abc import Sequence

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


ROW_CHANGED = """
CREATE FUNCTION spinewatch_row_changed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    became jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    present jsonb := coalesce(became, was);
    hidden text;
    above bigint;
BEGIN
    IF present ->> 'id' LIKE '-%' OR present ->> 'ward_id' LIKE '-%' OR present ->> 'staff_id' LIKE '-%'
        OR present ->> 'patient_id' LIKE '-%' OR present ->> 'stay_id' LIKE '-%' THEN
        RETURN NULL;
    END IF;
    IF TG_NARGS > 2 THEN
        EXECUTE format('SELECT %I FROM %I WHERE id = $1', TG_ARGV[4], TG_ARGV[3])
            INTO above USING (present ->> TG_ARGV[2])::bigint;
        IF above < 0 THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, value), jsonb_object_agg(key, became -> key) INTO was, became
            FROM jsonb_each(was) WHERE value IS DISTINCT FROM became -> key;
        IF was IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    FOREACH hidden IN ARRAY string_to_array(TG_ARGV[1], ',') LOOP
        was := jsonb_set(was, ARRAY[hidden], '"(not kept)"', false);
        became := jsonb_set(became, ARRAY[hidden], '"(not kept)"', false);
    END LOOP;
    INSERT INTO audit_rowchange ("table", row_id, operation, before, after, request_id, database_user)
        VALUES (TG_TABLE_NAME, present ->> TG_ARGV[0], TG_OP, was, became,
            coalesce(current_setting('spinewatch.request', true), ''), session_user);
    RETURN NULL;
END $$
"""
"""Runs as the owner of the tables, so that nobody else need be able to write the history of rows."""

PAST_THE_APPLICATION = "coalesce(current_setting('spinewatch.request', true), '') = ''"


def track_rows(
    table: str,
    *,
    key: str = "id",
    hide: Sequence[str] = (),
    of: tuple[str, str, str] | None = None,
    machinery: bool = False,
) -> RunSQL:
    """From now on every INSERT, UPDATE and DELETE of a row leaves a `RowChange`, whoever asks; TRUNCATE is refused.

    A migration that uses it depends on ("audit", "0005_row_history"). `key` is the column that names a row. Of columns
    to `hide` (secrets) no value is kept, only that it changed. Rows of the watchdog (a negative id of their own, of
    their ward, staff, patient or stay) are left out; `of` says where else to look: `("alert_id", "alerts_alert",
    "stay_id")` is the column here, the table that it leads to, and the column there. `machinery`: what the application
    itself derives and writes all day is left out, so that only what is changed past it is kept.
    """
    arguments = ", ".join(f"'{word}'" for word in (key, ",".join(hide), *(of or ())))
    when = f"WHEN ({PAST_THE_APPLICATION}) " if machinery else ""
    return RunSQL(
        f"CREATE TRIGGER {table}_history AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION spinewatch_row_changed({arguments});"
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION spinewatch_refuse_change()",
        f"DROP TRIGGER {table}_history ON {table}; DROP TRIGGER {table}_whole ON {table}",
    )
