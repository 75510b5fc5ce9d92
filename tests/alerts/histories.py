"""Short ways to write a history in a test: hours after the operation, and the muscles that are not 5."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitoring.protocol import (
    FLAGS,
    MUSCLES,
    Assessment,
    Check,
    Event,
    Moment,
    Muscle,
    Operation,
    Settings,
    Timeline,
    assess,
    passage,
)

OPERATED = datetime(2026, 3, 1, 14, tzinfo=UTC)
SETTINGS = Settings()


def hour(hours: float) -> datetime:
    """The instant so many hours after the operation; negative for before."""
    return OPERATED + timedelta(hours=hours)


def check(hours: float, *, flag: str | None = None, **weaker: int) -> Check:
    """A whole check, all 5 but for `L4_left=2`; both flags absent but for `flag`."""
    grades = dict.fromkeys(MUSCLES, 5) | {Muscle(name.replace("_", " ")): grade for name, grade in weaker.items()}
    return Check(hour(hours), grades=grades, flags={name: "present" if name == flag else "absent" for name in FLAGS})


def timeline(*events: Event) -> Timeline:
    """A normal baseline, the operation, and what followed."""
    return Timeline((check(-6), Operation(OPERATED, kind="index"), *events))


def moments(since: float, until: float, *events: Event) -> tuple[Moment, ...]:
    return passage(timeline(*events), SETTINGS, hour(since), hour(until))


def assessed(at: float, *events: Event) -> Assessment:
    return assess(timeline(*events), SETTINGS, hour(at))
