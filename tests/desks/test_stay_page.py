"""The page of a stay: what is known now, what is due, and all that was ever recorded."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from monitoring.checks.actions import record_treatment
from monitoring.checks.models import Treatment
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago, operate
from tests.desks.pages import alerting_works, queries_of, read, signed_in, spaced
from wards.actions import discharge


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def url(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/"


def shown(cast: Cast, patient: Patient) -> str:
    return spaced(read(cast.alice, url(patient)))


def rows(page: str) -> list[str]:
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    return [spaced("<tr" + row) for row in table.split("<tr")[1:]]


def treat(cast: Cast, patient: Patient, action: Treatment.Action, minutes_ago: float) -> Treatment:
    kind = Treatment.Kind.MANNITOL
    at = ago(minutes=minutes_ago)
    return record_treatment(patient.stay, by=cast.alice, at=at, kind=kind, action=action, dose="250 ml", key=uuid4())


def test_it_shows_the_level_the_muscle_and_what_is_due(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    text = shown(cast, patient)
    assert "▲ CRITICAL L4 left 5 → 2" in text
    assert re.search(r"Next check in 1\d min", text)


def test_the_table_has_a_row_a_check_newest_first_right_before_left(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2, L2_right=4)
    newest = rows(read(cast.alice, url(patient)))[1]
    grades = re.search(r"fallen to 4 .* 46/50", newest)
    assert grades
    assert grades.group() == "fallen to 4 5 5 5 5 5 5 fallen to 2 5 5 46/50"
    assert "Alice Ames" in newest


def test_what_was_not_tested_is_never_a_number(cast: Cast, patient: Patient) -> None:
    client = signed_in(cast.alice)
    from_form = {"l4_left": "block", "idempotency_key": str(uuid4()), "examined": "now", "partial": "on"}
    assert client.post(url(patient) + "checks/new/", from_form).status_code == 302
    patient.assess()
    newest = rows(read(cast.alice, url(patient)))[1]
    assert "· · · · · · · NT · · not tested" in newest


def test_a_retracted_and_a_corrected_check_stay_visible_with_who_and_why(cast: Cast, patient: Patient) -> None:
    patient.retract(patient.check(20, L4_left=1))
    patient.correct(patient.check(10, L4_left=0))
    patient.assess()
    page = read(cast.alice, url(patient))
    assert page.count('class="is-struck"') == 2
    text = spaced(page)
    assert re.search(r"Retracted [\w: ]+ by Alice Ames: wrong patient", text)
    assert re.search(r"Corrected [\w: ]+ by Alice Ames: mixed up", text)


def test_a_check_typed_late_says_so(cast: Cast, patient: Patient) -> None:
    patient.checked(40)
    assert "late, typed" in rows(read(cast.alice, url(patient)))[1]


def test_a_running_treatment_is_marked_and_a_stopped_one_is_not(cast: Cast, patient: Patient) -> None:
    treat(cast, patient, Treatment.Action.STARTED, 30)
    assert "Mannitol IV, 250 ml running since" in shown(cast, patient)
    treat(cast, patient, Treatment.Action.STOPPED, 5)
    assert "running since" not in shown(cast, patient)


def test_operations_and_alerts_of_the_stay_are_listed(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    text = shown(cast, patient)
    assert "Index fusion L4–5 TLIF" in text
    assert "coagulopathy: no" in text
    assert "Open, not acknowledged" in text


def test_a_patient_without_an_operation_is_said_to_be_not_watched(cast: Cast) -> None:
    stay = admit_patient(cast)
    patient = Patient(cast, stay)
    patient.assess()
    page = read(cast.alice, url(patient))
    assert "Not watched: no operation recorded" in spaced(page)
    assert "chip level-stable" not in page


def test_a_patient_without_a_baseline_is_never_called_stable(cast: Cast) -> None:
    stay = admit_patient(cast)
    operate(cast, stay)
    patient = Patient(cast, stay)
    patient.checked(10)
    page = read(cast.alice, url(patient))
    assert "Not watched: no baseline recorded" in spaced(page)
    assert "Nothing below the assumed 5" in spaced(page)
    assert "chip level-stable" not in page


def test_an_unassessed_change_hides_the_old_level(cast: Cast, patient: Patient) -> None:
    patient.check(1, L4_left=1)
    page = read(cast.alice, url(patient))
    assert "Being assessed…" in page
    assert "chip level-stable" not in page
    assert "No muscle is below" not in page


def test_it_asks_as_many_queries_with_a_long_history_as_with_a_short_one(cast: Cast, patient: Patient) -> None:
    few = queries_of(lambda: read(cast.alice, url(patient)))
    for minutes in range(1, 25):
        patient.check(minutes, L4_left=minutes % 6)
    patient.retract(patient.check(30))
    patient.correct(patient.check(31))
    treat(cast, patient, Treatment.Action.STARTED, 20)
    patient.assess()
    assert queries_of(lambda: read(cast.alice, url(patient))) == few


def test_the_administrator_sees_it_and_is_offered_nothing_to_write(cast: Cast, patient: Patient) -> None:
    page = read(cast.adam, url(patient))
    for words in ("Record check", "Correct</a>", "Retract</a>", "Discharge</a>", "Move</a>"):
        assert words not in page


def test_a_discharged_patients_page_says_so(cast: Cast, patient: Patient) -> None:
    discharge(patient.stay, by=cast.alice, at=ago(minutes=1), departure="home")
    patient.assess()
    text = shown(cast, patient)
    assert "Nothing is due" in text
    assert "Record check" not in text


def test_another_wards_patient_and_an_unknown_one_are_not_found(cast: Cast, patient: Patient) -> None:
    assert signed_in(cast.nora).get(url(patient)).status_code == 404
    assert signed_in(cast.alice).get(f"/stays/{uuid4()}/").status_code == 404
