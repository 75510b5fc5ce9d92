"""What was done to a patient by many at once, done again to another one by one, in the audit log's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from monitoring.alerts import actions, steps
from monitoring.alerts.history import History
from monitoring.alerts.models import Alert
from monitoring.alerts.timeline import BESIDE
from monitoring.audit.actions import record
from monitoring.audit.models import AuditEntry
from monitoring.checks import actions as checks
from monitoring.checks.findings import findings_of
from monitoring.checks.models import Attempt, Check
from monitoring.due.models import Watch
from tests.alerts.conftest import clock_at
from tests.cast import new_patient
from wards import actions as wards
from wards.facts import OperationFacts
from wards.models import Bed, Operation, Patient, Staff, Stay

# The software's own instants, and what numbers a row: all else of an alert, its timeline and its watch must be equal.
NOT_SAID = frozenset({"id", "public_id", "stay_id", "opened_at", "raised_at", "acknowledged_at", "closed_at"})
NOT_SAID |= {"accepted_at", "decided_at", "paused_at", "next_step_at"}
NOT_TOLD = frozenset({"closed_at"})  # the same of what a line of a timeline keeps
TOLD = ("level", "actions", "because", "rules", "muscles", "flags", "outcome", "superseded", "began_at", "level_now")
assess = actions._assess


@contextmanager
def assessments_on_record() -> Iterator[None]:
    """Every assessment is written into the audit log too, with its instant, in its own transaction.

    All that is done to an episode is done under its lock, so the log's order is the order in which it was done.
    """

    def assess_and_record(stay: Stay, watch: Watch) -> History:
        history = assess(stay, watch)
        data = {"until": history.until.isoformat()}
        record("stay.assessed", by=None, about=stay, patient_id=stay.patient_id, data=data)
        return history

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "_assess", assess_and_record)
        yield


def said(patient: Patient) -> dict[str, Any]:
    """All that the patient's stays, alerts and timelines say, by name; nothing that only numbers a row."""
    told: dict[str, Any] = {}
    for n, stay in enumerate(Stay.objects.filter(patient=patient).order_by("pk"), 1):
        told |= columns(Watch.objects.get(stay=stay), f"stay {n} watch")
        for m, alert in enumerate(Alert.objects.filter(stay=stay).order_by("pk"), 1):
            name = f"stay {n} alert {m}"
            told |= columns(alert, name)
            told[f"{name} is acknowledged"] = alert.acknowledged_at is not None
            told[f"{name} is closed"] = alert.closed_at is not None
            told[f"{name} is paused"] = alert.paused_at is not None
            events = alert.events.exclude(kind__in=BESIDE)  # whom the ladder called is told elsewhere
            told[f"{name} events"] = [
                (event.kind, event.by_id, event.notifies, {k: v for k, v in event.data.items() if k not in NOT_TOLD})
                for event in events
            ]
    return told


def columns(row: Alert | Watch, name: str) -> dict[str, Any]:
    fields = [field.attname for field in row._meta.concrete_fields if field.attname not in NOT_SAID]
    return {f"{name} {field}": getattr(row, field) for field in fields}


def deficits(patient: Patient) -> list[tuple[object, ...]]:
    """What the patient's deficit alerts tell, whenever it was assessed."""
    told = Alert.objects.filter(stay__patient=patient, kind=Alert.Kind.DEFICIT).order_by("stay", "pk")
    return list(told.values_list(*TOLD))


def log_of(patient: Patient) -> list[AuditEntry]:
    """All that was ever done to a patient, in order."""
    log = AuditEntry.objects.filter(patient=patient).exclude(action="patient.registered")
    return list(log.select_related("actor").order_by("pk"))


def play(log: list[AuditEntry]) -> Patient:
    """Do it all again to another patient, with the log's assessments at their instants."""
    again = Playback()
    for entry in log:
        if entry.actor is not None:
            again.do(entry)
        elif entry.action == "stay.assessed":
            again.assess_as_recorded(entry)
    return again.patient


