"""What upper rooms do with pending work: open a stay's watch, mark its history changed, do what is due."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TypedDict

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from psycopg2.errors import LockNotAvailable

from monitoring.audit.context import BY_THE_CLOCK, Origin, cause_now, coming_from, system_at_work
from monitoring.due.clock import now
from monitoring.due.models import Pulse, Watch
from monitoring.due.pool import slow_pool
from monitoring.due.queries import seconds_since
from monitoring.due.registry import Lane, Sweep, sweeps_of

logger = logging.getLogger(__name__)

BATCH = 100
TICK_SECONDS = 1.5  # a tick fetches no further batch after this, so that the next one finds the lock free
TICK_LOCK = 0x5B1E  # any numbers that no other advisory lock of this database uses
TICK_LOCKS = {Lane.DETECT: TICK_LOCK, Lane.SLOW: TICK_LOCK + 1}
TICK_HOLDER_IS_DEAD_AFTER = 10.0  # seconds without a finished tick
ROW_LOCK_SECONDS = 0.5  # how long a tick waits for a row that somebody else holds


class Change(TypedDict):
    """Who changed a stay's history, and how; for the alert's timeline. `by` is a staff id."""

    by: int
    what: str
    why: str


def open_watch(stay_id: int) -> None:
    """Begin to watch a stay, in the transaction that admits it: its first assessment is due at once."""
    Watch.objects.create(stay_id=stay_id, assess_at=now())


def mark_changed(stay_id: int, *, since: datetime, change: Change) -> None:
    """Make a stay's assessment due now, because its history changed at `since` (clinical time) or later.

    Call it in the transaction of the change, with the stay's row locked. Raises `Watch.DoesNotExist` where the stay
    has no watch: a change that nobody would look at must not be saved.
    """
    watch = Watch.objects.select_for_update(no_key=True).get(stay_id=stay_id)
    watch.assess_at = now()
    watch.changed_since = since if watch.changed_since is None else min(watch.changed_since, since)
    watch.changes = [*watch.changes, change]
    watch.save(update_fields=["assess_at", "changed_since", "changes"])


def mark_due(stay_id: int) -> None:
    """Make a stay's assessment due now, its history being as it was. The stay's row is locked.

    Raises `Watch.DoesNotExist` where the stay has no watch.
    """
    watch = Watch.objects.select_for_update(no_key=True).get(stay_id=stay_id)
    watch.assess_at = now()
    watch.save(update_fields=["assess_at"])


def heard_from(name: str) -> None:
    """Remember that something that must stay alive is, by the database's clock."""
    Pulse.objects.update_or_create(name=name, defaults={"at": now()})


def run_one(sweep: Sweep, row_id: int) -> None:
    """Do one row's work. One that raises is put off and shown; it never stops the others.

    A row that somebody else holds is no failure: they are at it, and the next sweep looks again. The log names the
    error's type and place only, because the text of a database error can quote a patient's row. What it writes is the
    system's own, in the audit log as caused by the request that nudged; found by a sweep, by the clock.
    """
    with system_at_work(cause_now()):
        _run_or_put_off(sweep, row_id)


def _run_found(sweep: Sweep, row_id: int) -> None:
    """The same of a row that a sweep found past due: the clock is what caused it, or a nudge was lost."""
    with coming_from(Origin(cause=f"{BY_THE_CLOCK}{sweep.name}")):
        run_one(sweep, row_id)


def _run_or_put_off(sweep: Sweep, row_id: int) -> None:
    try:
        sweep.run(row_id)
    except Exception as error:  # noqa: BLE001 — whatever it is, the other rows must not wait
        if isinstance(error.__cause__, LockNotAvailable):
            logger.warning("%s left row %s to whoever holds it", sweep.name, row_id)
            return
        try:
            sweep.back_off(row_id, error)
        except ObjectDoesNotExist:
            logger.warning(
                "%s left row %s: it is gone, as the watchdog's rows are when it has finished", sweep.name, row_id
            )
            return
        place = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s failed on row %s: %s at\n%s", sweep.name, row_id, type(error).__name__, place)


def always() -> bool:
    return True


def tick(*, lane: Lane = Lane.DETECT, keep_on: Callable[[], bool] = always, wait: bool = True) -> int:
    """Do all of a lane that is past due, in bounded batches, until `keep_on()` is false; the number of rows taken up.

    One tick of a lane at a time runs on a database; a second leaves at once. The lock belongs to the session, so it
    ends with a killed process; a frozen one would keep it, so after ten seconds of silence others go ahead beside it,
    which is safe because every row has a lock of its own. Rows of the slow lane are done in threads; `wait`: return
    only when they are done. Raises `django.db.Error` where the database is away.
    """
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError("each row of a tick commits for itself")
    with _tick_lock(lane) as mine:
        if not mine and not _holder_is_dead(lane):
            return 0
        done = _hand_out(keep_on) if lane is Lane.SLOW else _run_here(keep_on)
        heard_from(lane.pulse)
    if wait and lane is Lane.SLOW:
        slow_pool.finish()
    return done


@contextmanager
def _tick_lock(lane: Lane) -> Iterator[bool]:
    """Try to be the one tick of this lane on this database; whether that worked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TICK_LOCKS[lane]])
        mine: bool = cursor.fetchone()[0]
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TICK_LOCKS[lane]])


def _holder_is_dead(lane: Lane) -> bool:
    silence = seconds_since(lane.pulse)
    return silence is None or silence > TICK_HOLDER_IS_DEAD_AFTER


@contextmanager
def _short_row_locks() -> Iterator[None]:
    """Inside, a statement that waits for a row lock gives up soon: one stuck row must not hold up the others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{ROW_LOCK_SECONDS * 1000:.0f}ms"])
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")


def _run_here(keep_on: Callable[[], bool]) -> int:
    """Do the rows of the quick lane one after the other."""
    done = 0
    stop_at = time.monotonic() + TICK_SECONDS
    with _short_row_locks():
        for sweep, row_id in _what_is_due(Lane.DETECT, stop_at):
            if not keep_on():
                break
            _run_found(sweep, row_id)
            done += 1
    return done


def _hand_out(keep_on: Callable[[], bool]) -> int:
    """Give the rows of the slow lane to the threads. What finds none free is left for the next tick.

    They wait for row locks like everybody: giving up after a message was sent, and before it was noted, sends it twice.
    """
    done = 0
    stop_at = time.monotonic() + TICK_SECONDS
    for sweep, row_id in _what_is_due(Lane.SLOW, stop_at):
        if not keep_on():
            break
        if slow_pool.has(sweep.name, row_id):
            continue
        if not slow_pool.take(sweep.name, row_id, partial(_run_found, sweep, row_id), until=stop_at):
            break
        done += 1
    return done


def _what_is_due(lane: Lane, stop_at: float) -> Iterator[tuple[Sweep, int]]:
    """A batch of every sweep in turn, and again, until nothing is due or time is up.

    The first round is always whole, so that much of one kind of work does not starve another. No row comes twice, so
    that a stuck one cannot spin.
    """
    seen: set[tuple[str, int]] = set()
    first = found = True
    while found and (first or time.monotonic() < stop_at):
        found = False
        for sweep in sweeps_of(lane):
            if not first and time.monotonic() >= stop_at:
                return
            for row_id in sweep.due(BATCH):
                if (sweep.name, row_id) not in seen:
                    seen.add((sweep.name, row_id))
                    found = True
                    yield sweep, row_id
        first = False
