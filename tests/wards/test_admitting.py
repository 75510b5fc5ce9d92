"""Admission: who, where, when, and which episode."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, admit_patient, ago, new_patient, operate
from wards import actions
from wards.access import Forbidden
from wards.models import Episode, Patient, Stay


def refused(field: str, call: object) -> str:
    """The message beside that field, and none beside another; nothing was stored."""
    before = (Stay.objects.count(), Patient.objects.count(), Episode.objects.count(), AuditEntry.objects.count())
    with pytest.raises(ValidationError) as refusal:
        call()  # type: ignore[operator]
    assert list(refusal.value.message_dict) == [field]
    assert before == (
        Stay.objects.count(),
        Patient.objects.count(),
        Episode.objects.count(),
        AuditEntry.objects.count(),
    )
    return str(refusal.value.message_dict[field][0])


def test_an_admitted_patient_is_watched_from_the_first_moment(cast: Cast) -> None:
    stay = admit_patient(cast)
    assert stay.ward == cast.ward_7b
    assert stay.recorded_by == cast.alice
    assert stay.watch.assess_at is not None
    assert stay.watch.assess_at <= clock.now()


def test_an_admission_is_audited_with_its_patient(cast: Cast) -> None:
    stay = admit_patient(cast)
    registered, admitted = AuditEntry.objects.order_by("id")
    assert (registered.action, registered.patient, registered.actor) == ("patient.registered", stay.patient, cast.alice)
    assert (admitted.action, admitted.patient, admitted.actor) == ("stay.admitted", stay.patient, cast.alice)


def test_an_administrator_admits_nobody(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        actions.admit(
            by=cast.adam,
            at=None,
            bed=cast.beds[0],
            patient=new_patient(),
            episode=None,
            responsible_surgeon=None,
            key=uuid4(),
        )
    assert not Patient.objects.exists()


def test_nobody_is_admitted_in_the_future(cast: Cast) -> None:
    later = clock.now() + timedelta(minutes=2)
    assert "future" in refused("at", lambda: admit_patient(cast, at=later))


def test_nobody_is_admitted_before_they_were_born(cast: Cast) -> None:
    born = new_patient(date_of_birth=ago(days=1).date())
    assert "born" in refused("at", lambda: admit_patient(cast, patient=born, at=ago(days=3)))


def test_a_taken_bed_is_refused_without_saying_who_lies_there(cast: Cast) -> None:
    stay = admit_patient(cast)
    message = refused("bed", lambda: admit_patient(cast))
    assert message == "Bed 7B-1 is taken. Choose another one."
    assert stay.patient.family_name not in message


def test_a_bed_is_free_again_after_the_discharge(cast: Cast) -> None:
    actions.discharge(admit_patient(cast), by=cast.alice, at=ago(hours=1), departure="home")
    assert admit_patient(cast, at=ago(minutes=30)).bed == cast.beds[0]


def test_a_patient_lies_in_one_bed_at_a_time(cast: Cast) -> None:
    stay = admit_patient(cast)
    message = refused(
        "record_number", lambda: admit_patient(cast, bed=cast.beds_8c[0], patient=stay.patient, at=ago(hours=1))
    )
    assert message == "This patient is already admitted, on Ward 7B."


def test_a_new_patient_needs_a_number_that_is_nobodys(cast: Cast) -> None:
    taken = admit_patient(cast).patient.record_number
    twin = new_patient(record_number=taken)
    assert "already registered" in refused("record_number", lambda: admit_patient(cast, bed=cast.beds[1], patient=twin))


def test_a_readmission_is_not_before_the_discharge(cast: Cast) -> None:
    first = admit_patient(cast)
    actions.discharge(first, by=cast.alice, at=ago(hours=3), departure="home")
    message = refused("at", lambda: admit_patient(cast, patient=first.patient, at=ago(hours=4)))
    assert "discharge from the previous stay" in message


def test_a_readmission_continues_the_episode_or_begins_one(cast: Cast) -> None:
    first = admit_patient(cast, at=ago(days=9))
    operation = operate(cast, first, ended_at=ago(days=8))
    actions.discharge(first, by=cast.alice, at=ago(days=5), departure="home")
    second = admit_patient(cast, patient=first.patient, at=ago(days=4), episode=first.episode)
    assert second.episode == first.episode
    assert list(second.episode.operations.standing()) == [operation]
    actions.discharge(second, by=cast.alice, at=ago(days=3), departure="home")
    assert admit_patient(cast, patient=first.patient, at=ago(days=2)).episode != first.episode


def test_another_patients_episode_is_not_continued(cast: Cast) -> None:
    other = admit_patient(cast).episode
    message = refused("episode", lambda: admit_patient(cast, bed=cast.beds[1], episode=other))
    assert "another patient" in message


def test_a_responsible_surgeon_is_one_of_the_ward(cast: Cast) -> None:
    for nobody in (cast.sue, cast.carol):
        message = refused(
            "responsible_surgeon",
            lambda nobody=nobody: actions.admit(
                by=cast.alice,
                at=None,
                bed=cast.beds[0],
                patient=new_patient(),
                episode=None,
                responsible_surgeon=nobody,
                key=uuid4(),
            ),
        )
        assert message == f"{nobody} is no surgeon of Ward 7B. Name one who is."
