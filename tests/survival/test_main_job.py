"""The main job while its parts are killed, stopped and frozen: the form answers within 2 s, the alert is there within
5 s, exactly once. Real processes, real SIGKILL and SIGSTOP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import psycopg2
import pytest

from tests.stack import Stack, wait_for
from tests.survival.conftest import FORM_SECONDS, RealWard

HOLD = 1  # the advisory lock that the test holds
ASSESSING = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE '%%UPDATE "due_watch"%%' AND wait_event = 'advisory'
"""
HOLD_ASSESSMENTS = f"""
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock({HOLD}); RETURN NEW; END $$;
    CREATE TRIGGER hold BEFORE UPDATE ON due_watch FOR EACH ROW
    WHEN (NEW.assessed_at IS DISTINCT FROM OLD.assessed_at) EXECUTE FUNCTION hold();
"""
LET_GO = "DROP TRIGGER hold ON due_watch; DROP FUNCTION hold()"


def send_a_fall(ward: RealWard) -> float:
    """Record 5 → 1 on L4 left; the seconds until the form had its answer."""
    said = ward.nurse.check_said(ward.stay, l4_left="1")
    began = time.monotonic()
    status, page = ward.nurse.send_check(ward.stay, said)
    seconds = time.monotonic() - began
    assert status == 200, page
    return seconds


@contextmanager
def held_assessments(stack: Stack) -> Iterator[Callable[[], None]]:
    """Assessments stop inside their open transaction, all work done and nothing committed, until `release()`."""
    holder = psycopg2.connect(stack.database_url)
    holder.autocommit = True
    holder.cursor().execute(f"SELECT pg_advisory_lock({HOLD})")
    stack.sql(HOLD_ASSESSMENTS)
    try:
        yield holder.close
    finally:
        holder.close()


def kill_in_the_middle_of_assess(ward: RealWard, kill: Callable[[], None]) -> None:
    """Send a fall, wait until an assessment stands inside its transaction, kill, and let the rest go on."""
    with held_assessments(ward.stack) as release:
        sender = threading.Thread(target=send_a_fall, args=[ward])
        sender.start()
        wait_for(lambda: ward.stack.sql(ASSESSING), 10, "an assessment inside its transaction")
        kill()
        assert ward.alerts() == []
        release()
    sender.join()
    wait_for(lambda: not ward.stack.sql(ASSESSING), 10, "the dead worker's transaction is gone")
    ward.stack.sql(LET_GO)


def test_a_fall_reaches_the_alert_with_everything_well(real_ward: Callable[..., RealWard]) -> None:
    ward = real_ward("web", "worker")
    assert send_a_fall(ward) < FORM_SECONDS
    ward.alert_is_there_once()


@pytest.mark.thorough
def test_the_workers_pool_process_killed_in_the_middle_of_assess(real_ward: Callable[..., RealWard]) -> None:
    """Beat and the worker's own restart are all that is left: no sweep without a broker runs here."""
    ward = real_ward("web", "worker", "beat")

    def kill() -> None:
        for child in psutil.Process(ward.stack.pids["worker"]).children():
            child.kill()

    kill_in_the_middle_of_assess(ward, kill)
    ward.alert_is_there_once(15)  # a loaded machine is slow to fork the pool anew


@pytest.mark.thorough
def test_the_whole_worker_killed_in_the_middle_of_assess(real_ward: Callable[..., RealWard]) -> None:
    """The sweep without a broker does its work; `make run` would start the worker again as well."""
    ward = real_ward("web", "worker")

    def kill() -> None:
        ward.stack.start("sweep")
        wait_for(lambda: ward.stack.sql("SELECT 1 FROM due_pulse WHERE name = 'tick'"), 15, "the sweep goes round")
        ward.stack.kill("worker")

    kill_in_the_middle_of_assess(ward, kill)
    ward.alert_is_there_once()


def test_valkey_stopped_before_the_form_is_sent(real_ward: Callable[..., RealWard]) -> None:
    ward = real_ward("web", "worker")
    ward.stack.stop_valkey()
    assert send_a_fall(ward) < FORM_SECONDS
    ward.alert_is_there_once()


@pytest.mark.thorough
def test_valkey_frozen_before_the_form_is_sent(real_ward: Callable[..., RealWard]) -> None:
    ward = real_ward("web", "worker")
    ward.stack.freeze_valkey()
    try:
        assert send_a_fall(ward) < FORM_SECONDS
        ward.alert_is_there_once()
    finally:
        ward.stack.thaw()
    time.sleep(3)  # what the frozen Valkey had taken in is worked off now, and changes nothing
    ward.alert_is_there_once()


@pytest.mark.thorough
def test_every_worker_gone_and_only_the_sweep_left(real_ward: Callable[..., RealWard]) -> None:
    """The nudge is taken by Valkey and by nobody after it."""
    ward = real_ward("web", "sweep")
    assert send_a_fall(ward) < FORM_SECONDS
    ward.alert_is_there_once()


@pytest.mark.thorough
def test_the_web_process_killed_right_after_the_commit(real_ward: Callable[..., RealWard]) -> None:
    """The check is stored, its nudge may be lost with the process: the sweep finds the row."""
    ward = real_ward("web", "sweep")
    said = ward.nurse.check_said(ward.stay, l4_left="1")
    sender = threading.Thread(target=send_ignoring_death, args=[ward, said], daemon=True)
    sender.start()
    wait_for(lambda: ward.stack.sql("SELECT 1 FROM checks_check WHERE l4_left = 1"), 5, "the check is stored")
    ward.stack.kill("web")
    ward.alert_is_there_once()


def send_ignoring_death(ward: RealWard, said: dict[str, str]) -> None:
    """Send, to a process that may die before it has answered."""
    try:
        ward.nurse.send_check(ward.stay, said)
    except OSError:
        return


@pytest.mark.thorough
def test_the_same_form_sent_five_times_at_once_is_one_check_and_one_alert(real_ward: Callable[..., RealWard]) -> None:
    ward = real_ward("web", "worker")
    said = ward.nurse.check_said(ward.stay, l4_left="1")
    answers: list[tuple[int, str]] = []
    senders = [
        threading.Thread(target=lambda: answers.append(ward.nurse.send_check(ward.stay, said))) for _ in range(5)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [status for status, _ in answers] == [200] * 5
    assert ward.stack.sql("SELECT count(*) FROM checks_check WHERE l4_left = 1") == [(1,)]
    ward.alert_is_there_once()