def play_assessing_after_each_step(log: list[AuditEntry]) -> Patient:
    """Do it all again to another patient, assessing it after each step and not when the log did.

    Without the acknowledgements: they do not assess first, so one may be of an alert that had really ended.
    """
    again = Playback()
    for entry in log:
        if entry.actor is not None and entry.action != "alert.acknowledged":
            again.do(entry)
            again.assess(again.current, entry.at)
    return again.patient


@dataclass
class Playback:
    """The other patient, and which of its rows stand for those of the first."""

    stays: dict[int, Stay] = field(default_factory=dict)
    checks: dict[int, Check] = field(default_factory=dict)
    attempts: dict[int, Attempt] = field(default_factory=dict)

    @property
    def current(self) -> Stay:
        return list(self.stays.values())[-1]

    @property
    def patient(self) -> Patient:
        return self.current.patient

    def do(self, entry: AuditEntry) -> None:
        """Do what an entry says that somebody did. What the software does of itself follows from the assessments."""
        step = {
            "stay.admitted": self.admit,
            "stay.moved": self.move,
            "stay.discharged": self.discharge,
            "operation.recorded": self.operate,
            "check.recorded": self.record,
            "check.corrected": self.correct,
            "attempt.recorded": self.attempt,
            "attempt.retracted": self.take_back,
            "alert.acknowledged": self.acknowledge,
            "alert.closed": self.close,
            "alert.decided": self.decide,
            "alert.reopened": self.reopen,
        }[entry.action]
        step(entry)

    def admit(self, entry: AuditEntry) -> None:
        self.stays[int(entry.subject_id)] = wards.admit(
            by=by(entry),
            at=datetime.fromisoformat(entry.data["at"]),
            bed=Bed.objects.get(pk=entry.data["bed"]),
            patient=self.patient if self.stays else new_patient(),
            episode=self.current.episode if self.stays else None,
            responsible_surgeon=None,
            key=uuid4(),
        )

    def move(self, entry: AuditEntry) -> None:
        bed, at = Bed.objects.get(pk=entry.data["to_bed"]), datetime.fromisoformat(entry.data["at"])
        wards.move(self.stays[int(entry.subject_id)], by=by(entry), at=at, to_bed=bed)

    def discharge(self, entry: AuditEntry) -> None:
        at, departure = datetime.fromisoformat(entry.data["at"]), entry.data["departure"]
        wards.discharge(self.stays[int(entry.subject_id)], by=by(entry), at=at, departure=departure)

    def operate(self, entry: AuditEntry) -> None:
        first = Operation.objects.get(pk=entry.subject_id)
        facts = OperationFacts(**{fact.name: getattr(first, fact.name) for fact in fields(OperationFacts)})
        wards.record_operation(self.stays[first.stay_id], by=by(entry), facts=facts, key=uuid4())

    def record(self, entry: AuditEntry) -> None:
        first = Check.objects.get(pk=entry.subject_id)
        stay, found = self.stays[first.stay_id], findings_of(first)
        self.checks[first.pk] = checks.record_check(
            stay, by=by(entry), at=first.examined_at, findings=found, key=uuid4()
        )

    def correct(self, entry: AuditEntry) -> None:
        first = Check.objects.get(pk=entry.subject_id)
        wrong, at, found = self.checks[entry.data["supersedes"]], first.examined_at, findings_of(first)
        self.checks[first.pk] = checks.correct_check(
            wrong, by=by(entry), at=at, findings=found, reason=first.correction_reason, key=uuid4()
        )

    def attempt(self, entry: AuditEntry) -> None:
        first = Attempt.objects.get(pk=entry.subject_id)
        self.attempts[first.pk] = checks.record_attempt(
            self.stays[first.stay_id],
            by=by(entry),
            at=first.tried_at,
            reason=first.reason,
            next_try=first.next_try_at,
            note=first.note,
            key=uuid4(),
        )

    def take_back(self, entry: AuditEntry) -> None:
        checks.retract_attempt(self.attempts[int(entry.subject_id)], by=by(entry), reason=entry.reason)

    def acknowledge(self, entry: AuditEntry) -> None:
        _, alert = self.alerts(entry)
        steps.acknowledge(alert, by=by(entry), revision=alert.revision)

    def decide(self, entry: AuditEntry) -> None:
        _, alert = self.alerts(entry)
        said = dict(entry.data)
        again = said.pop("look_again_at", None)
        look_again = None if again is None else datetime.fromisoformat(again)
        steps.decide(alert, by=by(entry), revision=alert.revision, look_again=look_again, **said)

    def close(self, entry: AuditEntry) -> None:
        first, alert = self.alerts(entry)
        with clock_at(closing_of(first, entry)):
            steps.close(alert, by=by(entry), revision=alert.revision, outcome=entry.data["outcome"])

    def reopen(self, entry: AuditEntry) -> None:
        _, alert = self.alerts(entry)
        with clock_at(datetime.fromisoformat(entry.data["reopened_at"])):
            steps.reopen(alert, by=by(entry), revision=alert.revision, reason=entry.data["reason"])

    def alerts(self, entry: AuditEntry) -> tuple[Alert, Alert]:
        """The alert that an entry is about, and the one that stands for it: as many came before it in its stay."""
        first = Alert.objects.get(pk=entry.subject_id)
        before = Alert.objects.filter(stay=first.stay_id, kind=first.kind, pk__lt=first.pk).count()
        return first, Alert.objects.filter(stay=self.stays[first.stay_id], kind=first.kind).order_by("pk")[before]

    def assess_as_recorded(self, entry: AuditEntry) -> None:
        self.assess(self.stays[int(entry.subject_id)], datetime.fromisoformat(entry.data["until"]))

    def assess(self, stay: Stay, at: datetime) -> None:
        with transaction.atomic(), clock_at(at):
            assess(*actions.locked(stay.pk))


