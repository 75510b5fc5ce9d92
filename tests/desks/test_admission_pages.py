"""The forms to admit, move and discharge a patient."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago, new_patient
from tests.desks.pages import acts, alerting_works, read, said, signed_in, spaced
from wards.actions import discharge
from wards.models import Bed, Stay
from wards.models import Patient as Person

ADMIT = "/wards/7b/admit/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def identity(bed: Bed, **changes: str) -> dict[str, str]:
    return {
        "idempotency_key": str(uuid4()),
        "record_number": "MRN-77",
        "family_name": "Berg",
        "given_name": "Ida",
        "date_of_birth": "1960-03-07",
        "sex": "F",
        "bed": str(bed.pk),
        "responsible_surgeon": "",
        "at": "now",
    } | changes


def refused(client: Client, url: str, form: dict[str, str]) -> str:
    """The page that a form is answered with, once it is sure that nothing was stored."""
    before = (Stay.objects.count(), Person.objects.count(), acts())
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert (Stay.objects.count(), Person.objects.count(), acts()) == before
    return spaced(answer.content.decode())


def test_a_new_patient_is_admitted_to_a_bed(cast: Cast, alice: Client) -> None:
    answer = alice.post(ADMIT, identity(cast.beds[0]))
    stay = Stay.objects.get()
    assert answer.headers["Location"] == f"/stays/{stay.public_id}/"
    assert (stay.bed, stay.patient.record_number, stay.recorded_by) == (cast.beds[0], "MRN-77", cast.alice)


def test_an_admission_sent_twice_is_stored_once(cast: Cast, alice: Client) -> None:
    form = identity(cast.beds[0])
    assert {alice.post(ADMIT, form).headers["Location"] for _ in range(3)} == {
        f"/stays/{Stay.objects.get().public_id}/"
    }


def test_each_field_left_out_has_its_message_and_the_rest_is_kept(cast: Cast, alice: Client) -> None:
    text = refused(alice, ADMIT, identity(cast.beds[0], record_number="", sex="", at=""))
    for message in ("Give the record number.", "Choose one of these.", "Say when."):
        assert message in text
    page = alice.post(ADMIT, identity(cast.beds[0], record_number="")).content.decode()
    assert 'value="Berg"' in page


def test_a_taken_bed_is_refused_without_saying_who_lies_there(cast: Cast, alice: Client) -> None:
    admit_patient(cast, bed=cast.beds[0], patient=new_patient(family_name="Secretname"))
    text = refused(alice, ADMIT, identity(cast.beds[0]))
    assert "Bed 7B-1 is taken" in text
    assert "Secretname" not in text


def test_a_readmission_asks_whether_the_episode_goes_on(cast: Cast, alice: Client, patient: Patient) -> None:
    discharge(patient.stay, by=cast.alice, at=ago(minutes=30), departure="home")
    person = patient.stay.patient
    form = identity(
        cast.beds[1],
        record_number=person.record_number,
        family_name=person.family_name,
        given_name=person.given_name,
        date_of_birth=person.date_of_birth.isoformat(),
    )
    text = refused(alice, ADMIT, form)
    assert re.search(r"goes on: TLIF L4–5 of \d\d-\w{3}-\d{4} a new one begins", text)
    alice.post(ADMIT, form | {"episode": str(patient.stay.episode_id)})
    assert Stay.objects.get(bed=cast.beds[1]).episode_id == patient.stay.episode_id


def test_a_form_without_its_key_is_refused(cast: Cast, alice: Client) -> None:
    assert "came without its key" in refused(alice, ADMIT, identity(cast.beds[0], idempotency_key="x"))


def test_a_patient_is_moved_to_another_bed(cast: Cast, alice: Client, patient: Patient) -> None:
    url = f"/stays/{patient.stay.public_id}/move/"
    answer = alice.post(url, {"to_bed": str(cast.beds[3].pk), "at": "now", "responsible_surgeon": ""})
    assert answer.headers["Location"] == "/wards/7b/"
    patient.stay.refresh_from_db()
    assert patient.stay.bed == cast.beds[3]


def test_a_discharge_with_an_open_critical_alert_lists_it_first(cast: Cast, patient: Patient) -> None:
    patient.checked(5, L4_left=1)
    text = said(read(cast.alice, f"/stays/{patient.stay.public_id}/discharge/"))
    assert "L4 left 5 → 1" in text
    assert "An alert is still open. Speak to a surgeon" in text


def test_a_discharge_without_an_open_alert_warns_of_nothing(cast: Cast, patient: Patient) -> None:
    patient.checked(1)
    assert "still open" not in read(cast.alice, f"/stays/{patient.stay.public_id}/discharge/")


def test_a_patient_is_discharged(cast: Cast, alice: Client, patient: Patient) -> None:
    url = f"/stays/{patient.stay.public_id}/discharge/"
    answer = alice.post(url, {"departure": "home", "at": "now"})
    assert answer.headers["Location"] == "/wards/7b/"
    patient.stay.refresh_from_db()
    assert patient.stay.departure == "home"


def test_a_discharge_must_say_where_to_and_when(alice: Client, patient: Patient) -> None:
    text = refused(alice, f"/stays/{patient.stay.public_id}/discharge/", {})
    assert "Choose one of these." in text
    assert "Say when." in text


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("who", "status"), [("nora", 404), ("adam", 403)], ids=["another ward", "no clinician"])
def test_only_the_wards_clinicians_may(cast: Cast, patient: Patient, who: str, status: int, method: str) -> None:
    client = signed_in(getattr(cast, who))
    before = acts()
    for url in (ADMIT, f"/stays/{patient.stay.public_id}/move/", f"/stays/{patient.stay.public_id}/discharge/"):
        assert getattr(client, method)(url, identity(cast.beds[2], departure="home")).status_code == status, url
    assert acts() == before
