"""No table of ours can be added without a word on the history of its rows."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

OURS = ("monitoring.", "wards")

NOT_TRACKED = {
    "audit_auditentry": "append-only: it is a record itself",
    "audit_rowchange": "the history itself",
    "due_pulse": "who was last heard from, written every two seconds; of no patient",
    "identity_guesses": "counts of wrong passwords by address, forgotten within the hour; each one is an audit entry",
    "identity_knowndevice": "on which browsers somebody signed in: each signing in is an audit entry with its device",
    "registry_stale": "whose line is due to be put together again: a queue that triggers fill; what changed is tracked",
    "seals_seal": "append-only, and signed",
    "seals_sealdispatch": "how far a seal has been sent; the seal itself is signed",
    "seals_sealing": "how far sealing has come: found again from the seals",
    "seals_verification": "what a verification found: undeletable, and each is an audit entry",
    "watchdog_chore": "when the watchdog's own work is due; of no patient",
    "watchdog_proberun": "the test alerts, one a minute, of a patient who does not exist",
}
"""Tables without a history, and why."""

TRIGGERS = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname = relname || '_history' AND tgenabled IN ('O', 'A')
"""


def our_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model.__module__.startswith(OURS)}


def test_every_table_of_ours_is_tracked_or_argued_away(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        tracked = {name for (name,) in cursor.fetchall()}
    ours = our_tables()
    assert ours - tracked - set(NOT_TRACKED) == set(), "track_rows() in the migration that makes it"
    assert ours & tracked & set(NOT_TRACKED) == set()
    assert {"wards_stay", "checks_check", "alerts_alert", "wards_group_members", "escalation_delivery"} <= tracked


def test_no_table_that_is_gone_is_argued_away() -> None:
    assert set(NOT_TRACKED) <= our_tables()
