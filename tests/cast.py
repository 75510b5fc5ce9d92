"""The people, beds and patients of the tests, set up once. Everything goes through the real actions.

Ward 7B: nurse Alice, charge nurse Carol, surgeon Sam. Ward 8C: nurse Nora, surgeon Sue. Adam administers both. Tests
ask for the fixture `cast`; one that needs more patients calls `admit_patient`, and `operate` to begin the watch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from monitoring.due import clock
from wards import actions, rota
from wards.facts import NewPatient, OperationFacts
from wards.models import (
    Allocation,
    Bed,
    Duty,
    Episode,
    Membership,
    Operation,
    Patient,
    Post,
    Role,
    Staff,
    Stay,
    Ward,
)

PASSWORD = "correct horse battery"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Cast:
    ward_7b: Ward
    ward_8c: Ward
    alice: Staff
    nora: Staff
    carol: Staff
    sam: Staff
    sue: Staff
    adam: Staff
    beds: tuple[Bed, ...]
    """Of 7B: six of them."""
    beds_8c: tuple[Bed, ...]
    """Of 8C: two."""

    def ward_people(self, ward: Ward) -> tuple[Staff, Staff]:
        """A nurse and a surgeon of the ward."""
        return (self.alice, self.sam) if ward == self.ward_7b else (self.nora, self.sue)


@pytest.fixture
def cast(db: None) -> Cast:
    return set_stage()


def set_stage() -> Cast:
    """Make the wards, their beds and their people."""
    ward_7b = Ward.objects.create(code="7b", name="Ward 7B", time_zone="Europe/Berlin", phone="1700")
    ward_8c = Ward.objects.create(code="8c", name="Ward 8C", time_zone="Europe/Berlin", phone="1800")
    return Cast(
        ward_7b,
        ward_8c,
        alice=person("Alice", "Ames", (ward_7b, Role.NURSE)),
        nora=person("Nora", "North", (ward_8c, Role.NURSE)),
        carol=person("Carol", "Chase", (ward_7b, Role.CHARGE_NURSE)),
        sam=person("Sam", "Stone", (ward_7b, Role.SURGEON)),
        sue=person("Sue", "Singh", (ward_8c, Role.SURGEON)),
        adam=person("Adam", "Abbot", (ward_7b, Role.ADMINISTRATOR), (ward_8c, Role.ADMINISTRATOR)),
        beds=tuple(Bed.objects.create(ward=ward_7b, label=f"7B-{number}") for number in range(1, 7)),
        beds_8c=tuple(Bed.objects.create(ward=ward_8c, label=f"8C-{number}") for number in range(1, 3)),
    )


def person(first_name: str, last_name: str, *roles: tuple[Ward, Role]) -> Staff:
    """Somebody who signs in as their first name in lower case, with `PASSWORD`."""
    staff = Staff.objects.create_user(first_name.lower(), password=PASSWORD, first_name=first_name, last_name=last_name)
    Membership.objects.bulk_create(Membership(staff=staff, ward=ward, role=role) for ward, role in roles)
    return staff


def ago(**duration: float) -> datetime:
    """The instant so long before now, on the database's clock, in whole minutes: `ago(hours=2)`."""
    return (clock.now() - timedelta(**duration)).astimezone(UTC).replace(second=0, microsecond=0)


def admit_patient(
    cast: Cast,
    *,
    bed: Bed | None = None,
    at: datetime | None = None,
    patient: Patient | NewPatient | None = None,
    episode: Episode | None = None,
    key: UUID | None = None,
) -> Stay:
    """Admit somebody, two days ago and to the first bed of 7B unless told otherwise, by the ward's nurse."""
    bed = bed or cast.beds[0]
    nurse, surgeon = cast.ward_people(bed.ward)
    return actions.admit(
        by=nurse,
        at=at or ago(days=2),
        bed=bed,
        patient=patient or new_patient(),
        episode=episode,
        responsible_surgeon=surgeon,
        key=key or uuid4(),
    )


def new_patient(**changes: Any) -> NewPatient:
    """Somebody nobody has seen before."""
    number = next(_numbers)
    fresh = NewPatient(
        record_number=f"MRN-{number:05}",
        family_name=f"Patient{number}",
        given_name="Pat",
        date_of_birth=date(1955, 3, 7),
        sex=Patient.Sex.FEMALE,
    )
    return replace(fresh, **changes)


def operation_facts(*, ended_at: datetime | None = None, **changes: Any) -> OperationFacts:
    """An index TLIF L4–5 of three hours that ended a day ago, with symptoms on the right."""
    ended_at = ended_at or ago(days=1)
    facts = OperationFacts(
        kind=Operation.Kind.INDEX,
        started_at=ended_at - timedelta(hours=3),
        ended_at=ended_at,
        procedure=Operation.Procedure.TLIF,
        level_upper="L4",
        level_lower="L5",
        diagnosis=Operation.Diagnosis.STENOSIS,
        symptomatic_side=Operation.SymptomaticSide.RIGHT,
        coagulopathy=False,
        deformity_correction=False,
    )
    return replace(facts, **changes)


def operate(cast: Cast, stay: Stay, *, ended_at: datetime | None = None, **changes: Any) -> Operation:
    """Record an operation of the stay, by the ward's nurse; see `operation_facts`."""
    nurse, _ = cast.ward_people(stay.ward)
    facts = operation_facts(ended_at=ended_at, **changes)
    return actions.record_operation(stay, by=nurse, facts=facts, key=uuid4())


def on_duty(
    cast: Cast, post: Post, staff: Staff, *, hours: float = 12, since: float = 0, ward: Ward | None = None
) -> Duty:
    """Put somebody on 7B's rota (or `ward`'s) from `since` hours ago, for so many hours from now; written by Adam."""
    now = clock.now()
    return rota.add_duty(
        by=cast.adam,
        ward=ward or cast.ward_7b,
        post=post,
        staff=staff,
        starts_at=now - timedelta(hours=since),
        ends_at=now + timedelta(hours=hours),
    )


def allocate(cast: Cast, stay: Stay, nurse: Staff, *, hours: float = 8) -> Allocation:
    """Give a nurse the patient, from now on for so many hours; by the ward's nurse."""
    by, _ = cast.ward_people(stay.ward)
    return rota.allocate(stay, by=by, nurse=nurse, ends_at=clock.now() + timedelta(hours=hours))
