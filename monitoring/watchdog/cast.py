"""The people and places of the test alert: a ward that no page shows, and a patient who does not exist.

All have ids below zero (`monitoring.audit.synthetic`). Constraints of the database keep them among themselves: nobody
real can belong to this ward, and nobody here can sign anything about a real patient. They cannot sign in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from monitoring.escalation.channels.probe import NAME as PROBE
from monitoring.escalation.ladder import Key, Rung, Track, Whom, ladder_to_json
from monitoring.escalation.models import Contact, LadderVersion
from wards.models import Bed, Duty, Membership, Patient, Post, Role, Staff, Ward

WARD = BED = PATIENT = NURSE = -1
SURGEON = -2
ALWAYS = {"starts_at": datetime(2000, 1, 1, tzinfo=UTC), "ends_at": datetime(2999, 1, 1, tzinfo=UTC)}
LADDER = (Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0, repeat=5),)


@transaction.atomic
def ensure_cast() -> None:
    """Make them where they are missing; what is there stays as it is. Safe in parallel."""
    Ward.objects.bulk_create([Ward(pk=WARD, code="watchdog", name="Watchdog's test ward")], ignore_conflicts=True)
    Bed.objects.bulk_create([Bed(pk=BED, ward_id=WARD, label="test")], ignore_conflicts=True)
    Patient.objects.bulk_create(
        [
            Patient(
                pk=PATIENT,
                record_number="WATCHDOG-TEST",
                family_name="Test",
                given_name="Alert",
                date_of_birth=date(2000, 1, 1),
                sex=Patient.Sex.OTHER,
            )
        ],
        ignore_conflicts=True,
    )
    _ensure_staff()
    Ward.objects.select_for_update(no_key=True).get(pk=WARD)  # what follows has no key that a second one would hit
    _ensure_reachable()


def _ensure_staff() -> None:
    people = [
        Staff(pk=NURSE, username="watchdog.nurse", first_name="Watchdog's", last_name="nurse"),
        Staff(pk=SURGEON, username="watchdog.surgeon", first_name="Watchdog's", last_name="surgeon"),
    ]
    for person in people:
        person.password = make_password(None)  # none fits
    Staff.objects.bulk_create(people, ignore_conflicts=True)
    members = [
        Membership(staff_id=NURSE, ward_id=WARD, role=Role.NURSE),
        Membership(staff_id=SURGEON, ward_id=WARD, role=Role.SURGEON),
    ]
    Membership.objects.bulk_create(members, ignore_conflicts=True)


def _ensure_reachable() -> None:
    """The surgeon is on call for ever, and is reached by the channel that ends in the watchdog."""
    if not Duty.objects.filter(ward_id=WARD, cancelled_at=None).exists():
        Duty.objects.create(ward_id=WARD, post=Post.SURGEON_ON_CALL, staff_id=SURGEON, **ALWAYS)
    mended = Contact.objects.filter(staff_id=SURGEON, removed_at=None).update(broken_since=None, broken_reason="")
    if not mended:
        Contact.objects.create(staff_id=SURGEON, channel=PROBE, address=PROBE)
    if not LadderVersion.objects.filter(ward_id=WARD).exists():
        LadderVersion.objects.create(
            ward_id=WARD, key=Key.CRITICAL, number=1, rungs=ladder_to_json(LADDER), recorded_by_id=SURGEON
        )
