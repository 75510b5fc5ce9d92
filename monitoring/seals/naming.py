"""What happened to the rows that are not as they were sealed: changed, deleted, inserted, or in another's place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db import connection

from monitoring.seals.canonical import form_of, leaves_in, table_of
from monitoring.seals.findings import Finding, What
from monitoring.seals.models import Log, Seal
from monitoring.seals.walk import Difference

ACTION = {
    Log.ENTRIES: "action",
    Log.CHANGES: "operation || ' ' || \"table\" || ' ' || row_id",
}


class Row(NamedTuple):
    """A row as it is now, without anything clinical."""

    xact: int
    digest: str
    at: str
    action: str
    request_id: str


def named(differences: Iterable[Difference], removed: frozenset[int]) -> list[Finding]:
    """A finding for each, in order. Left out: what retention has removed meanwhile, and what is as sealed after all."""
    by_log: dict[str, list[Difference]] = {log.value: [] for log in Log}
    for difference in differences:
        by_log[difference.log].append(difference)
    return [finding for log, found in by_log.items() for finding in _named(Log(log), found, removed)]


def _named(log: Log, differences: list[Difference], removed: frozenset[int]) -> Iterator[Finding]:
    rows = _rows(log, differences)
    places = {difference.sealed: difference.row_id for difference in differences if difference.sealed}
    for difference in sorted(differences, key=lambda one: one.row_id):
        row = rows.get(difference.row_id)
        if row is None:
            if difference.sealed and difference.seal not in removed:
                yield _deleted(log, difference)
        elif (row.xact, row.digest) != (difference.xact, difference.sealed):
            yield _standing(log, difference, row, places)


def _standing(log: Log, difference: Difference, row: Row, places: Mapping[str, int]) -> Finding:
    """A row that is there, and is not as sealed."""
    other = places.get(row.digest, difference.row_id)
    what = What.CHANGED if other == difference.row_id else What.REORDERED
    what = what if difference.sealed else What.INSERTED
    return Finding(
        what,
        seal=difference.seal,
        log=log.value,
        row_id=difference.row_id,
        at=row.at,
        action=row.action,
        request_id=row.request_id,
        other_id=other if what is What.REORDERED else None,
    )


def _deleted(log: Log, difference: Difference) -> Finding:
    """What is gone says nothing of itself; what its transaction wrote into the other log says when, and for whom."""
    other = Log.CHANGES if log is Log.ENTRIES else Log.ENTRIES
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {INSTANT}, request_id FROM {table_of(other)} WHERE xact = %s ORDER BY id LIMIT 1",
            [difference.xact],
        )
        at, request_id = cursor.fetchone() or ("", "")
    return Finding(
        What.DELETED, seal=difference.seal, log=log.value, row_id=difference.row_id, at=at, request_id=request_id
    )


INSTANT = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _rows(log: Log, differences: list[Difference]) -> dict[int, Row]:
    """The rows of these ids, digested as their seals did."""
    formats = dict(
        Seal.objects.filter(number__in={one.seal for one in differences}).values_list("number", "format").order_by()
    )
    found: dict[int, Row] = {}
    for number in set(formats.values()):
        ids = [one.row_id for one in differences if formats[one.seal] == number]
        found |= _read_rows(log, number, ids)
    return found


def _read_rows(log: Log, format_number: int, ids: list[int]) -> dict[int, Row]:
    form = form_of(log, format_number)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {form.leaf}, {INSTANT}, {ACTION[log]}, request_id FROM {form.table} WHERE id = ANY(%s)",
            [ids],
        )
        read = [(leaves_in(bytes(leaf))[0], *rest) for leaf, *rest in cursor.fetchall()]
    return {
        leaf.row_id: Row(leaf.xact, leaf.digest.hex(), at, action, request_id) for leaf, at, action, request_id in read
    }
