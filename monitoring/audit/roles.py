"""What the application's role may do in the database, so that the triggers of the audit log hold for it.

Two roles. The owner has the tables and migrates them; whoever owns a table may alter it and take its triggers off. The
application's role owns nothing: it reads and writes rows, and cannot alter, truncate, or do anything to a trigger.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction

ENTRIES, CHANGES = "audit_auditentry", "audit_rowchange"
ONLY = {CHANGES: "SELECT", "django_migrations": "SELECT"}
"""Row changes are written by the trigger, which runs as the owner."""

# A table's triggers say already that its rows are kept: what they refuse to everybody, this role may not even ask for.
KEPT = """
SELECT relname,
    bool_or(tgname = relname || '_append_only') AS is_append_only,
    bool_or(tgname = relname || '_real') AS lets_synthetic_go
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'public'::regnamespace
GROUP BY relname HAVING bool_or(tgname IN (relname || '_append_only', relname || '_undeletable'))
ORDER BY relname
"""


def application_role() -> str:
    """The role of DATABASE_URL, where somebody else owns the tables; empty where one role does everything."""
    role: str = settings.DATABASE_ROLE
    return "" if role == connected_as() else role


def connected_as() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        role: str = cursor.fetchone()[0]
    return role


def grant(role: str) -> None:
    """Give a role what the application needs and nothing else, whatever it had. Run it as the owner, after migrating.

    Raises `django.db.Error` where there is no such role.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KEPT)
        for statement in list(_statements(connection.ops.quote_name(role), cursor.fetchall())):
            cursor.execute(statement)


def _statements(role: str, kept: list[tuple[str, bool, bool]]) -> Iterator[str]:
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    for table, is_append_only, lets_synthetic_go in kept:
        refused = (["UPDATE"] if is_append_only else []) + ([] if lets_synthetic_go else ["DELETE"])
        if refused:
            yield f"REVOKE {', '.join(refused)} ON {table} FROM {role}"
    for table, may in ONLY.items():
        yield f"REVOKE ALL ON {table} FROM {role}"
        yield f"GRANT {may} ON {table} TO {role}"


POWERS = """
SELECT rolsuper OR rolbypassrls, pg_has_role(current_user, relowner, 'USAGE'), has_table_privilege(c.oid, 'TRUNCATE'),
    has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE'),
    has_table_privilege('audit_rowchange', 'INSERT')
FROM pg_class c, pg_roles WHERE c.oid = 'audit_auditentry'::regclass AND rolname = current_user
"""


def powers() -> list[str]:
    """What whoever is connected could do to the audit log and should not; empty where all is as it should be."""
    words = ("is a superuser", "owns its tables", "may empty it", "may change its entries", "may write row changes")
    with connection.cursor() as cursor:
        cursor.execute(POWERS)
        return [word for word, has in zip(words, cursor.fetchone(), strict=True) if has]
