"""The ward's hand-over sheet: a message where there is something to say, a line for each other patient."""

from __future__ import annotations

from uuid import uuid4

import pytest

from monitoring.checks.models import Check
from monitoring.desks.nurse.sheet import sheet_of
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, on_duty
from tests.desks.pages import alerting_works, queries_of, read, signed_in, spaced
from wards.models import Bed, Operation, Post

SHEET = "/wards/7b/sheet/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def sheet(cast: Cast) -> str:
    return spaced(read(cast.alice, SHEET))


def test_a_critical_patient_has_a_message_and_a_stable_one_a_line(cast: Cast, critical: Patient) -> None:
    stable = watched_patient(cast, cast.beds[1])
    stable.checked(5)
    page = read(cast.alice, SHEET)
    assert page.count("<article") == 1
    message, lines = page.split("</article>")
    assert critical.stay.patient.display_name in message
    assert "has fallen from 5 to 2" in message
    line = spaced("<body" + lines)
    patient = stable.stay.patient
    assert f"7B-2 {patient.display_name} born 07-Mar-1955 · No. {patient.record_number}" in line
    assert "stable" in line
    assert "50/50 50/50" in line


def test_the_worst_comes_first_whatever_the_bed(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=4)
    other = watched_patient(cast, cast.beds[1])
    other.checked(10, L4_left=1)
    page = read(cast.alice, SHEET)
    assert page.index(other.stay.patient.display_name) < page.index(patient.stay.patient.display_name)


def test_an_open_alert_keeps_its_level_though_the_patient_is_better(cast: Cast, critical: Patient) -> None:
    critical.checked(1)
    [entry] = sheet_of(cast.ward_7b, now()).told
    assert (entry.brief.state.level, entry.severity) == ("stable", "critical")


def test_one_who_is_not_assessed_yet_has_a_message_and_is_not_called_stable(cast: Cast, patient: Patient) -> None:
    patient.check(1, L4_left=1)
    text = sheet(cast)
    assert "not yet assessed" in text
    assert "The others" in text
    assert "stable" not in text.split("The others")[0]


def test_one_who_is_not_watched_says_so_instead_of_a_level(cast: Cast) -> None:
    patient = Patient(cast, admit_patient(cast))
    patient.assess()
    text = sheet(cast)
    assert "not watched: no operation recorded" in text
    assert "none due not tested unknown" in text


def test_an_overdue_check_is_loud(cast: Cast, patient: Patient) -> None:
    Watch.objects.filter(stay=patient.stay).update(check_due_at=ago(minutes=20))
    assert "OVERDUE" in sheet(cast)


def test_who_is_there_stands_on_it_with_their_numbers(cast: Cast) -> None:
    cast.sam.phone = "4741"
    cast.sam.save(update_fields=["phone"])
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    text = sheet(cast)
    assert "Surgeon on call Sam Stone 4741" in text
    assert "Charge nurse nobody on the rota" in text
    assert "This ward 1700" in text


def test_an_empty_ward_says_so(cast: Cast) -> None:
    assert "Nobody lies on this ward." in sheet(cast)


def test_the_sheet_of_another_ward_is_not_found(cast: Cast) -> None:
    assert signed_in(cast.nora).get(SHEET).status_code == 404


def test_forty_beds_cost_as_many_queries_as_one(cast: Cast, critical: Patient) -> None:
    one = queries_of(lambda: sheet_of(cast.ward_7b, now()))
    page_of_one = queries_of(lambda: read(cast.alice, SHEET))
    for number in range(39):
        copy(critical, Bed.objects.create(ward=cast.ward_7b, label=f"X{number:02}"))
    forty = sheet_of(cast.ward_7b, now())
    assert forty.patients == 40
    assert len(forty.told) == 40
    assert queries_of(lambda: sheet_of(cast.ward_7b, now())) == one <= 12
    assert queries_of(lambda: read(cast.alice, SHEET)) == page_of_one


def copy(model: Patient, bed: Bed) -> None:
    """Another patient with the same operation, last check and assessment, row by row."""
    stay = admit_patient(model.cast, bed=bed)
    for row in (Operation.objects.get(stay=model.stay), Check.objects.filter(stay=model.stay).latest("examined_at")):
        row.pk, row._state.adding = None, True
        row.public_id, row.idempotency_key = uuid4(), uuid4()
        row.stay, row.episode = stay, stay.episode
        row.save()
    seen = model.watch
    Watch.objects.filter(stay=stay).update(assessment=seen.assessment, level=seen.level, changed_since=None)
