"""Times as the ward reads them on its own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wards.models import Ward

NOW_IS_WITHIN = timedelta(minutes=1)


def was_now(at: datetime, recorded_at: datetime) -> bool:
    """Whether a stored time was once given as "now": sent again, "now" means what it meant at first."""
    return abs(recorded_at - at) <= NOW_IS_WITHIN


def zone_of(ward: Ward) -> ZoneInfo:
    return ZoneInfo(ward.time_zone)


def said(at: datetime, ward: Ward) -> str:
    """An instant in a message: "03:14 on 07-Mar-2026", in the ward's zone."""
    return f"{at.astimezone(zone_of(ward)):%H:%M on %d-%b-%Y}"
