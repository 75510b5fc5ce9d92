"""To theatre or imaging, and back; and a discharge that an undecided critical alert refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, ago
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards import absences
from wards.models import Absence, Staff
from wards.times import zone_of

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def send(staff: Staff, patient: Patient, **sent: str) -> Response:
    return signed_in(staff).post(f"/stays/{patient.stay.public_id}/away/", sent)


def test_who_leaves_for_theatre_is_shown_there_on_the_stay_and_the_board(cast: Cast, patient: Patient) -> None:
    assert send(cast.alice, patient, step="leave", place="theatre", at="now").status_code == 302
    assert "In theatre since" in said(read(cast.alice, f"/stays/{patient.stay.public_id}/"))
    assert "in theatre since" in said(read(cast.alice, "/wards/7b/"))


def test_the_same_page_takes_them_back(cast: Cast, patient: Patient) -> None:
    absences.leave(patient.stay, by=cast.alice, at=ago(minutes=40), place="imaging")
    page = said(read(cast.alice, f"/stays/{patient.stay.public_id}/away/"))
    assert "Back on the ward" in page
    assert "In imaging since" in page
    send(cast.carol, patient, step="back", at="now")
    absence = Absence.objects.get()
    assert absence.returned_by == cast.carol
    assert "in imaging since" not in said(read(cast.alice, "/wards/7b/"))


def test_or_on_to_another_place(cast: Cast, patient: Patient) -> None:
    absences.leave(patient.stay, by=cast.alice, at=ago(minutes=40), place="imaging")
    assert "To theatre or imaging" in said(read(cast.alice, f"/stays/{patient.stay.public_id}/away/?elsewhere=1"))
    send(cast.alice, patient, step="leave", place="theatre", at="now")
    assert Absence.objects.get(back_at=None).place == "theatre"


def test_a_missing_place_stands_beside_its_field_and_the_time_is_kept(cast: Cast, patient: Patient) -> None:
    at = ago(minutes=20).astimezone(zone_of(patient.stay.ward))
    sent = {"step": "leave", "at": "earlier", "at_date": f"{at:%Y-%m-%d}", "at_time": f"{at:%H:%M}"}
    response = send(cast.alice, patient, **sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose one of these." in said(page.split('id="field-place"')[1].split("</fieldset>")[0])
    assert f'value="{at:%H:%M}"' in page
    assert not Absence.objects.exists()


def test_nobody_is_back_who_never_left(cast: Cast, patient: Patient) -> None:
    response = send(cast.alice, patient, step="back", at="now")
    assert "The patient is on the ward." in said(response.content.decode())


def test_only_those_at_the_bedside_may(cast: Cast, patient: Patient) -> None:
    assert signed_in(cast.adam).get(f"/stays/{patient.stay.public_id}/away/").status_code == 403
    assert send(cast.adam, patient, step="leave", place="theatre", at="now").status_code == 403
    assert send(cast.nora, patient, step="leave", place="theatre", at="now").status_code == 404
    assert not Absence.objects.exists()


def test_many_away_cost_the_board_as_many_queries_as_none(cast: Cast) -> None:
    patients = [watched_patient(cast, bed) for bed in cast.beds[:3]]
    few = queries_of(lambda: read(cast.alice, "/wards/7b/"))
    for one in patients:
        absences.leave(one.stay, by=cast.alice, at=ago(minutes=5), place="theatre")
    assert queries_of(lambda: read(cast.alice, "/wards/7b/")) == few


def test_a_discharge_from_under_a_critical_alert_is_refused_with_a_link_to_it(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    url = f"/stays/{patient.stay.public_id}/discharge/"
    response = signed_in(cast.alice).post(url, {"departure": "home", "at": "now"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "A critical alert is open and undecided." in said(page)
    assert f'href="/alerts/{patient.alert.public_id}/"' in page
    patient.stay.refresh_from_db()
    assert patient.stay.is_open
