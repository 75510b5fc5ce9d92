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
from monitoring.protocol.runs import Run
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
        graded = any(record.graded is not None for record in course.muscles.values())
        return Assessment(present_flags=present_flags, has_baseline=graded)
    late = untested(course, operation, clock)
    findings = (*course.findings, late) if late.names else course.findings
    level = level_of(findings)
    because = reasons_of(course, clock)
    actions = actions_for(level, {finding.rule for finding in findings}, because != ())
    critical_run = course.critical_run if level is Level.CRITICAL else None
    check_due = next_check_due(course, operation)
    return Assessment(
        level=level,
        actions=actions,
        because=because if Action.IMAGE_AND_EXPLORE in actions else (),
        findings=findings,
        seen_at=seen_at_of(critical_run),
        last_good_at=None if critical_run is None else last_good_at(findings, course.good_before_critical_run),
        reassess_due=reassess_due_of(course, actions),
        next_check_due=check_due,
        overdue=clock.at > check_due,
        causes=() if critical_run is None else likely_causes(operation, critical_run.seen_at),
        severe_run_seen_at=seen_at_of(course.severe_run),
        critical_run_seen_at=seen_at_of(course.critical_run),
        latest={muscle: record.latest for muscle, record in course.muscles.items() if record.latest is not None},
        references={muscle: Reference(record.reference, record.assumed) for muscle, record in course.muscles.items()},
        present_flags=present_flags,
        known_flags=tuple(flag for flag, record in course.flags.items() if record.old or record.accepted),
        last_look=last_look(course, operation),
        operation_at=operation.at,
        has_baseline=any(record.baseline is not None for record in course.muscles.values()),
    )


def seen_at_of(run: Run | None) -> datetime | None:
    """Protocol §7: "the time of the first event" of a run that is on."""
    return None if run is None else run.seen_at


def reasons_of(course: Course, clock: Clock) -> tuple[Reason, ...]:
    """The reasons of the severe run that is on, if any (protocol §6)."""
    return () if course.trial is None else reasons(course.trial, bool(course.severe), clock, course.settings)


def reassess_due_of(course: Course, actions: tuple[Action, ...]) -> datetime | None:
    """Protocol §6: "`start` + `reassess_after` when `treat_and_recheck` is among the actions, otherwise null"."""
    if course.trial is None or Action.TREAT_AND_RECHECK not in actions:
        return None
    return course.trial.reassess_due(course.settings)
