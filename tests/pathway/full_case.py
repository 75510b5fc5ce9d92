"""A whole case, played through with the real actions while the hours pass: from the last good check to day 7."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from monitoring.alerts import reports, steps
from monitoring.checks.actions import record_treatment
from monitoring.checks.models import Treatment
from tests.ageing import let_time_pass
from tests.alerts.conftest import Patient
from tests.cast import ago, operate
from tests.pathway.examples import HAEMATOMA, explore, image, plan
from wards.models import Operation

GOOD_TO_SEEN, SEEN_TO_THEATRE, THEATRE = 60, 170, 75  # minutes


def after(minutes: float) -> None:
    let_time_pass(timedelta(minutes=minutes))


def play(patient: Patient) -> Operation:
    """L4 and L5 left fall in an hour; treated in vain, imaged, explored for a haematoma; better on day 3 and day 7."""
    cast, stay = patient.cast, patient.stay
    patient.checked(0)
    after(GOOD_TO_SEEN)
    patient.checked(0, L4_left=2, L5_left=3)
    after(4)
    steps.acknowledge(patient.alert, by=cast.alice, revision=patient.alert.revision)
    after(2)
    reports.record_report(
        patient.alert, by=cast.alice, told="Sam Stone", at=None, read_back=True, note="on his way", key=uuid4()
    )
    treat(patient, Treatment.Kind.MANNITOL, "250 ml")
    treat(patient, Treatment.Kind.METHYLPREDNISOLONE, "500 mg")
    after(4)
    steps.accept(patient.alert, by=cast.sam, revision=patient.alert.revision)
    requested = image(cast, stay, at=ago(minutes=0))
    for _ in range(2):
        after(30)
        patient.checked(0, L4_left=2, L5_left=3)
    image(cast, stay, "done", at=ago(minutes=0), study=requested.study)
    after(10)
    patient.checked(0, L4_left=1, L5_left=3)
    image(cast, stay, "reported", at=ago(minutes=0), study=requested.study, side="left", level="L4")
    after(10)
    alert = patient.alert
    steps.decide(alert, by=cast.sam, revision=alert.revision, decision="explore", reason="haematoma, getting worse")
    plan(cast, stay, ago(minutes=-80), by=cast.sam)
    after(80)
    after(THEATRE)
    ended = ago(minutes=0)
    operation = operate(
        cast,
        stay,
        ended_at=ended,
        started_at=ended - timedelta(minutes=THEATRE),
        kind="secondary",
        procedure="other",
        level_upper="L4",
    )
    explore(cast, operation, side="left", level="L4", finding=HAEMATOMA, text="Organised clot behind the cage.")
    for minutes in (15, 15, 30, 60):
        after(minutes)
        patient.checked(0, L4_left=3, L5_left=4)
    steps.close(patient.alert, by=cast.sam, revision=patient.alert.revision, outcome="explored")
    after(3 * 24 * 60 - 120)
    patient.checked(0, L4_left=4, L5_left=5)
    after(4 * 24 * 60)
    patient.checked(0)
    return operation


def treat(patient: Patient, kind: Treatment.Kind, dose: str) -> Treatment:
    started = Treatment.Action.STARTED
    return record_treatment(
        patient.stay, by=patient.cast.alice, at=ago(minutes=0), kind=kind, action=started, dose=dose, key=uuid4()
    )