def closing_of(alert: Alert, entry: AuditEntry) -> datetime:
    """When a person closed the alert, as an entry says. One that was opened again keeps that on its timeline."""
    closed = AuditEntry.objects.filter(action="alert.closed", subject_id=entry.subject_id, actor__isnull=False)
    undone = [event.data["marks"] for event in alert.events.filter(kind="reopened").order_by("pk")]
    marks = [*undone, alert.marks][closed.filter(pk__lt=entry.pk).count()]
    return datetime.fromisoformat(marks["closed_at"])


def by(entry: AuditEntry) -> Staff:
    assert entry.actor is not None
    return entry.actor


def happened(log: list[AuditEntry]) -> Counter[str]:
    """What kinds of steps a log holds, and how many of each."""
    kinds = Counter(entry.action for entry in log if entry.actor or entry.action == "stay.assessed")
    assessed_until = datetime.min.replace(tzinfo=UTC)
    for entry in log:
        if entry.action == "stay.assessed":
            assessed_until = max(assessed_until, datetime.fromisoformat(entry.data["until"]))
        elif entry.action == "stay.moved":
            kinds["moved to another ward"] += ward_of(entry.data["from_bed"]) != ward_of(entry.data["to_bed"])
        elif entry.action == "check.recorded":
            kinds["check recorded late"] += Check.objects.get(pk=entry.subject_id).examined_at < assessed_until
        elif entry.action == "check.corrected":
            new, old = (Check.objects.get(pk=pk) for pk in (entry.subject_id, entry.data["supersedes"]))
            kinds["check changed"] += findings_of(new) != findings_of(old)
        elif entry.action == "alert.opened":
            kinds["not done twice"] += "tries" in entry.data
        elif entry.action == "alert.closed":
            kinds["alert resolved"] += entry.data["outcome"] == Alert.Outcome.RESOLVED
    return kinds + Counter({"stay continued": kinds["stay.admitted"] - 1})


def ward_of(bed: int) -> int:
    return Bed.objects.get(pk=bed).ward_id
