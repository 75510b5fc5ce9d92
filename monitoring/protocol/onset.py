"""When the deficit began: somewhere between last good and seen (protocol §7)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from monitoring.protocol.findings import Finding
from monitoring.protocol.flags import FlagRecord
from monitoring.protocol.muscles import MuscleRecord
from monitoring.protocol.vocabulary import CRITICAL_RULES, Muscle


class LastGood(NamedTuple):
    """When each muscle and flag was last good, as known just before an event."""

    reached_at: Mapping[Muscle, tuple[datetime, ...]]
    """Of each muscle, for each grade 0…5: `MuscleRecord.reached_at`."""
    absent_at: Mapping[str, datetime]
    """Of each flag: `FlagRecord.absent_at`."""

    @classmethod
    def known(cls, muscles: Iterable[MuscleRecord], flags: Iterable[FlagRecord]) -> "LastGood":
        return cls(
            {muscle.muscle: muscle.reached_at for muscle in muscles},
            {flag.flag: flag.absent_at for flag in flags if flag.absent_at is not None},
        )


def last_good_at(findings: Iterable[Finding], before_run: LastGood) -> datetime:
    """Protocol §7: "the earliest, the worst case", over "each muscle of findings 1–3" at "its present reference" and
    "each flag of finding 4". `before_run` was known before the first event of the critical run."""
    times = []
    for finding in findings:
        if finding.rule in CRITICAL_RULES:
            times += [before_run.reached_at[found.muscle][found.reference] for found in finding.muscles]
            times += [before_run.absent_at[flag] for flag in finding.flags]
    return min(times)
