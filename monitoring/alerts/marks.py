"""Re-arming: what was known when an alert was closed does not alert again, anything worse does (protocol §10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitoring.alerts.evidence import Evidence
from monitoring.protocol import Assessment, Check, Level, Moment, Muscle, Reason


@dataclass(frozen=True, slots=True)
class Marks:
    """What was known at closing: "each muscle's grade, the flags, the level" (protocol §10), and the reasons.

    The reasons are the alert's and those that stand: an alert that was re-opened has not told of what one closed
    meanwhile had told, and that is known too. `closed_at` is the instant of closing; `run_on` says whether a critical
    run was on then.
    """

    closed_at: datetime
    level: Level
    grades: Mapping[Muscle, int]
    flags: frozenset[str]
    because: frozenset[Reason]
    run_on: bool

    @classmethod
    def at_closing(cls, closed_at: datetime, assessment: Assessment, latched: Evidence) -> Marks:
        stands = Evidence.of(assessment)
        return cls(
            closed_at=closed_at,
            level=stands.level,
            grades=dict(assessment.latest),
            flags=frozenset(assessment.present_flags),
            because=latched.because | stands.because,
            run_on=assessment.critical_run_seen_at is not None,
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Marks:
        return cls(
            closed_at=datetime.fromisoformat(stored["closed_at"]),
            level=Level.parse(stored["level"]),
            grades={Muscle(name): grade for name, grade in stored["grades"].items()},
            flags=frozenset(stored["flags"]),
            because=frozenset(map(Reason, stored["because"])),
            run_on=stored["run_on"],
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "closed_at": self.closed_at.isoformat(),
            "level": self.level.label,
            "grades": {muscle.value: grade for muscle, grade in self.grades.items()},
            "flags": sorted(self.flags),
            "because": sorted(reason.value for reason in self.because),
            "run_on": self.run_on,
        }

    def are_passed_by(self, assessment: Assessment) -> bool:
        """Whether it says worse than was known: below a mark, a higher level, a new reason or flag, a new run."""
        evidence = Evidence.of(assessment)
        run = assessment.critical_run_seen_at
        return (
            evidence.level > self.level
            or bool(evidence.because - self.because)
            or bool(evidence.flags - self.flags)
            or any(found.latest < self.grades.get(muscle, 6) for muscle, found in evidence.muscles.items())
            or (run is not None and (run > self.closed_at or not self.run_on))
        )

    def after_look(self, assessment: Assessment) -> Marks:
        """ "These marks rise with every better look": so a muscle that recovered and falls again counts."""
        evidence = Evidence.of(assessment)
        return replace(
            self,
            level=min(self.level, evidence.level),
            grades={**self.grades, **{m: max(g, self.grades.get(m, g)) for m, g in assessment.latest.items()}},
            flags=self.flags & frozenset(assessment.present_flags),
            because=self.because if assessment.severe_run_seen_at is not None else frozenset(),
        )


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed alert: what it had told, the marks that it left, and when that was by the server's clock."""

    told: Evidence
    marks: Marks
    made_at: datetime

    @property
    def at(self) -> datetime:
        return self.marks.closed_at


def unknown(moments: Iterable[Moment], before: Closing | None, after: Sequence[Closing]) -> Iterator[Moment]:
    """Of the moments between two closings, those that an alert must tell of: what says more than was known.

    That is everything from the first moment that passes the marks of the closing before; without one, everything. That
    first moment, the closing itself, counts as a look: it shows a recovery or a correction that was typed later. What
    an alert that was closed after these moments had told was known too: only a late entry can show more.
    """
    marks = None if before is None else before.marks
    passed = marks is None
    for number, moment in enumerate(moments):
        passed = passed or marks is None or marks.are_passed_by(moment.assessment)
        if passed:
            evidence = Evidence.of(moment.assessment)
            if not any(evidence.is_told_by(closing.told) for closing in after):
                yield moment
        elif marks is not None and (number == 0 or isinstance(moment.event, Check)):
            marks = marks.after_look(moment.assessment)
