"""Sealing: the next piece of a log is closed once no transaction can add to it any more.

The boundary is `pg_snapshot_xmin`: every transaction with a lower id has ended. It is read in one statement and the
rows in a later one, so whatever such a transaction wrote is either seen or was never committed. A transaction that is
still open holds the boundary back at its own id, so none is passed over, and nobody who writes waits for anything.
Because the rows below the boundary are final, their order by (xact, id) can be cut anywhere.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from monitoring.due.clock import now
from monitoring.seals.canonical import LEAF, form_of, leaves_between, leaves_in, newest_format, table_of
from monitoring.seals.chain import START, digest_of, header
from monitoring.seals.keys import key_id, public_key, sign
from monitoring.seals.models import LEAST, MOST, Log, Seal, Sealing

logger = logging.getLogger(__name__)

MOST_ROWS = 1000  # in one seal
EMPTY_AFTER = timedelta(hours=1)  # a log where nothing happens is sealed too: nothing had happened by then
THE_ONE = 1


class Position(NamedTuple):
    """A place between two rows of a log: before the row (xact, id)."""

    xact: int
    row_id: int


class Piece(NamedTuple):
    """The next rows of a log, and the place after them."""

    leaves: bytes
    upto: Position


def seal_next(log: Log) -> Seal | None:
    """Seal the next rows of this log, at most a thousand; None where there are none. Commits by itself."""
    with transaction.atomic():
        lock()
        boundary = open_boundary()
        lasts = {one: last_of(one) for one in Log}
        if any(last is not None and boundary < last.upto_xact for last in lasts.values()):
            return [_begin_epoch(one, *_place_after(last)) for one, last in lasts.items()][-1]
        last = lasts[log]
        ids_from, start = _place_after(last)
        piece = _read_piece(log, ids_from, start, Position(boundary, LEAST), MOST)
        if not piece.leaves and last is not None and now() - last.at < EMPTY_AFTER:
            return None
        return append(Seal.Kind.ROWS, log, ids_from=ids_from, start=start, piece=piece)


def lock() -> Sealing:
    """Be the only one who adds to the chain, until the transaction ends."""
    Sealing.objects.bulk_create([Sealing(pk=THE_ONE)], ignore_conflicts=True)
    return Sealing.objects.select_for_update(no_key=True).get(pk=THE_ONE)


def open_boundary() -> int:
    """The id of the oldest transaction that is open now: all below it have ended, and none comes that is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        boundary: int = cursor.fetchone()[0]
    return boundary


def last_of(log: str) -> Seal | None:
    """The newest seal that says how far this log is sealed."""
    return Seal.objects.filter(log=log).exclude(kind=Seal.Kind.PRUNED).defer("leaves").order_by("-number").first()


def _place_after(last: Seal | None) -> tuple[int, Position]:
    if last is None:
        return LEAST, Position(LEAST, LEAST)
    return last.ids_from, Position(last.upto_xact, last.upto_id)


def _read_piece(log: str, ids_from: int, start: Position, end: Position, ids_to: int) -> Piece:
    """The first thousand rows from `start` on that come before `end`, with ids from `ids_from` to `ids_to`."""
    form = form_of(log, newest_format(log))
    leaves = leaves_between(form, start, end, ids_from, ids_to, limit=MOST_ROWS)
    if len(leaves) < MOST_ROWS * LEAF.size:
        return Piece(leaves, end)
    last = leaves_in(leaves[-LEAF.size :])[0]
    return Piece(leaves, Position(last.xact, last.row_id + 1))


def append(
    kind: Seal.Kind,
    log: str,
    *,
    ids_from: int,
    start: Position,
    piece: Piece,
    note: dict[str, Any] | None = None,
) -> Seal:
    """Add a signed seal to the chain. Call it under `lock`."""
    newest = Seal.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = newest or (0, START)
    seal = Seal(
        number=number + 1,
        at=now(),
        kind=kind,
        log=log,
        format=newest_format(log),
        ids_from=ids_from,
        from_xact=start.xact,
        from_id=start.row_id,
        upto_xact=piece.upto.xact,
        upto_id=piece.upto.row_id,
        count=len(piece.leaves) // LEAF.size,
        leaves=piece.leaves,
        note=note or {},
        previous=previous,
        key=key_id(public_key()),
    )
    digest = digest_of(header(seal))
    seal.hash = digest.hex()
    seal.key, seal.signature = sign(digest)
    seal.save(force_insert=True)
    return seal


def _begin_epoch(log: Log, ids_from: int, start: Position) -> Seal:
    """Go on with lower transaction ids than were sealed already: this database was restored from a dump.

    Ids of rows do go on after a restore. Those above every id that is sealed, or that came with the dump unsealed (its
    transaction has an id that none here has had yet), belong to the new epoch, also where they were written before
    this. The old epoch is sealed to its end first. All logs begin anew together, before anything else is sealed here,
    so that whatever was sealed came with the dump.
    """
    logger.warning("the ids of transactions went back: the log of %s is sealed on in a new epoch", log.value)
    ids_to = max(_highest_sealed(log, ids_from), _highest_of_before(log))
    piece = None
    while piece is None or piece.upto != (MOST, MOST):
        piece = _read_piece(log, ids_from, start, Position(MOST, MOST), ids_to)
        append(Seal.Kind.ROWS, log, ids_from=ids_from, start=start, piece=piece)
        start = piece.upto
    nothing = Piece(b"", Position(LEAST, LEAST))
    return append(Seal.Kind.EPOCH, log, ids_from=ids_to + 1, start=nothing.upto, piece=nothing)


def _highest_sealed(log: str, ids_from: int) -> int:
    """The highest id that was sealed in the epoch; below its first where nothing was."""
    packed = Seal.objects.filter(log=log, ids_from=ids_from, count__gt=0).values_list("leaves", flat=True)
    sealed = (leaf.row_id for leaves in packed.iterator(chunk_size=50) for leaf in leaves_in(bytes(leaves)))
    return max(sealed, default=max(ids_from, 1) - 1)


def _highest_of_before(log: str) -> int:
    """The highest id of a row whose transaction is still to come here, by its id: it came with the dump."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(max(id), 0) FROM {table_of(log)} "
            "WHERE xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
        highest: int = cursor.fetchone()[0]
    return highest
