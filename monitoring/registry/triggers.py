"""The triggers that tell whose line is due to be put together again, and those that keep what was imported.

They run in the transaction of the change, whoever makes it: a line can be behind, never unknowingly wrong. Each adds a
row of its own to the queue, so that nobody who writes waits for anybody. Rows of the watchdog (ids below zero) make no
line. What no column of a `Line` is made of makes none stale: treatments, plans, who was called or told.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

AS_OWNER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
"""Whoever may change an entry need not be able to write the queue, and puts no table of their own in its place."""

ADD = "INSERT INTO registry_stale (episode_id, failures, last_error)"

FUNCTIONS = f"""
CREATE FUNCTION registry_stale_of_entry() RETURNS trigger {AS_OWNER} AS $$
BEGIN
    {ADD} VALUES (NEW.episode_id, 0, '');
    IF TG_OP = 'UPDATE' AND OLD.episode_id <> NEW.episode_id THEN
        {ADD} VALUES (OLD.episode_id, 0, '');
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_stale_of_alert() RETURNS trigger {AS_OWNER} AS $$
BEGIN
    {ADD} SELECT episode_id, 0, '' FROM wards_stay WHERE id = NEW.stay_id;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_stale_of_alert_line() RETURNS trigger {AS_OWNER} AS $$
BEGIN
    {ADD} SELECT stay.episode_id, 0, '' FROM alerts_alert alert JOIN wards_stay stay ON stay.id = alert.stay_id
        WHERE alert.id = NEW.alert_id AND stay.id > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_stale_of_patient() RETURNS trigger {AS_OWNER} AS $$
BEGIN
    {ADD} SELECT id, 0, '' FROM wards_episode WHERE patient_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION registry_stale_of_ward() RETURNS trigger {AS_OWNER} AS $$
BEGIN
    {ADD} SELECT episode_id, 0, '' FROM registry_line WHERE ward_id = NEW.id AND episode_id IS NOT NULL;
    RETURN NULL;
END $$
"""

NO_FUNCTIONS = "; ".join(
    f"DROP FUNCTION registry_stale_of_{what}()" for what in ("entry", "alert", "alert_line", "patient", "ward")
)

ENTRIES = ("wards_operation", "checks_check", "checks_acceptance", "pathway_imaging", "pathway_exploration")
"""Signed entries of which lines are made: recorded, retracted, or gone to another episode with their stay."""

OF_A_PATIENT = ("sex", "date_of_birth", "merged_into_id")
OF_A_STAY = ("patient_id", "episode_id", "ward_id", "admitted_at", "discharged_at", "departure")
OF_AN_ALERT = (
    "stay_id",
    "level",
    "rules",
    "muscles",
    "superseded",
    "began_at",
    "seen_at",
    "last_good_at",
    "acknowledged_at",
    "closed_at",
    "outcome",
    "merged_into_id",
)
NOT_OF_A_LINE = ("called", "nobody", "retargeted", "reported", "lapsed")
"""The lines on an alert's timeline of which no column is made."""


def tell_the_registry() -> list[RunSQL]:
    """From now on a change of anything that a line is made of puts its episode in the queue."""
    untold = ", ".join(f"'{kind}'" for kind in NOT_OF_A_LINE)
    return [
        RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(_after(table, "INSERT OR UPDATE", "NEW.episode_id > 0", "entry") for table in ENTRIES),
        _after("wards_stay", "INSERT", "NEW.id > 0", "entry"),
        _after("wards_stay", "UPDATE", f"NEW.id > 0 AND {_changed(OF_A_STAY)}", "entry"),
        _after("wards_patient", "UPDATE", f"NEW.id > 0 AND {_changed(OF_A_PATIENT)}", "patient"),
        _after("wards_ward", "UPDATE", f"NEW.id > 0 AND {_changed(('time_zone',))}", "ward"),
        _after("alerts_alert", "INSERT", "NEW.stay_id > 0", "alert"),
        _after("alerts_alert", "UPDATE", f"NEW.stay_id > 0 AND {_changed(OF_AN_ALERT)}", "alert"),
        _after("alerts_alertevent", "INSERT", f"NEW.kind NOT IN ({untold})", "alert_line"),
        _after("alerts_milestone", "INSERT OR UPDATE", "true", "alert_line"),
    ]


EVERYBODY = RunSQL(f"{ADD} SELECT id, 0, '' FROM wards_episode WHERE id > 0", RunSQL.noop)
"""The lines of all that was recorded before there were any."""

KEEP_IMPORTED = RunSQL(
    """
    CREATE TRIGGER registry_line_as_imported BEFORE UPDATE ON registry_line FOR EACH ROW
        WHEN ((OLD.brought_by_id IS NOT NULL OR NEW.brought_by_id IS NOT NULL)
            AND to_jsonb(OLD.*) - 'counts' IS DISTINCT FROM to_jsonb(NEW.*) - 'counts')
        EXECUTE FUNCTION spinewatch_refuse_change()
    """,
    "DROP TRIGGER registry_line_as_imported ON registry_line",
)
"""A line that was imported stays as it came; whether it counts is all that may change."""


def _after(table: str, events: str, when: str, function: str) -> RunSQL:
    name = "_".join([table, "stale", *events.lower().split(" or ")])
    return RunSQL(
        f"CREATE TRIGGER {name} AFTER {events} ON {table} FOR EACH ROW WHEN ({when}) "
        f"EXECUTE FUNCTION registry_stale_of_{function}()",
        f"DROP TRIGGER {name} ON {table}",
    )


def _changed(columns: tuple[str, ...]) -> str:
    before, after = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"ROW({before}) IS DISTINCT FROM ROW({after})"
