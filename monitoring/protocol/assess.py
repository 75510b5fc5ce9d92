"""From the course of a stay and the clock to the assessment (protocol §2, §6, §7)."""

from datetime import datetime

from monitoring.protocol.actions import actions_for
from monitoring.protocol.assessment import Assessment, Reference
from monitoring.protocol.causes import likely_causes
from monitoring.protocol.course import Course
from monitoring.protocol.events import Timeline
from monitoring.protocol.findings import level_of
from monitoring.protocol.instants import Clock, in_utc
from monitoring.protocol.onset import last_good_at
from monitoring.protocol.schedule import last_look, next_check_due, untested
from monitoring.protocol.settings import Settings
from monitoring.protocol.trial import reasons
from monitoring.protocol.vocabulary import Action, Level, Reason


def assess(timeline: Timeline, settings: Settings, now: datetime) -> Assessment:
    """Protocol §2: "a pure function of that history, the protocol's settings and the instant asked about".

    Raises ValueError where `now` has no offset.
    """
    now = in_utc(now)
    events = (event for event in timeline.standing() if event.at <= now)
    return assessment_of(Course.after(events, timeline.symptomatic_side, settings), Clock(now))


def assessment_of(course: Course, clock: Clock) -> Assessment:
    """The assessment of the events taken so far. Protocol §2: "before the first operation nothing is assessed"."""
    present_flags = tuple(flag for flag, record in course.flags.items() if record.present)
    operation = course.operation
    if operation is None:
        return Assessment(present_flags=present_flags, has_baseline=any_grade(course))
    late = untested(course, operation, clock)
    findings = (*course.findings, late) if late.names else course.findings
    level = level_of(findings)
    because = reasons_of(course, clock)
    actions = actions_for(level, {finding.rule for finding in findings}, because != ())
    onset = onset_of(course, operation) if level is Level.CRITICAL else Onset()
    check_due = next_check_due(course, operation)
    return Assessment(
        level=level,
        actions=actions,
        because=because if Action.IMAGE_AND_EXPLORE in actions else (),
        findings=findings,
        seen_at=onset.seen_at,
        last_good_at=onset.last_good_at,
        reassess_due=reassess_due_of(course, actions),
        next_check_due=check_due,
        overdue=clock.at > check_due,
        causes=onset.causes,
        severe_run_seen_at=None if course.severe_run is None else course.severe_run.seen_at,
        critical_run_seen_at=None if course.critical_run is None else course.critical_run.seen_at,
        latest={muscle: record.latest for muscle, record in course.muscles.items() if record.latest is not None},
        references={muscle: Reference(record.reference, record.assumed) for muscle, record in course.muscles.items()},
        present_flags=present_flags,
        last_look=last_look(course, operation),
        operation_at=operation.at,
        has_baseline=any(record.baseline is not None for record in course.muscles.values()),
    )


def reasons_of(course: Course, clock: Clock) -> tuple[Reason, ...]:
    """The reasons of the severe run that is on, if any (protocol §6)."""
    return () if course.trial is None else reasons(course.trial, bool(course.severe), clock, course.settings)


def reassess_due_of(course: Course, actions: tuple[Action, ...]) -> datetime | None:
    """Protocol §6: "`start` + `reassess_after` when `treat_and_recheck` is among the actions, otherwise null"."""
    if course.trial is None or Action.TREAT_AND_RECHECK not in actions:
        return None
    return course.trial.reassess_due(course.settings)
