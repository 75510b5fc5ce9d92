"""Many ordinary operations at once, past the actions: nothing but a few checks follows, and the patient goes home."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from monitoring.checks.models import Check, column
from monitoring.protocol import MUSCLES
from tests.cast import Cast, ago
from wards.models import Episode, Operation, Patient, Stay

_numbers = count(1)


def ordinary_operations(cast: Cast, number: int, *, checks: int = 2) -> list[Episode]:
    """Operated ten days ago on 7B, and home after five days."""
    ended = ago(days=10)
    patients = Patient.objects.bulk_create(
        Patient(
            record_number=f"MANY-{next(_numbers):06}",
            family_name="Many",
            given_name="One",
            date_of_birth=date(1960, 5, 1),
            sex="F",
        )
        for _ in range(number)
    )
    episodes = Episode.objects.bulk_create(Episode(patient=patient) for patient in patients)
    stays = Stay.objects.bulk_create(
        Stay(
            patient=episode.patient,
            episode=episode,
            ward=cast.ward_7b,
            bed=cast.beds[0],
            admitted_at=ended - timedelta(days=1),
            discharged_at=ended + timedelta(days=5),
            departure=Stay.Departure.HOME,
        )
        for episode in episodes
    )
    Operation.objects.bulk_create(
        Operation(
            idempotency_key=uuid4(),
            episode=stay.episode,
            stay=stay,
            recorded_by=cast.alice,
            kind=Operation.Kind.INDEX,
            started_at=ended - timedelta(hours=3),
            ended_at=ended,
            procedure=Operation.Procedure.TLIF,
            level_upper="L4",
            level_lower="L5",
            diagnosis=Operation.Diagnosis.STENOSIS,
            symptomatic_side="none",
            coagulopathy=False,
            deformity_correction=False,
        )
        for stay in stays
    )
    normal = {column(muscle): 5 for muscle in MUSCLES}
    Check.objects.bulk_create(
        Check(
            idempotency_key=uuid4(),
            episode=stay.episode,
            stay=stay,
            recorded_by=cast.alice,
            examined_at=ended + timedelta(hours=hour + 1),
            **normal,
        )
        for stay in stays
        for hour in range(checks)
    )
    return episodes
