"""The trial of treatment in a severe run, and the reasons to image and explore instead (protocol §6)."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from monitoring.protocol.events import Check, Event, Treatment
from monitoring.protocol.findings import Finding, names_in
from monitoring.protocol.instants import Clock, minutes_after
from monitoring.protocol.settings import Settings
from monitoring.protocol.vocabulary import SEVERE_RULES, Grade, Muscle, Reason, Rule


@dataclass(slots=True)
class Trial:
    """What a severe run has shown since its first event; nothing in it is taken back while the run is on."""

    seen_at: datetime
    """The time of the run's first event."""
    treated_from: datetime | None
    """`seen_at` if treatment was running just before the run's first event, else the first `started` after it."""
    rules: frozenset[Rule] = frozenset()
    """The findings that have held."""
    last_still_there_at: datetime | None = None
    """When a check last looked at a severe finding and left it standing."""
    worse: bool = False
    outlasted: bool = False
    """Whether a severe finding has stood at an instant past the trial's limit."""
    lowest: dict[Muscle, Grade] = field(default_factory=dict)
    """The lowest grade of each muscle graded in the run."""

    def start(self, settings: Settings) -> datetime:
        """Protocol §6: "`seen` + `start_limit` at the latest: the clock does not wait for treatment"."""
        limit = minutes_after(self.seen_at, settings.start_limit_minutes)
        return limit if self.treated_from is None else min(self.treated_from, limit)

    def reassess_due(self, settings: Settings) -> datetime:
        """Protocol §6: "`start` + `reassess_after`"."""
        return minutes_after(self.start(settings), settings.reassess_after_minutes)

    def limit(self, settings: Settings) -> datetime:
        """Protocol §6: "`start` + `trial_limit`", past which silence is no improvement."""
        return minutes_after(self.start(settings), settings.trial_limit_minutes)

    @classmethod
    def begin(cls, event: Event, treated: bool, findings: Iterable[Finding]) -> "Trial":
        """The trial of the severe run that begins with `event`, `treated` telling of the moment just before it."""
        trial = cls(event.at, treated_from=event.at if treated else None)
        trial._see(event, findings)
        return trial

    def go_on(self, event: Event, findings: Iterable[Finding], grades_before: Mapping[Muscle, Grade]) -> None:
        """Take a later event of the run; `grades_before` has each muscle's most recent grade before it."""
        if isinstance(event, Treatment) and event.action == "started" and self.treated_from is None:
            self.treated_from = event.at
        if isinstance(event, Check):
            self.worse = self.worse or self._is_worse(event, names_in(findings, SEVERE_RULES), grades_before)
        self._see(event, findings)

    def stand_until(self, at: datetime, settings: Settings) -> None:
        """A severe finding stood, with all events taken, until just before `at`."""
        self.outlasted = self.outlasted or self.limit(settings) < at

    def _is_worse(self, check: Check, severe: Set[str], grades_before: Mapping[Muscle, Grade]) -> bool:
        """`worse`: "a grade lower than its lowest so far in the run or, not yet graded in the run, than its most recent
        one before (from any check)"."""
        known = {**grades_before, **self.lowest}
        return any(grade < known.get(muscle, grade) for muscle, grade in check.graded.items() if muscle in severe)

    def _see(self, event: Event, findings: Iterable[Finding]) -> None:
        """Take what holds after an event of the run."""
        self.rules |= {finding.rule for finding in findings}
        if isinstance(event, Check):
            if not names_in(findings, SEVERE_RULES).isdisjoint(event.grades):
                self.last_still_there_at = event.at
            for muscle, grade in event.graded.items():
                self.lowest[muscle] = min(grade, self.lowest.get(muscle, grade))


def reasons(trial: Trial, severe_now: bool, clock: Clock, settings: Settings) -> tuple[Reason, ...]:
    """The reasons of the run so far, in the order of protocol §6; each "once true stays true for the run"."""
    found = (
        (Reason.FALL, is_fall(trial, settings)),
        (Reason.DROP, is_drop(trial, settings)),
        (Reason.STILL_THERE, is_still_there(trial, settings)),
        (Reason.WORSE, trial.worse),
        (Reason.NO_IMPROVEMENT, is_no_improvement(trial, severe_now, clock, settings)),
    )
    return tuple(reason for reason, holds in found if holds)


def is_fall(trial: Trial, settings: Settings) -> bool:
    """`fall`: "finding 1 holds, and `fall_pathway` is `immediate`"."""
    return Rule.FALL_TO_0_1 in trial.rules and settings.fall_pathway == "immediate"


def is_drop(trial: Trial, settings: Settings) -> bool:
    """`drop`: "finding 2 holds, and `drop_pathway` is `immediate`"."""
    return Rule.MAJOR_DROP in trial.rules and settings.drop_pathway == "immediate"


def is_still_there(trial: Trial, settings: Settings) -> bool:
    """`still_there`: "with a check at or after `start` + `reassess_after` after which a severe finding holds"."""
    return trial.last_still_there_at is not None and trial.last_still_there_at >= trial.reassess_due(settings)


def is_no_improvement(trial: Trial, severe_now: bool, clock: Clock, settings: Settings) -> bool:
    """`no_improvement`: "when a severe finding holds, all events of that instant taken, at or after" the limit."""
    return trial.outlasted or (severe_now and clock.settled and clock.at >= trial.limit(settings))
