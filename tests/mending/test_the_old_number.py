"""A record that was merged keeps its number: whoever has it on paper still comes to the patient."""

from __future__ import annotations

import pytest

from monitoring.audit.models import AuditEntry
from monitoring.breakglass.models import BreakGlass
from monitoring.breakglass.search import Asked, find
from monitoring.mending import actions
from tests.alerts.conftest import Patient
from tests.cast import PASSWORD, Cast, admit_patient, ago, new_patient
from tests.desks.pages import alerting_works, signed_in
from tests.desks.test_admission_pages import ADMIT, identity
from wards.actions import discharge
from wards.models import Patient as Record
from wards.models import Stay

WHY = "Two cards of one woman."


@pytest.fixture
def old(cast: Cast, one: Patient) -> Record:
    """Merged into `one`'s record, with her stay of a week ago; the name on it is written otherwise."""
    alerting_works()
    person = new_patient(family_name="Mayer", given_name="Anna")
    stay = admit_patient(cast, bed=cast.beds[4], at=ago(days=9), patient=person)
    discharge(stay, by=cast.alice, at=ago(days=7), departure="home")
    record = stay.patient
    actions.confirm(actions.propose_merge(record, one.stay.patient, by=cast.adam, reason=WHY), by=cast.carol)
    record.refresh_from_db()
    return record


def test_it_is_searched_and_finds_all_stays_of_the_patient(cast: Cast, one: Patient, old: Record) -> None:
    found = find(cast.alice, Asked(old.record_number))
    assert set(found.stays) == set(one.stay.patient.stays.all())
    assert set(find(cast.alice, Asked("mayer")).stays) == set(found.stays)
    assert not find(cast.nora, Asked(old.record_number)).stays


def test_it_breaks_the_glass_to_where_the_patient_lies_and_twice_is_once(cast: Cast, one: Patient, old: Record) -> None:
    client = signed_in(cast.nora)
    form = {
        "record_number": old.record_number,
        "date_of_birth": old.date_of_birth.isoformat(),
        "reason": "Unconscious in the corridor",
        "password": PASSWORD,
    }
    answers = {client.post("/break-glass/", form)["Location"] for _ in range(2)}
    assert answers == {f"/stays/{one.stay.public_id}/"}
    assert BreakGlass.objects.get().patient == one.stay.patient


@pytest.mark.parametrize("name", ["as on the old record", "as on the right one"])
def test_whoever_is_admitted_by_it_is_admitted_to_the_right_record(
    cast: Cast, one: Patient, old: Record, name: str
) -> None:
    discharge(one.stay, by=cast.alice, at=None, departure="home")
    known = old if name == "as on the old record" else one.stay.patient
    form = identity(
        cast.beds[3],
        record_number=old.record_number,
        family_name=known.family_name,
        date_of_birth=known.date_of_birth.isoformat(),
        episode=str(one.stay.episode_id),
    )
    answer = signed_in(cast.alice).post(ADMIT, form)
    assert answer.status_code == 302
    stay = Stay.objects.get(discharged_at=None)
    assert (stay.patient, stay.episode) == (one.stay.patient, one.stay.episode)


def test_a_page_about_a_mending_is_an_opening_of_both_records(cast: Cast, one: Patient, old: Record) -> None:
    """Of the one that mending has emptied too."""
    mending = old.mendings.get()
    before = AuditEntry.objects.filter(action="record.opened").count()
    assert signed_in(cast.adam).get(f"/mending/{mending.public_id}/").status_code == 200
    opened = AuditEntry.objects.filter(action="record.opened")[before:]
    assert {entry.patient_id for entry in opened} == {old.pk, one.stay.patient_id}
