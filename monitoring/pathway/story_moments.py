"""The moments of a deficit between which its intervals are measured. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitoring.alerts.models import Milestone
from monitoring.pathway.course import Study, studies_of
from monitoring.pathway.intervals import Point, Points
from monitoring.pathway.models import Imaging
from monitoring.pathway.story_record import Own, shows_deficit

Kind = Milestone.Kind


def points(own: Own) -> Points:
    """Those that were recorded; of what has both, an entry counts and not the milestone beside it."""
    moments = dict([*_of_onset(own), *_of_answers(own), *_of_imaging(own), *_of_treatment(own)])
    return {point: at for point, at in moments.items() if at is not None}


Moment = tuple[Point, datetime | None]


def _of_onset(own: Own) -> Iterator[Moment]:
    yield Point.LAST_GOOD, own.alert.last_good_at
    yield Point.SEEN, own.seen_at
    yield Point.RECORDED, recorded_at(own)


def recorded_at(own: Own) -> datetime | None:
    """When the deficit was first written down: with the first version of the check that shows it."""
    showing = [one for one in own.versions if shows_deficit(one, own.alert)] or list(own.versions)
    return min((one.recorded_at for one in showing), default=None)


def _of_answers(own: Own) -> Iterator[Moment]:
    alert, answered = own.alert, own.answers
    yield Point.OPENED, alert.opened_at
    yield Point.ROSE_TO_CRITICAL, answered.rose_to_critical_at
    yield Point.ACKNOWLEDGED, answered.acknowledged_at
    yield Point.ACCEPTED, answered.accepted_at
    if answered.nurses_asked_again_at is not None:
        yield Point.NURSES_ASKED_AGAIN, answered.nurses_asked_again_at
        yield Point.ACKNOWLEDGED_AGAIN, alert.acknowledged_at
    if answered.surgeons_asked_again_at is not None:
        yield Point.SURGEONS_ASKED_AGAIN, answered.surgeons_asked_again_at
        yield Point.ACCEPTED_AGAIN, alert.accepted_at
    yield Point.DECIDED, alert.decided_at


def _of_treatment(own: Own) -> Iterator[Moment]:
    treated, operation = own.treated, own.operation
    yield Point.TREATED, _milestone(own, Kind.TREATMENT_STARTED) if treated is None else treated.happened_at
    begun = _milestone(own, Kind.EXPLORATION_BEGUN)
    yield Point.OPERATION_STARTED, begun if operation is None else operation.started_at
    yield Point.OPERATION_ENDED, None if operation is None else operation.ended_at


def _of_imaging(own: Own) -> Iterator[Moment]:
    """Of the study that was done first, so that its three stages belong together; else of the one asked for first."""
    studies = studies_of(one for one in own.imaging if one.is_standing)
    study = min((one for one in studies if one.done), key=_done_at, default=next(iter(studies), None))
    if study is None:
        yield Point.IMAGING_REQUESTED, _milestone(own, Kind.IMAGING_REQUESTED)
        yield Point.IMAGING_DONE, _milestone(own, Kind.IMAGING_DONE)
        return
    yield Point.IMAGING_REQUESTED, _at(study.requested)
    yield Point.IMAGING_DONE, _at(study.done)
    yield Point.IMAGING_REPORTED, _at(study.reported)


def _done_at(study: Study) -> datetime:
    assert study.done is not None
    return study.done.happened_at


def _at(stage: Imaging | None) -> datetime | None:
    return None if stage is None else stage.happened_at


def _milestone(own: Own, kind: Kind) -> datetime | None:
    return next((one.at for one in own.milestones if one.kind == kind), None)
