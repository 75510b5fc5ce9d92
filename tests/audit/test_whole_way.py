"""Real processes as the application's own role: they do all their work, and each change goes back to its request."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import pytest

from monitoring.audit.roles import grant
from tests.cast import PASSWORD, admit_patient, ago, operate, set_stage
from tests.stack import Stack, wait_for
from tools.processes import commands
from tools.visitor import Visitor

pytestmark = pytest.mark.thorough

ROLE = "app_whole_way"


def as_the_application(stack: Stack) -> str:
    parts = urlsplit(stack.database_url)
    return urlunsplit(parts._replace(netloc=f"{ROLE}@{parts.netloc.rpartition('@')[2]}"))


@pytest.fixture
def running(stack: Callable[..., Stack]) -> Stack:
    """Processes connected as a role that owns nothing. Nobody sweeps yet: what is done is done by what caused it."""
    made = stack()
    made.sql(f"DROP ROLE IF EXISTS {ROLE}")
    made.sql(f"CREATE ROLE {ROLE} LOGIN")
    with made.models():
        cast = set_stage()
        operate(cast, admit_patient(cast), ended_at=ago(hours=4))
        grant(ROLE)
    url = as_the_application(made)
    known = commands("127.0.0.1", made.port)
    for name in ("web", "worker"):
        made.launch(name, known[name], DATABASE_URL=url)
    wait_for(made.answers, 30, "the web process answers")
    return made


def test_a_check_becomes_an_alert_that_goes_back_to_it(running: Stack) -> None:
    ((stay,),) = running.sql("SELECT public_id FROM wards_stay WHERE id > 0")
    nurse = Visitor(running.url, follow=False)
    nurse.sign_in("alice", PASSWORD)
    status, page = nurse.send_check(stay, nurse.check_said(stay, l4_left="1"))
    assert status == 302, page
    opened = "SELECT request_id, cause, actor_id, xact FROM audit_auditentry WHERE action = 'alert.opened'"
    [(work, cause, actor, xact)] = wait_for(lambda: running.sql(opened), 10, "the alert is opened")
    assert running.sql("SELECT request_id FROM audit_auditentry WHERE action = 'check.recorded'") == [(cause,)]
    assert actor is None
    changed = "SELECT DISTINCT request_id, database_user FROM audit_rowchange WHERE xact = %s"
    assert running.sql(changed, [xact]) == [(work, ROLE)]
    for name in ("slow", "beat", "sweep"):
        running.launch(name, commands("127.0.0.1", running.port)[name], DATABASE_URL=as_the_application(running))
    heard = "SELECT count(*) FROM due_pulse WHERE name IN ('tick', 'tick.slow', 'loop.detect', 'worker.slow', 'beat')"
    wait_for(lambda: running.sql(heard) == [(5,)], 20, "all of them are alive")
    loose = f"SELECT DISTINCT \"table\" FROM audit_rowchange WHERE request_id = '' AND database_user = '{ROLE}'"
    assert running.sql(loose) == []
    assert running.sql("SELECT count(*) FROM audit_auditentry WHERE action = 'record.opened'") == [(1,)]
