"""The triggers that let a stay change hands under a confirmed mending only, whoever asks the database."""

from __future__ import annotations

MENDED_ONLY = """
CREATE FUNCTION mending_mended_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    under CONSTANT text := nullif(current_setting('spinewatch.mending', true), '');
BEGIN
    IF EXISTS (SELECT FROM mending_mending WHERE id = under::bigint AND confirmed_by_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE on % is refused: whose it is changes by a mending that a second person confirmed',
        TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER wards_stay_mended_only BEFORE UPDATE ON wards_stay FOR EACH ROW
    WHEN (OLD.patient_id IS DISTINCT FROM NEW.patient_id OR OLD.episode_id IS DISTINCT FROM NEW.episode_id)
    EXECUTE FUNCTION mending_mended_only();
CREATE TRIGGER wards_episode_mended_only BEFORE UPDATE ON wards_episode FOR EACH ROW
    WHEN (OLD.patient_id IS DISTINCT FROM NEW.patient_id) EXECUTE FUNCTION mending_mended_only();
CREATE TRIGGER wards_patient_mended_only BEFORE UPDATE ON wards_patient FOR EACH ROW
    WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION mending_mended_only();
CREATE TRIGGER alerts_alert_mended_only BEFORE UPDATE ON alerts_alert FOR EACH ROW
    WHEN (OLD.stay_id IS DISTINCT FROM NEW.stay_id) EXECUTE FUNCTION mending_mended_only()
"""

NOT_MENDED_ONLY = """
DROP TRIGGER alerts_alert_mended_only ON alerts_alert;
DROP TRIGGER wards_patient_mended_only ON wards_patient;
DROP TRIGGER wards_episode_mended_only ON wards_episode;
DROP TRIGGER wards_stay_mended_only ON wards_stay;
DROP FUNCTION mending_mended_only()
"""

NEVER_REHEARSED = """
CREATE FUNCTION mending_never_rehearsed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a rehearsal is rolled back, never committed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE CONSTRAINT TRIGGER mending_never_rehearsed AFTER INSERT OR UPDATE ON mending_mending
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'rehearsed')
    EXECUTE FUNCTION mending_never_rehearsed()
"""

REHEARSED = "DROP TRIGGER mending_never_rehearsed ON mending_mending; DROP FUNCTION mending_never_rehearsed()"
