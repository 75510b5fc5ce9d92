"""Days pass in a test by ageing the record: every stored instant moves back, which is the same as "now" moving on.

Spinewatch believes one clock, PostgreSQL's, and compares it with what is stored; nothing else tells it how late it is
(docs/architecture.md, "Clocks"). So a record that is six hours older everywhere, in one transaction, *is* the record
six hours later: what lies between any two entries is unchanged, and what was to come in six hours is now. It is no test
double: the same rows, sweeps, triggers and pages go on working.

What differs from having waited. The hours on the ward's clock move with the entries, so a shift that began at seven
begins at another hour. Days of birth stay: they tell who somebody is; the last days of accounts too. Whoever is signed
in stays so, and the processes that are alive now were alive now: that is not the patients' record (`LEFT_OUT`).
"""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.errors import LockNotAvailable

MINUTE = timedelta(minutes=1)
LEFT_OUT = {
    "django_session": "who sits before a screen now",
    "identity_signedin": "the same",
    "django_migrations": "how the tables came about",
    "due_pulse": "which processes are alive now",
    "watchdog_chore": "what the monitor does for itself",
    "watchdog_proberun": "the same; its patient is none, and none is about while this is done",
}
DUE = {
    "due_watch": "assess_at",
    "alerts_alert": "next_step_at",
    "wards_ward": "retarget_at",
    "escalation_delivery": "next_attempt_at",
}
"""When work is to be done. What came due meanwhile is due now: the sweep would have taken it in time."""

LINES_ARE_STALE = (
    "INSERT INTO registry_stale (episode_id, failures, last_error)"
    " SELECT episode_id, 0, '' FROM registry_line WHERE episode_id IS NOT NULL"
)
"""The registry's lines have days, made of the record's instants: they are made anew, as the triggers would ask for."""

HALF_WAY = """
SELECT EXISTS (SELECT FROM escalation_delivery WHERE state = 'sending')
    OR EXISTS (SELECT FROM watchdog_proberun WHERE passed IS NULL)
    OR EXISTS (SELECT FROM wards_stay WHERE id < 0)
"""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
PATIENCE_SECONDS = 20.0
WAITS_MS = 300  # for a lock, and less than PostgreSQL waits (1 s) before it ends somebody for a deadlock


class Busy(Exception):
    """Something is half-way; it will be over in a moment."""


def let_time_pass(span: timedelta) -> None:
    """Let the record of Django's database be older by `span`, in one transaction, while nobody writes.

    The connection must be a superuser's: it passes the triggers that keep rows as they were. Whole minutes only, as
    times are typed. Raises TimeoutError where something stays half-way.
    """
    if span % MINUTE or span < MINUTE:
        raise ValueError("whole minutes pass, and only forwards")
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _hold_everything(cursor)
                _age(cursor, span)
            return
        except Busy:
            pass
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
        if time.monotonic() > give_up_at:
            raise TimeoutError("the record is never at rest")
        time.sleep(0.05)


def moved(stored: Any, span: timedelta) -> Any:
    """A JSON value with every instant in it moved back; an instant is a string of ISO 8601 with an offset."""
    if isinstance(stored, dict):
        return {name: moved(value, span) for name, value in stored.items()}
    if isinstance(stored, list):
        return [moved(value, span) for value in stored]
    if isinstance(stored, str) and INSTANT.fullmatch(stored):
        return (datetime.fromisoformat(stored) - span).isoformat()
    return stored


def columns_of(cursor: CursorWrapper, data_type: str) -> dict[str, list[str]]:
    """By table of the record: its columns of this type. Asked of the database, so that a new one is not forgotten."""
    cursor.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = %s ORDER BY 1, 2",
        [data_type],
    )
    found: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        if table not in LEFT_OUT:
            found.setdefault(table, []).append(column)
    return found


def _hold_everything(cursor: CursorWrapper) -> None:
    """Keep everybody from writing, or from locking a row in order to write; reading goes on.

    A lock that somebody holds is waited for only shortly: it is this, and never the application, that steps back.
    Raises Busy where a message is just being sent, or the monitor just tries itself.
    """
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(WAITS_MS)])
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename <> 'wards_stay'")
    tables = [table for (table,) in cursor.fetchall() if table not in LEFT_OUT]
    cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")  # the stays first, as everybody does
    cursor.execute(HALF_WAY)
    if cursor.fetchone()[0]:
        raise Busy


def _age(cursor: CursorWrapper, span: timedelta) -> None:
    cursor.execute("SET LOCAL session_replication_role = replica")
    for table, columns in columns_of(cursor, "timestamp with time zone").items():
        changes = ", ".join(f"{column} = {column} - make_interval(mins => %s)" for column in columns)
        cursor.execute(f"UPDATE {table} SET {changes}", [span // MINUTE] * len(columns))
    for table, columns in columns_of(cursor, "jsonb").items():
        for column in columns:
            _age_documents(cursor, table, column, span)
    for table, column in DUE.items():
        cursor.execute(f"UPDATE {table} SET {column} = clock_timestamp() WHERE {column} < clock_timestamp()")
    cursor.execute(LINES_ARE_STALE)
    cursor.execute("SET LOCAL session_replication_role = origin")
    cursor.execute("SET LOCAL lock_timeout = 0")


def _age_documents(cursor: CursorWrapper, table: str, column: str, span: timedelta) -> None:
    cursor.execute(f"SELECT ctid::text, {column}::text FROM {table} WHERE {column} IS NOT NULL")
    for place, text in cursor.fetchall():
        stored = json.loads(text)
        aged = moved(stored, span)
        if aged != stored:
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid", [json.dumps(aged), place])
