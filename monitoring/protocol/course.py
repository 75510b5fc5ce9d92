"""The course of a stay: its events folded one by one, findings and runs evaluated after each (protocol §2, §5)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitoring.protocol.events import Check, Event, Operation, ReferenceAccepted, Treatment
from monitoring.protocol.findings import Finding, evaluate, names_in
from monitoring.protocol.flags import FlagRecord
from monitoring.protocol.muscles import MuscleRecord
from monitoring.protocol.onset import LastGood
from monitoring.protocol.runs import Run, run_after
from monitoring.protocol.settings import Settings
from monitoring.protocol.trial import Trial
from monitoring.protocol.vocabulary import (
    CRITICAL_RULES,
    FLAGS,
    MUSCLES,
    SEVERE_RULES,
    Grade,
    Muscle,
    SymptomaticSide,
)


class Course:
    """All that the protocol knows after the events taken so far; it costs the same whatever their number."""

    def __init__(self, symptomatic_side: SymptomaticSide | None, settings: Settings) -> None:
        self.settings = settings
        self.symptomatic_side = symptomatic_side
        self.muscles = {muscle: MuscleRecord(muscle) for muscle in MUSCLES}
        self.flags = {flag: FlagRecord(flag) for flag in FLAGS}
        self.operation: Operation | None = None
        """The operation (protocol §2): the most recent one."""
        self.last_event_at: datetime | None = None
        self.last_graded_at: datetime | None = None
        """When a check after the operation last graded any muscle."""
        self.treated = False
        """Whether a treatment that was started after the operation is running."""
        self.findings: tuple[Finding, ...] = ()
        """Findings 1–9 after the last event."""
        self.found_since: datetime | None = None
        """The time of the first of the present unbroken row of evaluations at which any of 1–9 holds."""
        self.severe_run: Run | None = None
        self.critical_run: Run | None = None
        self.trial: Trial | None = None
        """What the severe run has shown; there is one while a severe run is on."""
        self.good_before_critical_run = LastGood({}, {})

    @classmethod
    def after(cls, events: Iterable[Event], symptomatic_side: SymptomaticSide | None, settings: Settings) -> "Course":
        """The course after those events, taken in the order given."""
        course = cls(symptomatic_side, settings)
        for event in events:
            course.take(event)
        return course

    @property
    def severe(self) -> frozenset[str]:
        """The muscles that make the severe condition hold: "finding 1 or 2" (protocol §5)."""
        return names_in(self.findings, SEVERE_RULES)

    @property
    def critical(self) -> frozenset[str]:
        """The muscles and flags that make the critical condition hold: "finding 1, 2, 3 or 4" (protocol §5)."""
        return names_in(self.findings, CRITICAL_RULES)

    def take(self, event: Event) -> None:
        """Take the next event in the timeline's order; evaluate findings and runs "after every event" (protocol §5)."""
        self._let_time_pass_until(event.at)
        good_before = LastGood.known(self.muscles.values(), self.flags.values())
        grades_before = {muscle: record.graded for muscle, record in self.muscles.items() if record.graded is not None}
        self._record(event)
        if self.operation is not None:
            self._evaluate(event)
            self._follow_critical_run(event, good_before)
            self._follow_severe_run(event, grades_before)

    def _let_time_pass_until(self, at: datetime) -> None:
        """What stands after all events of an instant stands until the next: "silence is never improvement"."""
        if self.trial is not None and self.severe and self.last_event_at != at:
            self.trial.stand_until(at, self.settings)
        self.last_event_at = at

    def _record(self, event: Event) -> None:
        match event:
            case Check():
                self._record_check(event)
            case Operation():
                self._record_operation(event)
            case Treatment():
                self.treated = event.action == "started"
            case _:
                self._record_acceptance(event)

    def _record_check(self, check: Check) -> None:
        operated = self.operation is not None
        for muscle, entry in check.grades.items():
            if entry == "NA":
                self.muscles[muscle].never_testable = True
        for muscle, grade in check.graded.items():
            self.muscles[muscle].grade(grade, check.at, operated)
            self.last_graded_at = check.at
        for flag, present in check.assessed.items():
            self.flags[flag].assess(present, check.at, operated)

    def _record_operation(self, operation: Operation) -> None:
        first = self.operation is None
        for muscle in self.muscles.values():
            muscle.operate(operation.at, first)
        for flag in self.flags.values():
            flag.operate(operation.at, first)
        self.operation = operation
        self.last_graded_at = None
        self.treated = False

    def _record_acceptance(self, acceptance: ReferenceAccepted) -> None:
        for muscle, grade in acceptance.muscles.items():
            self.muscles[muscle].accept(grade)
        for flag in acceptance.flags:
            self.flags[flag].accept()

    def _evaluate(self, event: Event) -> None:
        self.findings = evaluate(self.muscles.values(), self.flags.values(), self.symptomatic_side, self.settings)
        self.found_since = (self.found_since or event.at) if self.findings else None

    def _follow_critical_run(self, event: Event, good_before: LastGood) -> None:
        """`good_before` tells when each muscle and flag was last good before the event."""
        if self.critical_run is None:
            self.good_before_critical_run = good_before
        self.critical_run = run_after(event, self.critical_run, self.critical, self.settings)

    def _follow_severe_run(self, event: Event, grades_before: Mapping[Muscle, Grade]) -> None:
        """`grades_before` has each muscle's most recent grade before the event, from any check."""
        self.severe_run = run_after(event, self.severe_run, self.severe, self.settings)
        if self.severe_run is None:
            self.trial = None
        elif self.trial is None:
            self.trial = Trial.begin(event, self.treated, self.findings)
        else:
            self.trial.go_on(event, self.findings, grades_before)
