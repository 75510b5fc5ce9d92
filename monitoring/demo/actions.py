"""Load the demo: two wards with their people and patients, and the alerts that their histories raise.

Histories are written as rows, because the actions stamp the server's clock and a history has its own; what lives on
(assessments, alerts, a closing) is made by the same actions as everywhere.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from monitoring.alerts import steps
from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert
from monitoring.audit.actions import record
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Check, Treatment
from monitoring.demo.aftermath import Aftermath
from monitoring.demo.course import baseline_hour, findings, looks
from monitoring.demo.patients import PATIENTS, DemoPatient, Dose, Surgery
from monitoring.demo.people import PASSWORD, SPINE, STAFF, WARDS, DemoWard, working_on
from monitoring.demo.rota import write_contacts, write_rota
from monitoring.due.actions import open_watch
from monitoring.due.clock import now
from wards.models import Bed, Episode, Membership, Operation, Patient, Role, Staff, Stay, Ward

HOURS_ADMITTED_BEFORE_BASELINE = 2
MINUTES_TO_RECORD = 2
GRADE_THAT_TWO_LOOK_AT = 2
SHIFT_HOURS = 8


@transaction.atomic
def load() -> bool:
    """Load the demo into a database that does not have it. Returns whether it did: a second time changes nothing."""
    if Ward.objects.filter(code=SPINE.code).exists():
        return False
    for ward in WARDS:
        _write_ward(ward)
    _write_staff()
    write_contacts()
    for patient in PATIENTS:
        _History(patient, now()).write()
    write_rota(now())
    record("demo.loaded", by=None, about=Ward.objects.get(code=SPINE.code))
    return True


def _write_ward(ward: DemoWard) -> None:
    made = Ward.objects.create(
        code=ward.code,
        name=ward.name,
        phone=ward.phone,
        surgeon_phone=ward.surgeon_phone,
        time_zone=ward.time_zone,
    )
    Bed.objects.bulk_create(Bed(ward=made, label=f"{number:02}") for number in range(1, ward.beds + 1))


def _write_staff() -> None:
    password = make_password(PASSWORD)  # once for all: it is slow on purpose
    for person in STAFF:
        staff = Staff.objects.create(
            username=person.username,
            first_name=person.given,
            last_name=person.family,
            phone=person.phone,
            password=password,
        )
        for ward in Ward.objects.filter(code__in=person.wards):
            Membership.objects.create(staff=staff, ward=ward, role=person.role)


def _born(age: int, birthday: tuple[int, int], today: date) -> date:
    """The date of birth of somebody who is `age` years old today."""
    return date(today.year - age - ((today.month, today.day) < birthday), *birthday)


class _History:
    """Writes one patient's story, told in hours, at the instants it has when seen from `today`."""

    def __init__(self, patient: DemoPatient, today: datetime) -> None:
        self.told = patient
        self.began = today - timedelta(hours=patient.since)
        self.today = today
        self.ward = Ward.objects.get(code=patient.ward)
        self.surgeon = Staff.objects.get(username=patient.surgeon)
        nurses = [person.username for person in working_on(patient.ward, Role.NURSE)]
        self.nurses = [Staff.objects.get(username=username) for username in nurses]

    def write(self) -> None:
        """All of it: who, the stays, what was done and seen, then what the software and people make of it."""
        self._admit()
        operations = [self._operate(surgery) for surgery in self.told.surgeries]
        for hours, found in looks(self.told):
            self._look(hours, found)
        for dose in self.told.treatment:
            self._treat(dose)
        Aftermath(self._at, self._entry, lambda hours: self._on_shift(hours)[0], self.surgeon).write(
            self.told, operations
        )
        for stay in self.stays:
            open_watch(stay.pk)
            assess_stay(stay.pk)
        self._respond()

    def _at(self, hours: float) -> datetime:
        return (self.began + timedelta(hours=hours)).replace(second=0, microsecond=0)

    def _admit(self) -> None:
        """One stay, or two where the patient went home in between."""
        told = self.told
        patient = Patient.objects.create(
            record_number=told.record_number,
            family_name=told.family,
            given_name=told.given,
            date_of_birth=_born(told.age, told.birthday, self.today.date()),
            sex=told.sex,
        )
        admitted = self._at(baseline_hour(told) - HOURS_ADMITTED_BEFORE_BASELINE)
        self.episode = Episode.objects.create(patient=patient, opened_at=admitted)
        left, back = (self._at(hours) for hours in told.home) if told.home else (None, None)
        spells = [(admitted, left)] + ([(back, None)] if back else [])
        bed = self.ward.beds.get(label=told.bed)
        self.stays = [
            Stay.objects.create(
                patient=patient,
                episode=self.episode,
                ward=self.ward,
                bed=bed,
                responsible_surgeon=self.surgeon,
                admitted_at=start,
                recorded_at=start,
                recorded_by=self.nurses[0],
                discharged_at=end,
                departure=Stay.Departure.HOME if end else "",
            )
            for start, end in spells
        ]

    def _entry(self, hours: float, by: Staff) -> dict[str, object]:
        """The columns of every signed entry: the stay of that hour, and recorded a few minutes later."""
        at = self._at(hours)
        stay = next(stay for stay in reversed(self.stays) if stay.admitted_at <= at)
        recorded_at = min(at + timedelta(minutes=MINUTES_TO_RECORD), self.today)
        return {
            "idempotency_key": uuid.uuid4(),
            "episode": self.episode,
            "stay": stay,
            "recorded_by": by,
            "recorded_at": recorded_at,
        }

    def _operate(self, surgery: Surgery) -> Operation:
        return Operation.objects.create(
            **self._entry(surgery.ended, self.surgeon),
            kind=surgery.kind,
            started_at=self._at(surgery.ended - surgery.took),
            ended_at=self._at(surgery.ended),
            procedure=surgery.procedure,
            level_upper=surgery.upper,
            level_lower=surgery.lower,
            diagnosis=surgery.diagnosis,
            symptomatic_side=surgery.side,
            coagulopathy=surgery.coagulopathy,
            deformity_correction=surgery.deformity,
        )

    def _look(self, hours: float, found: CheckFindings) -> None:
        """A check by the nurse of the shift, with a colleague where a limb is weak; a slip, then its correction."""
        nurse, colleague = self._on_shift(hours)
        weak = any(isinstance(look, int) and look <= GRADE_THAT_TWO_LOOK_AT for look in found.muscles.values())
        columns = found.columns() | {"second_examiner": colleague if weak else None, "examined_at": self._at(hours)}
        entry = self._entry(hours, nurse)
        slip = self.told.slips.get(hours)
        if slip is None:
            Check.objects.create(**entry, **columns)
            return
        mistyped = Check.objects.create(**entry, **columns | findings(slip).columns())
        entry |= {"idempotency_key": uuid.uuid4(), "supersedes": mistyped, "correction_reason": "Typed 0, meant 5."}
        Check.objects.create(**entry, **columns, place=mistyped.place)

    def _on_shift(self, hours: float) -> tuple[Staff, Staff | None]:
        shift = int(hours // SHIFT_HOURS)
        nurse, colleague = (self.nurses[(shift + each) % len(self.nurses)] for each in (0, 1))
        return nurse, colleague if colleague != nurse else None

    def _treat(self, dose: Dose) -> None:
        Treatment.objects.create(
            **self._entry(dose.at, self._on_shift(dose.at)[0]),
            kind=dose.kind,
            action=Treatment.Action.STARTED,
            happened_at=self._at(dose.at),
            dose=dose.dose,
        )

    def _respond(self) -> None:
        """What people did about the alert."""
        told = self.told
        if not (told.acknowledged_by or told.closed):
            return
        alert = Alert.objects.get(stay=self.stays[-1], kind=Alert.Kind.DEFICIT, closed_at__isnull=True)
        if told.acknowledged_by:
            nurse = Staff.objects.get(username=told.acknowledged_by)
            alert = steps.acknowledge(alert, by=nurse, revision=alert.revision)
        if told.accepted:
            alert = steps.accept(alert, by=self.surgeon, revision=alert.revision)
        if told.closed:
            outcome, text = told.closed
            steps.close(alert, by=self.surgeon, revision=alert.revision, outcome=outcome, text=text)
