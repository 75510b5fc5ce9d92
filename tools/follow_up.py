"""What follows an alert in the hours in which the pages of the book are opened."""

from __future__ import annotations

import uuid
from datetime import timedelta

from monitoring.due.clock import now
from monitoring.pathway.actions.imaging import record_imaging
from monitoring.pathway.actions.theatre import plan_theatre
from monitoring.pathway.facts import ImagingFacts
from monitoring.pathway.models import Imaging
from monitoring.pathway.vocabulary import Indication
from wards.actions import record_operation
from wards.facts import OperationFacts
from wards.models import Operation, Staff, Stay


def follow_up(treated: Stay, operated_again: Stay, *, nurse: Staff, surgeon: Staff) -> None:
    """For one patient a CT is asked for, an MRI done, theatre planned; another was operated again, without findings."""
    at = now()
    for modality, stage in (("CT", Imaging.Stage.REQUESTED), ("MRI", Imaging.Stage.DONE)):
        facts = ImagingFacts(study=uuid.uuid4(), stage=stage, modality=modality, accession=f"{modality}-0815")
        record_imaging(treated, by=nurse, at=None, facts=facts, key=uuid.uuid4())
    plan_theatre(
        treated,
        by=surgeon,
        planned_at=timedelta(minutes=90),
        indication=Indication.DEFICIT,
        note="Theatre 2, the anaesthetist knows.",
        key=uuid.uuid4(),
    )
    again = OperationFacts(
        kind=Operation.Kind.SECONDARY,
        started_at=at - timedelta(minutes=55),
        ended_at=at - timedelta(minutes=10),
        procedure=Operation.Procedure.OTHER,
        level_upper="L5",
        level_lower="S1",
        diagnosis=Operation.Diagnosis.OTHER,
        symptomatic_side=Operation.SymptomaticSide.LEFT,
        coagulopathy=False,
        deformity_correction=False,
    )
    record_operation(operated_again, by=surgeon, facts=again, key=uuid.uuid4())
