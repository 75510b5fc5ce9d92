"""The states that an alert goes through (protocol §10), each reached by the real steps, and the colleagues for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.timeline import note
from monitoring.due.clock import now
from tests.alerts.conftest import Patient
from tests.cast import person
from wards.models import Role, Staff


@dataclass(frozen=True)
class Colleagues:
    """More people of ward 7B: nurses Ben and Nia, surgeons Tom and Uma."""

    ben: Staff
    nia: Staff
    tom: Staff
    uma: Staff

    @classmethod
    def of(cls, patient: Patient) -> Colleagues:
        ward = patient.cast.ward_7b
        return cls(
            ben=person("Ben", "Bolt", (ward, Role.NURSE)),
            nia=person("Nia", "Nash", (ward, Role.NURSE)),
            tom=person("Tom", "Thorn", (ward, Role.SURGEON)),
            uma=person("Uma", "Unger", (ward, Role.SURGEON)),
        )


def lapse(alert: Alert, limit: str) -> None:
    """The surgeon let a limit pass, as the ladder writes it down."""
    Alert.objects.filter(pk=alert.pk).update(lapsed_at=now())
    note(alert, AlertEvent.Kind.LAPSED, data={"limit": limit})


def opened(patient: Patient, others: Colleagues) -> None:
    patient.checked(2, L4_left=1)


def acknowledged(patient: Patient, others: Colleagues) -> None:
    opened(patient, others)
    steps.acknowledge(patient.alert, by=others.ben, revision=patient.alert.revision)


def accepted(patient: Patient, others: Colleagues) -> None:
    opened(patient, others)
    steps.accept(patient.alert, by=others.tom, revision=patient.alert.revision)


def lapsed(patient: Patient, others: Colleagues) -> None:
    accepted(patient, others)
    lapse(patient.alert, "imaging_requested")


def decided(patient: Patient, others: Colleagues) -> None:
    opened(patient, others)
    alert = patient.alert
    steps.decide(alert, by=others.tom, revision=alert.revision, decision="explore", reason="the MRI shows a haematoma")


def paused(patient: Patient, others: Colleagues) -> None:
    """By a correction of Ben's."""
    check = patient.checked(2, L4_left=1)
    patient.correct(check, by=others.ben)
    patient.assess()


def confirmed(patient: Patient, others: Colleagues) -> None:
    paused(patient, others)
    steps.confirm_pause(patient.alert, by=others.nia, revision=patient.alert.revision)


def closed(patient: Patient, others: Colleagues) -> None:
    opened(patient, others)
    steps.close(patient.alert, by=others.tom, revision=patient.alert.revision, outcome="non_neurogenic")


STAGES: dict[str, Callable[[Patient, Colleagues], None]] = {
    stage.__name__: stage for stage in (opened, acknowledged, accepted, lapsed, decided, paused, confirmed, closed)
}
