"""The watchdog's people and places keep to themselves: no page shows them, and nothing real may be deleted for them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection, transaction

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.audit.models import AuditEntry
from monitoring.checks.models import Check
from monitoring.due.clock import now
from monitoring.escalation.faults import faults
from monitoring.escalation.models import Contact
from monitoring.watchdog.cast import BED, NURSE, PATIENT, SURGEON, WARD, ensure_cast
from monitoring.watchdog.patient import WELL, admit, purge
from tests.alerts.conftest import Patient
from tests.cast import Cast, new_patient
from tests.together import together
from wards import actions
from wards.forms import AdmitForm, MoveForm
from wards.models import Bed, Duty, Episode, Membership, Operation, Staff, Stay, Ward
from wards.queries import free_beds, surgeons_of


@pytest.fixture
def stay(db: None) -> Stay:
    """The stay of a test alert."""
    ensure_cast()
    return admit(-5)


def refused(match: str, call: Any) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        call()


def sql(statement: str) -> Any:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


def test_the_cast_is_made_once(db: None) -> None:
    for _ in range(2):
        ensure_cast()
    assert (Ward.objects.count(), Bed.objects.count(), Staff.objects.count()) == (1, 1, 2)
    assert (Membership.objects.count(), Duty.objects.count(), Contact.objects.count()) == (2, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_cast_is_made_once_by_two_at_the_same_moment() -> None:
    together(ensure_cast, ensure_cast)
    assert (Membership.objects.count(), Duty.objects.count(), Contact.objects.count()) == (2, 1, 1)


def test_they_cannot_sign_in(db: None) -> None:
    ensure_cast()
    for person in Staff.objects.all():
        assert not person.has_usable_password()
        for word in ("", "!", "watchdog", person.password):
            assert authenticate(username=person.username, password=word) is None


def test_nobody_real_can_belong_to_their_ward_nor_they_to_a_real_one(cast: Cast) -> None:
    ensure_cast()
    for staff_id, ward_id in ((cast.alice.pk, WARD), (NURSE, cast.ward_7b.pk)):
        refused(
            "membership_is_all_synthetic_or_not",
            lambda staff_id=staff_id, ward_id=ward_id: Membership.objects.create(
                staff_id=staff_id, ward_id=ward_id, role="nurse"
            ),
        )


def test_a_stay_is_theirs_wholly_or_not_at_all(cast: Cast, patient: Patient, stay: Stay) -> None:
    real = patient.stay
    sql("SET LOCAL session_replication_role = replica")()  # past the trigger of mending, which would speak first
    for column, theirs, ours in (
        ("patient_id", PATIENT, real.patient_id),
        ("episode_id", stay.episode_id, real.episode_id),
        ("ward_id", WARD, real.ward_id),
        ("bed_id", BED, cast.beds[3].pk),
    ):
        change = f"UPDATE wards_stay SET {column} = %s WHERE id = %s"
        refused("stay_is_all_synthetic", sql(change % (theirs, real.pk)))
        refused("stay_is_all_synthetic", sql(change % (ours, stay.pk)))


def test_they_sign_nothing_about_a_real_patient(patient: Patient, stay: Stay) -> None:
    about = {"episode_id": patient.stay.episode_id, "stay": patient.stay, "recorded_by_id": NURSE}
    refused(
        "check_is_all_synthetic_or_not",
        lambda: Check.objects.create(**about, idempotency_key=uuid4(), examined_at=now(), **WELL.columns()),
    )


@pytest.mark.parametrize(
    "constraint",
    ["bed", "episode", "duty", "allocation", "operation", "check", "treatment", "acceptance", "stay", "membership"],
)
def test_the_database_holds_the_signs_together(db: None, constraint: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE conname = %s AND contype = 'c' AND convalidated",
            [f"{constraint}_is_all_synthetic_or_not"],
        )
        assert cursor.fetchone()[0] == 1


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("alerts_alertevent", AlertEvent),
        ("alerts_alert", Alert),
        ("checks_check", Check),
        ("wards_operation", Operation),
        ("wards_stay", Stay),
    ],
)
def test_real_rows_are_not_deleted_beside_theirs(patient: Patient, stay: Stay, table: str, rows: Any) -> None:
    patient.checked(1, flag="bladder_bowel")
    before = rows.objects.count()
    refused(f"DELETE on {table} is refused", sql(f"DELETE FROM {table}"))
    connection.check_constraints()  # or TRUNCATE is refused for another reason: foreign keys still to be checked
    refused("TRUNCATE on", sql(f"TRUNCATE {table} CASCADE"))
    assert rows.objects.count() == before


def test_a_run_is_cleared_away_and_a_real_patient_keeps_everything(patient: Patient, stay: Stay) -> None:
    patient.checked(1, flag="bladder_bowel")
    real = [model.objects.count() for model in (Alert, AlertEvent)]
    theirs = Alert.objects.create(stay=stay, kind="deficit", level="critical", level_now="critical", began_at=now())
    AlertEvent.objects.create(alert=theirs, kind="opened")
    purge()
    assert [model.objects.count() for model in (Alert, AlertEvent)] == real
    assert list(Stay.objects.all()) == [patient.stay]
    assert list(Episode.objects.all()) == [patient.stay.episode]


def test_the_timeline_of_their_alert_is_not_changed_either(stay: Stay) -> None:
    theirs = Alert.objects.create(stay=stay, kind="deficit", level="critical", level_now="critical", began_at=now())
    AlertEvent.objects.create(alert=theirs, kind="opened")
    refused("UPDATE on alerts_alertevent is refused", lambda: AlertEvent.objects.update(notifies=True))


def test_nothing_of_theirs_is_audited(stay: Stay) -> None:
    from_before = AuditEntry.objects.count()
    purge()
    assert AuditEntry.objects.count() == from_before == 0


def test_no_list_for_people_offers_them(cast: Cast, patient: Patient) -> None:
    ensure_cast()
    assert not free_beds().filter(pk__lt=0).exists()
    assert not surgeons_of().filter(pk__lt=0).exists()
    form = MoveForm(stay=patient.stay)
    assert all(bed.pk > 0 for bed in form.fields["to_bed"].queryset)  # type: ignore[attr-defined]


def test_their_record_number_is_no_known_patients(cast: Cast) -> None:
    ensure_cast()
    said = {"record_number": "watchdog-test", "family_name": "Test", "date_of_birth": "2000-01-01"}
    form = AdmitForm(data=said, ward=cast.ward_7b)
    form.is_valid()
    assert form.known is None


def test_they_are_no_fault_of_anybodys(db: None) -> None:
    ensure_cast()
    Contact.objects.update(broken_since=now())
    assert faults(now()) == []


def test_a_real_admission_goes_on_beside_them(cast: Cast, stay: Stay) -> None:
    admitted = actions.admit(
        by=cast.alice,
        at=None,
        bed=cast.beds[0],
        patient=new_patient(),
        episode=None,
        responsible_surgeon=cast.sam,
        key=uuid4(),
    )
    assert admitted.pk > 0
    assert Staff.objects.get(pk=SURGEON).is_active
