"""The application's own role cannot get past the triggers: refused by PostgreSQL, on a connection of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from psycopg2.errors import InsufficientPrivilege
from pytest_django import DjangoDbBlocker, Settings

from monitoring.audit import roles
from monitoring.audit.models import AuditEntry, RowChange
from monitoring.watchdog.cast import ensure_cast
from monitoring.watchdog.patient import admit, purge
from tests.alerts.conftest import watched_patient
from tests.cast import Cast
from tests.desks.pages import signed_in

ROLE = f"app_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture(scope="module", autouse=True)
def _role(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A role such as the application has, on the tests' own database."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
        roles.grant(ROLE)
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


@pytest.fixture(scope="module")
def application(_role: None) -> Iterator[psycopg2.extensions.connection]:
    """A session of that role. No rows are needed for what it must not even try."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    place = parts.netloc.rpartition("@")[2]
    url = parts._replace(netloc=f"{ROLE}@{place}", path=f"/{connection.settings_dict['NAME']}")
    opened = psycopg2.connect(urlunsplit(url))
    opened.autocommit = True
    yield opened
    opened.close()


@contextmanager
def as_the_application() -> Iterator[None]:
    """Inside, the test's own connection may do what that role may."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


FORBIDDEN = [
    "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
    "ALTER TABLE wards_stay DISABLE TRIGGER wards_stay_history",
    "ALTER TABLE audit_auditentry DROP COLUMN actor_id",
    "DROP TABLE audit_auditentry CASCADE",
    "DROP TRIGGER audit_auditentry_append_only ON audit_auditentry",
    "ALTER FUNCTION spinewatch_refuse_change() RENAME TO nothing",
    "CREATE OR REPLACE FUNCTION spinewatch_row_changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE public.mine (id int)",
    "CREATE RULE unseen AS ON INSERT TO audit_auditentry DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_auditentry FOR EACH ROW EXECUTE FUNCTION spinewatch_keep_real('id')",
    "TRUNCATE audit_auditentry",
    "TRUNCATE audit_rowchange",
    "TRUNCATE wards_bed CASCADE",
    "UPDATE audit_auditentry SET reason = ''",
    "DELETE FROM audit_auditentry",
    "INSERT INTO audit_rowchange (row_id) VALUES ('1')",
    "UPDATE audit_rowchange SET request_id = ''",
    "DELETE FROM audit_rowchange",
    "UPDATE wards_move SET moved_at = now()",
    "DELETE FROM wards_patient",
    "SELECT setval('audit_auditentry_id_seq', 1)",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
    "CREATE ROLE another SUPERUSER",
    "DELETE FROM django_migrations",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_what_it_must_not_do_it_may_not(application: psycopg2.extensions.connection, statement: str) -> None:
    with application.cursor() as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute(statement)


def test_it_cannot_write_history_by_a_table_of_its_own(application: psycopg2.extensions.connection) -> None:
    with application.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE wards_stay (id bigint)")
        with pytest.raises(InsufficientPrivilege):
            cursor.execute(
                "CREATE TRIGGER mine AFTER INSERT ON pg_temp.wards_stay "
                "FOR EACH ROW EXECUTE FUNCTION spinewatch_row_changed('id', '')"
            )
        cursor.execute("DROP TABLE pg_temp.wards_stay")


def test_a_table_that_it_puts_before_ours_takes_no_history_away(
    application: psycopg2.extensions.connection, cast: Cast
) -> None:
    """The trigger's function looks in our schema alone, whatever the search path of whoever writes."""
    with as_the_application(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE audit_rowchange (LIKE public.audit_rowchange INCLUDING ALL)")
        before = len(kept(cast))
        cursor.execute("UPDATE wards_bed SET label = 'moved' WHERE id = %s", [cast.beds[0].pk])
        assert len(kept(cast)) == before + 1
        cursor.execute("DROP TABLE pg_temp.audit_rowchange")


def kept(cast: Cast) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM public.audit_rowchange WHERE row_id = %s", [str(cast.beds[0].pk)])
        found: list[tuple[int]] = cursor.fetchall()
    return found


def test_it_admits_records_assesses_and_alerts_with_all_that_is_kept_of_it(cast: Cast) -> None:
    with as_the_application():
        patient = watched_patient(cast, cast.beds[0])
        patient.checked(10, L4_left=2)
        page = signed_in(cast.sam).get(f"/alerts/{patient.alert.public_id}/")
    assert page.status_code == 200
    assert patient.alert.level == "critical"
    assert {"stay.admitted", "check.recorded", "alert.opened", "record.opened"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
    changed = RowChange.objects.values_list("table", flat=True)
    assert {"wards_stay", "checks_check", "alerts_alert"} <= set(changed)


def test_it_deletes_the_watchdogs_patient(db: None) -> None:
    with as_the_application():
        ensure_cast()
        stay = admit(-7)
        purge()
    assert not type(stay).objects.filter(pk=-7).exists()


# --- Who is connected, and what is said of it ------------------------------------------------------------------------


def complaints() -> list[str]:
    found = run_checks(databases=["default"], include_deployment_checks=True)
    return [message.msg for message in found if message.id == "spinewatch.W021"]


def test_one_who_could_change_the_log_is_warned_of_and_the_application_is_not(db: None) -> None:
    [superuser] = complaints()
    assert "is a superuser" in superuser
    assert "owns its tables" in superuser
    with as_the_application():
        assert complaints() == []


def test_to_migrate_gives_the_applications_role_its_rights(db: None, settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON wards_bed FROM {ROLE}; GRANT ALL ON audit_auditentry TO {ROLE}")
    settings.DATABASE_ROLE = ROLE
    call_command("migrate", verbosity=0)
    with as_the_application():
        assert roles.powers() == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('wards_bed', 'SELECT, INSERT, UPDATE, DELETE')")
            assert cursor.fetchone() == (True,)


def test_where_one_role_does_everything_nothing_is_granted(db: None, settings: Settings) -> None:
    settings.DATABASE_ROLE = roles.connected_as()
    assert roles.application_role() == ""
