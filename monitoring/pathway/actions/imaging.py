"""Imaging: a study is requested, done and reported (see `signing` for what is raised).

What is requested or done is a milestone of the stay's open alert too, so that no limit goes on waiting for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from monitoring.alerts.milestones import reached
from monitoring.alerts.models import Milestone
from monitoring.pathway.actions.signing import Kind
from monitoring.pathway.facts import ImagingFacts
from monitoring.pathway.models import Imaging
from monitoring.pathway.rules import imaging_errors, report_errors
from wards.access import May
from wards.models import Staff, Stay

STAGED = Kind(Imaging, May.RECORD_IMAGING, imaging_errors, "happened_at", report_errors)
REPORTED = Kind(Imaging, May.REPORT_IMAGING, imaging_errors, "happened_at", report_errors)
MILESTONES = {
    Imaging.Stage.REQUESTED: Milestone.Kind.IMAGING_REQUESTED,
    Imaging.Stage.DONE: Milestone.Kind.IMAGING_DONE,
}


@transaction.atomic
def record_imaging(stay: Stay, *, by: Staff, at: datetime | None, facts: ImagingFacts, key: UUID) -> Imaging:
    """Store that a study was requested, done or reported. Whoever works on the ward may; a report is a surgeon's."""
    stored = _kind(facts.stage).sign(stay, by=by, at=at, facts=facts.columns(), key=key)
    if (milestone := MILESTONES.get(Imaging.Stage(stored.stage))) is not None:
        reached(stored.stay, milestone, at=stored.happened_at, by=by, note=stored.modality)
    return stored


@transaction.atomic
def correct_imaging(
    imaging: Imaging, *, by: Staff, at: datetime | None, facts: ImagingFacts, reason: str, key: UUID
) -> Imaging:
    """Put another entry in the place of a stage that was wrong. The milestone keeps what was believed then."""
    same = replace(facts, study=imaging.study, stage=imaging.stage)
    return _kind(imaging.stage).correct(imaging, by=by, at=at, facts=same.columns(), reason=reason, key=key)


@transaction.atomic
def retract_imaging(imaging: Imaging, *, by: Staff, reason: str) -> Imaging:
    """Take back a stage; one that its report rests on stays."""
    return _kind(imaging.stage).retract(imaging, by=by, reason=reason)


def _kind(stage: str) -> Kind[Imaging]:
    return REPORTED if stage == Imaging.Stage.REPORTED else STAGED
