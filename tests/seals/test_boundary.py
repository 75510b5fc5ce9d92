"""Sealing passes over no transaction that is still open, and nobody who writes waits for it.

Transactions are those of the whole server, other databases included: other tests must not run on it meanwhile.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from django.db import connection, transaction

from monitoring.audit.actions import record
from monitoring.audit.models import AuditEntry
from monitoring.seals import actions
from monitoring.seals.actions import seal_next
from monitoring.seals.models import LEAST, Log, Seal
from monitoring.seals.schedule import seal_log
from monitoring.seals.verification import verify
from tests.cast import Cast
from tests.seals.ledger import execute, sealed_ids, written_ids
from tests.stack import wait_for
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough, pytest.mark.alone]


def write(cast: Cast, action: str = "ward.viewed") -> None:
    with transaction.atomic():
        record(action, by=None, about=cast.ward_7b)


def all_is_sealed() -> bool:
    """Try to seal. Something of the server's own may be in a transaction for a moment."""
    seal_log(Log.ENTRIES)
    return set(sealed_ids(Log.ENTRIES)) == set(written_ids(Log.ENTRIES))


class Open:
    """A transaction of somebody else that has written an entry and goes on."""

    def __init__(self, cast: Cast) -> None:
        self._cast, self._wrote, self._end = cast, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            with transaction.atomic():
                record("long.begun", by=None, about=self._cast.ward_7b)
                self._wrote.set()
                assert self._end.wait(20)
                record("long.ended", by=None, about=self._cast.ward_7b)
        finally:
            connection.close()

    def begin(self) -> None:
        self._thread.start()
        assert self._wrote.wait(10)

    def end(self) -> None:
        self._end.set()
        self._thread.join(10)


@contextmanager
def open_transaction(cast: Cast) -> Iterator[Open]:
    one = Open(cast)
    one.begin()
    try:
        yield one
    finally:
        one.end()


def test_one_that_stays_open_is_sealed_later_in_full_and_once(cast: Cast) -> None:
    write(cast, "before")
    wait_for(all_is_sealed, 20, "all is sealed")
    before = sealed_ids(Log.ENTRIES)
    with open_transaction(cast) as long:
        for _ in range(5):
            write(cast, "meanwhile")
            seal_log(Log.ENTRIES)
        assert sealed_ids(Log.ENTRIES) == before  # nothing that began after it either: the order is kept
        long.end()
        write(cast, "after")
        wait_for(all_is_sealed, 20, "all is sealed")
    assert sorted(sealed_ids(Log.ENTRIES)) == written_ids(Log.ENTRIES)
    assert len(set(sealed_ids(Log.ENTRIES))) == len(before) + 8
    assert verify().is_sound


def test_rows_are_sealed_by_transaction_and_not_by_number(cast: Cast) -> None:
    """The number that a long transaction writes last is higher than that of a short one which began later."""
    with open_transaction(cast) as long:
        write(cast, "meanwhile")
        long.end()
    wait_for(all_is_sealed, 20, "all is sealed")
    named = dict(AuditEntry.objects.values_list("pk", "action"))
    order = [named[row_id] for row_id in sealed_ids(Log.ENTRIES)]
    assert order[-3:] == ["long.begun", "long.ended", "meanwhile"]


def test_sealing_waits_for_no_writer_and_no_writer_for_sealing(cast: Cast) -> None:
    with open_transaction(cast):
        execute("SET lock_timeout = '300ms'")
        seal_log(Log.ENTRIES)
        with transaction.atomic():
            actions.lock()
            together(lambda: write_quickly(cast))
        execute("RESET lock_timeout")


def write_quickly(cast: Cast) -> None:
    execute("SET lock_timeout = '300ms'")
    write(cast)


def test_what_is_written_in_savepoints_counts_for_its_transaction(cast: Cast) -> None:
    with transaction.atomic():
        record("outer", by=None, about=cast.ward_7b)
        with transaction.atomic():
            record("inner", by=None, about=cast.ward_7b)
        with transaction.atomic():
            record("undone", by=None, about=cast.ward_7b)
            transaction.set_rollback(True)
    wait_for(all_is_sealed, 20, "all is sealed")
    assert sorted(sealed_ids(Log.ENTRIES)) == written_ids(Log.ENTRIES)


def test_many_write_and_several_seal_at_once_and_nothing_is_lost_or_doubled(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_ROWS", 7)
    stop = threading.Event()

    def writer() -> None:
        for number in range(25):
            with transaction.atomic():
                for _ in range(random.randint(1, 4)):
                    record("many", by=None, about=cast.ward_7b)
                time.sleep(random.choice((0, 0, 0.01)))
                transaction.set_rollback(number % 5 == 0)

    def sealer() -> None:
        while not stop.is_set():
            seal_next(Log.ENTRIES)
            seal_next(Log.CHANGES)

    def writers() -> None:
        together(*[writer] * 6)
        stop.set()

    together(writers, sealer, sealer)
    wait_for(all_is_sealed, 20, "all is sealed")
    ids = sealed_ids(Log.ENTRIES)
    assert len(ids) == len(set(ids)) > 200
    assert sorted(ids) == written_ids(Log.ENTRIES)
    assert verify().is_sound


def test_a_transaction_larger_than_a_seal_is_cut_by_its_ids(
    everything_ended: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_ROWS", 10)
    with transaction.atomic():
        for _ in range(25):
            record("many", by=None, about=cast.ward_7b)
    seal_log(Log.ENTRIES)
    seals = Seal.objects.filter(log=Log.ENTRIES).order_by("number")
    assert [seal.count for seal in seals] == [10, 10, 5]
    assert sealed_ids(Log.ENTRIES) == written_ids(Log.ENTRIES)
    assert verify().is_sound


def test_seals_lie_end_to_end_from_before_the_first_transaction(sealed_log: None) -> None:
    seals = list(Seal.objects.filter(log=Log.ENTRIES).order_by("number"))
    assert (seals[0].from_xact, seals[0].from_id) == (LEAST, LEAST)
    for one, following in pairwise(seals):
        assert (one.upto_xact, one.upto_id) == (following.from_xact, following.from_id)


def test_a_log_where_nothing_happens_is_sealed_once_an_hour(sealed_log: None) -> None:
    assert seal_next(Log.ENTRIES) is None
    execute("SET session_replication_role = replica")
    execute("UPDATE seals_seal SET at = at - interval '61 minutes'")
    execute("SET session_replication_role = origin")
    empty = seal_next(Log.ENTRIES)
    assert empty is not None
    assert empty.count == 0
