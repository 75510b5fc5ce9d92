"""The sweep: everything past due is done, and nothing that goes wrong with one row holds up another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction

from monitoring.due import actions
from monitoring.due.actions import TICK_LOCK, run_one, tick
from monitoring.due.clock import now
from monitoring.due.models import Pulse
from monitoring.due.queries import seconds_since
from tests.due.rows import Rows

pytestmark = pytest.mark.django_db(transaction=True)
Sweeps = Callable[..., Rows]
SECRET = "MÜLLER, Erika"


@pytest.fixture
def somebody_else() -> Iterator[Any]:
    """A second session on the tests' database."""
    session = psycopg2.connect(**connection.get_connection_params())
    session.autocommit = True
    yield session.cursor()
    session.close()


def raise_for(row_id: int) -> None:
    if row_id == 2:
        raise ValueError(SECRET)


def test_a_tick_does_what_is_due_in_every_sweep(sweeps: Sweeps) -> None:
    first, second = sweeps(name="first", todo=[1, 2, 3]), sweeps(name="second", todo=[4])
    assert tick() == 4
    assert (first.done, second.done) == ([1, 2, 3], [4])


def test_a_tick_with_more_than_a_batch_does_them_all(sweeps: Sweeps) -> None:
    rows = sweeps(todo=list(range(actions.BATCH * 2 + 5)))
    assert tick() == actions.BATCH * 2 + 5
    assert rows.todo == []


def test_a_row_that_raises_is_put_off_and_the_others_are_done(sweeps: Sweeps) -> None:
    rows = sweeps(todo=[1, 2, 3], work=raise_for)
    tick()
    assert rows.done == [1, 3]
    assert rows.failed == [(2, "ValueError")]


def test_the_log_names_the_error_and_not_its_text(sweeps: Sweeps, caplog: pytest.LogCaptureFixture) -> None:
    rows = sweeps(todo=[2], work=raise_for)
    run_one(rows.sweep(), 2)
    assert "ValueError" in caplog.text
    assert "raise_for" in caplog.text
    assert SECRET not in caplog.text.replace("raise ValueError(SECRET)", "")


def test_a_row_that_stays_due_comes_once_in_a_tick(sweeps: Sweeps) -> None:
    rows = sweeps(todo=[1, 2], stays_due=True)
    assert tick() == 2
    assert rows.done == [1, 2]


def test_a_tick_leaves_at_once_while_another_is_at_work(sweeps: Sweeps, somebody_else: Any) -> None:
    rows = sweeps(todo=[1])
    tick()
    rows.todo, rows.done = [2], []
    somebody_else.execute("SELECT pg_advisory_lock(%s)", [TICK_LOCK])
    assert tick() == 0
    assert rows.done == []


def test_a_frozen_holder_of_the_lock_is_passed_by_after_ten_seconds(sweeps: Sweeps, somebody_else: Any) -> None:
    rows = sweeps(todo=[1])
    Pulse.objects.create(name="tick", at=now() - timedelta(seconds=10.5))
    somebody_else.execute("SELECT pg_advisory_lock(%s)", [TICK_LOCK])
    assert tick() == 1
    assert rows.done == [1]
    assert seconds_since("tick") == pytest.approx(0, abs=1)


def test_the_lock_ends_with_the_session_of_a_killed_process(sweeps: Sweeps, somebody_else: Any) -> None:
    sweeps()
    tick()
    rows = sweeps(todo=[1])
    somebody_else.execute("SELECT pg_advisory_lock(%s)", [TICK_LOCK])
    somebody_else.connection.close()
    time.sleep(0.1)
    tick()
    assert rows.done == [1]


def test_the_lock_is_given_back(sweeps: Sweeps, somebody_else: Any) -> None:
    sweeps(todo=[1])
    tick()
    somebody_else.execute("SELECT pg_try_advisory_lock(%s)", [TICK_LOCK])
    assert somebody_else.fetchone()[0] is True


def lock_row(row_id: int) -> None:
    """The work of a row: lock the pulse of that name, as an action locks its stay."""
    with transaction.atomic():
        Pulse.objects.select_for_update().get(name=f"row {row_id}")


def test_a_row_that_somebody_holds_delays_nobody_and_is_no_failure(sweeps: Sweeps, somebody_else: Any) -> None:
    for row_id in (1, 2):
        Pulse.objects.create(name=f"row {row_id}", at=now())
    rows = sweeps(todo=[1, 2], work=lock_row)
    somebody_else.execute("BEGIN")
    somebody_else.execute("SELECT 1 FROM due_pulse WHERE name = 'row 1' FOR UPDATE")
    began = time.monotonic()
    tick()
    assert time.monotonic() - began < 1.5
    assert (rows.done, rows.failed, rows.todo) == ([2], [], [1])
    somebody_else.execute("ROLLBACK")
    tick()
    assert rows.done == [2, 1]


def test_the_short_patience_for_locks_ends_with_the_tick(sweeps: Sweeps) -> None:
    seen: list[str] = []

    def look(row_id: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            seen.append(cursor.fetchone()[0])

    sweeps(todo=[1], work=look)
    tick()
    look(0)
    assert seen == ["500ms", "0"]


def test_a_tick_refuses_to_run_inside_a_transaction(sweeps: Sweeps) -> None:
    sweeps(todo=[1])
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        tick()


def test_a_tick_that_is_told_to_stop_finishes_the_row_in_hand(sweeps: Sweeps) -> None:
    rows = sweeps(todo=[1, 2, 3])
    assert tick(keep_on=lambda: not rows.done) == 1
    assert rows.todo == [2, 3]


def test_a_tick_is_remembered_by_the_databases_clock(sweeps: Sweeps) -> None:
    assert seconds_since("tick") is None
    sweeps()
    tick()
    assert seconds_since("tick") == pytest.approx(0, abs=1)


def test_a_tick_that_could_not_look_is_not_remembered(sweeps: Sweeps) -> None:
    sweeps(blind=True)
    with pytest.raises(RuntimeError):
        tick()
    assert seconds_since("tick") is None
