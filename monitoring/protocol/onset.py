"""When the deficit began: somewhere between last good and seen (protocol §7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitoring.protocol.findings import Finding
from monitoring.protocol.flags import FlagRecord
from monitoring.protocol.muscles import MuscleRecord
from monitoring.protocol.vocabulary import CRITICAL_RULES, Muscle


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of muscles and flags just before an event: when each was last good."""

    reached_at: Mapping[Muscle, tuple[datetime | None, ...]]
    """Of each muscle and grade 0…5, when a check after the operation last gave at least that."""
    absent_at: Mapping[str, datetime | None]
    """Of each flag, when a check after the first operation last found it absent."""

    @classmethod
    def of(cls, muscles: Iterable[MuscleRecord], flags: Iterable[FlagRecord]) -> "Known":
        return cls(
            {muscle.muscle: muscle.reached_at for muscle in muscles},
            {flag.flag: flag.absent_at for flag in flags},
        )


def last_good_at(
    findings: Iterable[Finding], known: Known, operation_at: datetime, first_operation_at: datetime
) -> datetime:
    """Protocol §7: "the earliest, the worst case", over the muscles of findings 1–3 and the flags of finding 4.

    `known` is what was known before the first event of the critical run; `findings` are those at `now`.
    """
    critical = [finding for finding in findings if finding.rule in CRITICAL_RULES]
    muscles = [
        known.reached_at[found.muscle][found.reference] or operation_at
        for finding in critical
        for found in finding.muscles
    ]
    flags = [known.absent_at[flag] or first_operation_at for finding in critical for flag in finding.flags]
    return min(muscles + flags)
