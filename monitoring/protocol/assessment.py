"""The assessment: what is known at an instant, which rules that meets and what to do next (protocol §9, §10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from monitoring.protocol.causes import Cause
from monitoring.protocol.findings import Finding
from monitoring.protocol.vocabulary import Action, Level, Muscle, Reason


class Reference(NamedTuple):
    """A muscle's reference grade, and whether it is only assumed (protocol §3)."""

    grade: int
    assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer of protocol §9, and behind it what alerting needs (§10). All times are in UTC.

    Two assessments are equal when their §9 fields are, to the microsecond.
    """

    level: Level = Level.STABLE
    actions: tuple[Action, ...] = ()
    because: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    seen_at: datetime | None = None
    last_good_at: datetime | None = None
    reassess_due: datetime | None = None
    next_check_due: datetime | None = None
    overdue: bool = False
    causes: tuple[Cause, ...] = ()

    severe_run_seen_at: datetime | None = field(default=None, compare=False)
    """The first event of the severe run that is on, whether or not its condition holds now (protocol §5)."""
    critical_run_seen_at: datetime | None = field(default=None, compare=False)
    """The same, of the critical run."""
    latest: Mapping[Muscle, int] = field(default_factory=dict, compare=False)
    """The latest grade of each muscle graded since the operation (protocol §3)."""
    references: Mapping[Muscle, Reference] = field(default_factory=dict, compare=False)
    """The reference of every muscle, once there is an operation (protocol §3)."""
    present_flags: tuple[str, ...] = field(default=(), compare=False)
    """The flags that the most recent check that assessed them found present."""
    known_flags: tuple[str, ...] = field(default=(), compare=False)
    """The flags that are old or accepted: found present again, they would not be finding 4 (protocol §4)."""
    last_look: datetime | None = field(default=None, compare=False)
    """The last look that the next check is counted from (protocol §8)."""
    operation_at: datetime | None = field(default=None, compare=False)
    """The end of the most recent operation."""
    has_baseline: bool = field(default=False, compare=False)
    """Whether a check before the first operation graded at least one muscle."""

    @property
    def has_operation(self) -> bool:
        return self.operation_at is not None

    def to_json(self, timeline_id: object = None) -> dict[str, Any]:
        """The object that `replay` prints (protocol §9)."""
        return {
            "id": timeline_id,
            "level": self.level.label,
            "actions": [action.value for action in self.actions],
            "because": [reason.value for reason in self.because],
            "findings": [finding.to_json() for finding in self.findings],
            "seen_at": time_to_json(self.seen_at),
            "last_good_at": time_to_json(self.last_good_at),
            "reassess_due": time_to_json(self.reassess_due),
            "next_check_due": time_to_json(self.next_check_due),
            "overdue": self.overdue,
            "causes": [cause.to_json() for cause in self.causes],
        }


def time_to_json(at: datetime | None) -> str | None:
    """Protocol §9: "ISO 8601 in UTC with `+00:00`, fractions of a second dropped"."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
