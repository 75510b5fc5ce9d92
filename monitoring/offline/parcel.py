"""What a device seals: one check as it was typed, who examined, and what the device's clock said.

No clock of a device is believed. It knows how far it was from the server's when the kit came (`offset`); when the check
is sent, the server sees how far it is then. Where the two differ the clock was changed in between, and the time of the
examination is not known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.http import QueryDict

from monitoring.offline.passes import NoPass, Pass, read
from monitoring.offline.seal import Unreadable, unseal

CLOCKS_AGREE = timedelta(minutes=2)
LONGEST_VALUE, MOST_VALUES = 4000, 100


@dataclass(frozen=True, slots=True)
class Parcel:
    """`made_at` and `kit_at` are by the device's clock, uncorrected; `offset` is the server's minus the device's."""

    key: UUID
    stay_id: UUID
    signed: Pass
    values: dict[str, str]
    made_at: datetime
    kit_at: datetime
    offset: timedelta
    grave: bool

    @classmethod
    def open(cls, sealed: str) -> Self:
        """Unseal and read. Raises Unreadable for what this server cannot open, or what no device of ours wrote."""
        try:
            said = json.loads(unseal(sealed))
            return cls(
                key=UUID(said["key"]),
                stay_id=UUID(said["stay"]),
                signed=read(said["pass"]),
                values=_texts(said["values"]),
                made_at=_instant(said["made_at"]),
                kit_at=_instant(said["kit_at"]),
                offset=timedelta(milliseconds=said["offset"]),
                grave=said["grave"] is True,
            )
        except (NoPass, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise Unreadable(type(error).__name__) from None

    @property
    def examined_at(self) -> datetime:
        """When it was made, on the server's clock."""
        return self.made_at + self.offset

    @property
    def says_now(self) -> bool:
        """Whether the examiner said "now", so that the device's clock is the only witness of when."""
        return self.values.get("examined") == "now"

    def clock_changed(self, *, sent_at: datetime, now: datetime) -> bool:
        """Whether the device's clock, `sent_at` when it is `now`, was changed since the kit came, or went backwards."""
        moved = abs((now - sent_at) - self.offset) > CLOCKS_AGREE
        return moved or self.made_at < self.kit_at - CLOCKS_AGREE or self.examined_at > now + CLOCKS_AGREE

    def data(self) -> QueryDict:
        """The values as a form reads them."""
        data = QueryDict(mutable=True)
        data.update(self.values | {"idempotency_key": str(self.key)})
        return data


def _instant(milliseconds: Any) -> datetime:
    """A device's clock: milliseconds since 1970. Raises ValueError or OverflowError for what no clock says."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def _texts(values: dict[str, Any]) -> dict[str, str]:
    """Names and values as a browser sends them. Raises ValueError for anything else."""
    if len(values) > MOST_VALUES or any(not isinstance(v, str) or len(v) > LONGEST_VALUE for v in values.values()):
        raise ValueError("not a form")
    return dict(values)
