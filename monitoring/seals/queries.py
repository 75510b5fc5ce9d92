"""What the page about the seals shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from monitoring.seals.actions import last_of
from monitoring.seals.canonical import table_of
from monitoring.seals.keys import encoded, key_id, public_key
from monitoring.seals.models import LEAST, Log, Seal, SealDispatch, Sealing, Verification
from monitoring.seals.outside import WAYS
from monitoring.seals.schedule import unsealed_since

BEHIND_AFTER = timedelta(minutes=5)
MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Outside:
    """One way on which seals leave; `row` is None before the first."""

    channel: SealDispatch.Channel
    to: str
    row: SealDispatch | None


@dataclass(frozen=True, slots=True)
class State:
    """How far the log is sealed. So many rows wait `unsealed` (MOST_COUNTED: or more), the oldest since `since`."""

    last: Seal | None
    seals: int
    sealing: Sealing | None
    unsealed: int
    since: datetime | None
    key: str
    public_key: str
    outside: Sequence[Outside]
    verification: Verification | None

    def is_behind(self, at: datetime) -> bool:
        return self.since is not None and at - self.since > BEHIND_AFTER

    @property
    def counts_on(self) -> bool:
        return self.unsealed >= MOST_COUNTED


def state() -> State:
    """The state of the chain, now."""
    last = Seal.objects.defer("leaves").order_by("-number").first()
    rows = {row.channel: row for row in SealDispatch.objects.all()}
    public = public_key()
    return State(
        last=last,
        seals=0 if last is None else last.number,
        sealing=Sealing.objects.first(),
        unsealed=min(MOST_COUNTED, sum(_unsealed(log) for log in Log)),
        since=unsealed_since(),
        key=key_id(public),
        public_key=encoded(public),
        outside=[Outside(channel, way.to(), rows.get(channel)) for channel, way in WAYS.items() if way.to()],
        verification=Verification.objects.select_related("asked_by").order_by("-pk").first(),
    )


def _unsealed(log: str) -> int:
    last = last_of(log)
    place = (LEAST, LEAST, LEAST) if last is None else (last.upto_xact, last.upto_id, last.ids_from)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM {table_of(log)} "
            f"WHERE (xact, id) >= (%s, %s) AND id >= %s LIMIT {MOST_COUNTED}) AS waiting",
            place,
        )
        count: int = cursor.fetchone()[0]
    return count
