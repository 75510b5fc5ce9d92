"""What belongs to a deficit told as steps: how it was answered, what was examined, done and found. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from monitoring.alerts.models import AlertEvent, Milestone
from monitoring.pathway.models import Imaging
from monitoring.pathway.recovery import Due, Recovery
from monitoring.pathway.story_moments import recorded_at
from monitoring.pathway.story_record import Own
from monitoring.pathway.story_steps import Step, Told, check_step, entry_step, in_order, noted
from wards.models import Operation, Staff

Kind = AlertEvent.Kind

AS_THEY_STAND = {
    Kind.ROSE: Told.ROSE,
    Kind.FELL: Told.FELL,
    Kind.SUPERSEDED: Told.SUPERSEDED,
    Kind.HANDED_OVER: Told.HANDED_OVER,
    Kind.LAPSED: Told.LAPSED,
    Kind.REOPENED: Told.REOPENED,
    Kind.MENDED: Told.MENDED,
}
"""The lines of an alert's timeline that no column of the alert holds."""

OVERTAKEN = {
    Kind.ACKNOWLEDGED: Told.ACKNOWLEDGED,
    Kind.ACCEPTED: Told.ACCEPTED,
    Kind.DECIDED: Told.DECIDED,
    Kind.CLOSED: Told.CLOSED,
}


def steps(own: Own, recovery: Recovery | None) -> list[Step]:
    """All of it, in order of time."""
    return in_order(
        [
            *_onset(own),
            *_checks(own),
            *_answers(own),
            *_timeline(own),
            *_beside(own),
            *_given(own),
            *_theatre(own),
            *_outcome(recovery),
        ]
    )


def _onset(own: Own) -> Iterator[Step]:
    """The two ends of the onset. When the deficit was written down stands with it, late or not."""
    alert, good, seen = own.alert, own.good, own.seen
    if isinstance(good, Operation):
        yield entry_step(good, Told.LAST_GOOD, good.ended_at)
    elif good is not None:
        yield check_step(good, Told.LAST_GOOD, alert)
    elif alert.last_good_at is not None:
        yield Step(alert.last_good_at, Told.LAST_GOOD, None)
    if seen is None:
        yield Step(own.seen_at, Told.SEEN, None)
    else:
        yield replace(check_step(seen, Told.SEEN, alert), recorded_at=recorded_at(own))


def _checks(own: Own) -> Iterator[Step]:
    for check in own.checks:
        if check is not own.good and check is not own.seen:
            yield check_step(check, Told.CHECKED, own.alert)


def _answers(own: Own) -> Iterator[Step]:
    """The alert's states as its columns hold them. What a hand-over or a re-opening has set is told by its own line."""
    alert, taken_up = own.alert, own.answers.taken_up
    opened = next((event for event in own.events if event.kind == Kind.OPENED), alert)
    yield Step(alert.opened_at, Told.OPENED, opened)
    if alert.acknowledged_at is not None and Kind.ACKNOWLEDGED not in taken_up:
        yield Step(alert.acknowledged_at, Told.ACKNOWLEDGED, alert, by=_whom(alert.acknowledged_by))
    if alert.accepted_at is not None and Kind.ACCEPTED not in taken_up:
        yield Step(alert.accepted_at, Told.ACCEPTED, alert, by=_whom(alert.accepted_by))
    if alert.decided_at is not None:
        yield Step(alert.decided_at, Told.DECIDED, alert, by=_whom(alert.decided_by))
    if alert.closed_at is not None:
        yield Step(alert.closed_at, Told.CLOSED, alert, by=_whom(alert.closed_by), shown_at=_shown_at(own))


def _shown_at(own: Own) -> list[datetime]:
    """When the checks were made that show how it ended, where the closing names them."""
    closings = [event for event in own.events if event.kind == Kind.CLOSED]
    return [datetime.fromisoformat(at) for at in closings[-1].data.get("shown_at", [])] if closings else []


def _timeline(own: Own) -> Iterator[Step]:
    """What the columns do not hold: what has moved the alert, and the answers that count no longer."""
    for event in own.events:
        if (told := AS_THEY_STAND.get(Kind(event.kind))) is not None:
            yield Step(event.at, told, event, by=_whom(event.by))
    for event in own.answers.overtaken:
        yield Step(event.at, OVERTAKEN[Kind(event.kind)], event, by=_whom(event.by), overtaken=True)


def _beside(own: Own) -> Iterator[Step]:
    """Who was told by phone, and the milestones that repeat nothing of what was recorded itself."""
    for report in own.reports:
        yield noted(report, Told.REPORTED)
    known = set(_known(own))
    for one in own.milestones:
        if (one.kind, one.at) not in known:
            yield noted(one, Told.MILESTONE)


def _known(own: Own) -> Iterator[tuple[str, datetime]]:
    """What entries make milestones of, and at which time."""
    kind, stage = Milestone.Kind, Imaging.Stage
    milestones = {stage.REQUESTED: kind.IMAGING_REQUESTED, stage.DONE: kind.IMAGING_DONE}
    yield from ((kind.SURGEON_TOLD, report.at) for report in own.reports)
    yield from ((kind.TREATMENT_STARTED, one.happened_at) for one in own.treatments)
    yield from ((milestones[stage(one.stage)], one.happened_at) for one in own.imaging if one.stage in milestones)
    yield from ((kind.THEATRE_BOOKED, one.recorded_at) for one in own.plans)
    yield from ((kind.EXPLORATION_BEGUN, one.started_at) for one in own.operations)


def _given(own: Own) -> Iterator[Step]:
    for treatment in own.treatments:
        yield entry_step(treatment, Told.TREATED, treatment.happened_at)
    for acceptance in own.acceptances:
        yield entry_step(acceptance, Told.REFERENCE_ACCEPTED, acceptance.accepted_at)
    for imaging in own.imaging:
        yield entry_step(imaging, Told.IMAGED, imaging.happened_at)


def _theatre(own: Own) -> Iterator[Step]:
    ends: dict[int, datetime] = {}
    for plan in own.plans:
        yield entry_step(plan, Told.PLANNED, plan.recorded_at)
    for operation in own.operations:
        yield entry_step(operation, Told.OPERATION_STARTED, operation.started_at)
        yield entry_step(operation, Told.OPERATION_ENDED, operation.ended_at)
        ends[operation.place] = operation.ended_at  # of versions the last one
    for exploration in own.explorations:
        yield entry_step(exploration, Told.FOUND, ends[exploration.operation_place])


def _outcome(recovery: Recovery | None) -> Iterator[Step]:
    """Day 3 and day 7, as soon as there is something to say of them."""
    for outcome in () if recovery is None else recovery.checks:
        if outcome.state != Due.PLANNED:
            yield Step(outcome.at, Told.OUTCOME, outcome)


def _whom(person: Staff | None) -> Sequence[Staff]:
    """Nobody where the software did it."""
    return [] if person is None else [person]
