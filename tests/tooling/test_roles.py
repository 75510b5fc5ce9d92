"""Two roles on the servers that `make run` makes: also where an earlier version had but one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stack import run_sql
from tools.postgres import APPLICATION, OWNER, Postgres
from tools.servers import throw_away_folder

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with throw_away_folder() as folder:
        server = Postgres(folder / "postgres", folder / "socket", folder / "postgres.log", durable=False)
        server.start()
        yield server
        server.stop()


def test_the_owner_has_the_database_and_the_application_nothing(postgres: Postgres) -> None:
    assert run_sql(postgres.owner_url, "SELECT session_user") == [(OWNER,)]
    assert run_sql(postgres.application_url, "SELECT session_user") == [(APPLICATION,)]
    powers = (
        "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname IN (%s, %s) ORDER BY 1"
    )
    assert run_sql(postgres.url, powers, [APPLICATION, OWNER]) == [(APPLICATION, False), (OWNER, False)]


def test_what_the_superuser_made_before_is_handed_over(postgres: Postgres) -> None:
    run_sql(postgres.url, "CREATE TABLE old (id bigserial PRIMARY KEY)")
    run_sql(postgres.url, "CREATE FUNCTION old_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    postgres.make_roles()
    postgres.make_roles()
    owners = "SELECT relname, relowner::regrole::text FROM pg_class WHERE relname IN ('old', 'old_id_seq') ORDER BY 1"
    assert run_sql(postgres.url, owners) == [("old", OWNER), ("old_id_seq", OWNER)]
    run_sql(postgres.owner_url, "ALTER TABLE old ADD COLUMN said text")
    run_sql(postgres.owner_url, "DROP FUNCTION old_trigger()")
