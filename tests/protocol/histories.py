"""Short ways to write a history: minutes after the operation, and the muscles that are not 5."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from monitoring.protocol import (
    FLAGS,
    MUSCLES,
    Assessment,
    Check,
    Event,
    Moment,
    Muscle,
    Operation,
    ReferenceAccepted,
    Rule,
    Settings,
    Timeline,
    Treatment,
    assess,
    next_change,
    passage,
)
from monitoring.protocol.vocabulary import FlagStatus, GradeEntry, OperationKind, SymptomaticSide, TreatmentAction

OPERATED = datetime(2026, 3, 1, 14, tzinfo=UTC)
DEFAULTS = Settings()


def minute(number: float) -> datetime:
    """The instant so many minutes after the operation; negative for before."""
    return OPERATED + timedelta(minutes=number)


def muscles(**entries: Any) -> dict[Muscle, Any]:
    """`L4_left=2` as the muscle's own."""
    return {Muscle.parse(name.replace("_", " ")): entry for name, entry in entries.items()}


def check(at: float, *flags: str, **entries: GradeEntry) -> Check:
    """A whole check: all 5 but for `L4_left=2`, both flags absent but those named."""
    found: dict[str, FlagStatus] = {flag: "present" if flag in flags else "absent" for flag in FLAGS}
    return Check(minute(at), dict.fromkeys(MUSCLES, 5) | muscles(**entries), found)


def look(at: float, flags: dict[str, FlagStatus] | None = None, **entries: GradeEntry) -> Check:
    """A check of these muscles and flags alone."""
    return Check(minute(at), muscles(**entries), flags or {})


def operation(at: float, kind: OperationKind = "secondary") -> Operation:
    return Operation(minute(at), kind)


def treatment(at: float, action: TreatmentAction = "started") -> Treatment:
    return Treatment(minute(at), action)


def accepted(at: float, *flags: str, **grades: int) -> ReferenceAccepted:
    return ReferenceAccepted(minute(at), muscles(**grades), flags)


BASELINE = check(-360)
INDEX = operation(0, "index")


def history(*events: Event, side: SymptomaticSide | None = None) -> Timeline:
    """A normal baseline, the index operation, and what followed."""
    return Timeline((BASELINE, INDEX, *events), side)


def assessed(
    now: float, *events: Event, settings: Settings = DEFAULTS, side: SymptomaticSide | None = None
) -> Assessment:
    return assess(history(*events, side=side), settings, minute(now))


def rules(assessment: Assessment) -> list[Rule]:
    return [finding.rule for finding in assessment.findings]


def changes(now: float, *events: Event, settings: Settings = DEFAULTS) -> datetime | None:
    return next_change(history(*events), settings, minute(now))


def moments(since: float, now: float, *events: Event, settings: Settings = DEFAULTS) -> tuple[Moment, ...]:
    return passage(history(*events), settings, minute(since), minute(now))
