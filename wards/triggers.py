"""The trigger that keeps what a clinician signed: a `ClinicalEntry` takes one change ever, its retraction."""

from __future__ import annotations

from django.db.migrations import RunSQL

KEEP_SIGNED = """
CREATE FUNCTION spinewatch_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mark CONSTANT text[] := ARRAY['retracted_at', 'retracted_by_id', 'retraction_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.retracted_at IS NULL AND NEW.retracted_at IS NOT NULL
        AND to_jsonb(NEW) - mark = to_jsonb(OLD) - mark THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: a signed entry is corrected by a new one, or retracted once',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# As above, and the entries of a stay with a negative id (the watchdog's) may be deleted.
KEEP_SIGNED_BUT_SYNTHETIC = """
CREATE OR REPLACE FUNCTION spinewatch_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mark CONSTANT text[] := ARRAY['retracted_at', 'retracted_by_id', 'retraction_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.retracted_at IS NULL AND NEW.retracted_at IS NOT NULL
        AND to_jsonb(NEW) - mark = to_jsonb(OLD) - mark THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.stay_id < 0 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: a signed entry is corrected by a new one, or retracted once',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# As above, and an entry goes where its stay went: to the episode that the stay has by then (mending).
KEEP_SIGNED_WITH_ITS_STAY = """
CREATE OR REPLACE FUNCTION spinewatch_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mark CONSTANT text[] := ARRAY['retracted_at', 'retracted_by_id', 'retraction_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.retracted_at IS NULL AND NEW.retracted_at IS NOT NULL
        AND to_jsonb(NEW) - mark = to_jsonb(OLD) - mark THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'episode_id' = to_jsonb(OLD) - 'episode_id'
        AND NEW.episode_id = (SELECT episode_id FROM wards_stay WHERE id = NEW.stay_id) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.stay_id < 0 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: a signed entry is corrected by a new one, or retracted once',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

NO_STAY_ON_A_MERGED_RECORD = """
CREATE FUNCTION wards_no_stay_on_a_merged_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    goes_to bigint;
BEGIN
    SELECT merged_into_id INTO goes_to FROM wards_patient WHERE id = NEW.patient_id FOR SHARE;
    IF goes_to IS NOT NULL THEN
        RAISE EXCEPTION 'a stay on record % is refused: it was merged into another one', NEW.patient_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wards_no_stay_on_a_merged_record BEFORE INSERT OR UPDATE OF patient_id ON wards_stay
    FOR EACH ROW EXECUTE FUNCTION wards_no_stay_on_a_merged_record()
"""


def keep_signed(table: str) -> RunSQL:
    """In this table of signed entries only a retraction is stored over a row; all else raises IntegrityError."""
    rows, whole = f"{table}_signed", f"{table}_signed_whole"
    return RunSQL(
        f"CREATE TRIGGER {rows} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION spinewatch_keep_signed();"
        f"CREATE TRIGGER {whole} BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION spinewatch_refuse_change()",
        f"DROP TRIGGER {rows} ON {table}; DROP TRIGGER {whole} ON {table}",
    )
