"""Whoever opens a patient's record, or a page that lists patients, leaves an entry: once, however the page lives on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.audit import openings
from monitoring.audit.models import AuditEntry
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast
from tests.desks.pages import signed_in
from wards.displays import make_display
from wards.models import Staff

HTMX = {"HX-Request": "true"}


@pytest.fixture
def patient(cast: Cast) -> Patient:
    """Critical, with an alert open."""
    fallen = watched_patient(cast, cast.beds[0])
    fallen.checked(90)
    fallen.checked(10, L4_left=2)
    return fallen


def of_patient(patient: Patient) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="record.opened", patient=patient.stay.patient).order_by("id"))


def pages_of(patient: Patient) -> list[str]:
    stay, check = patient.stay, patient.stay.checks.latest("pk")
    return [
        f"/stays/{stay.public_id}/",
        f"/stays/{stay.public_id}/summary/",
        f"/stays/{stay.public_id}/drains/",
        f"/stays/{stay.public_id}/checks/new/",
        f"/stays/{stay.public_id}/away/",
        f"/alerts/{patient.alert.public_id}/",
        f"/alerts/{patient.alert.public_id}/close/",
        f"/checks/{check.public_id}/result/",
        f"/checks/{check.public_id}/retract/",
    ]


def test_each_page_about_a_patient_is_an_opening(cast: Cast, patient: Patient) -> None:
    client = signed_in(cast.sam)
    for number, url in enumerate(pages_of(patient), 1):
        response = client.get(url)
        assert response.status_code == 200, url
        entries = of_patient(patient)
        assert len(entries) == number, url
        assert entries[-1].request_id == response["X-Request-ID"]
        assert entries[-1].data == {"page": response.resolver_match.url_name}


def test_an_opening_says_who_by_which_role_of_whom_where_and_from_where(cast: Cast, patient: Patient) -> None:
    signed_in(cast.carol).get(f"/stays/{patient.stay.public_id}/", headers={"User-Agent": "Tablet 3"})
    [entry] = of_patient(patient)
    assert (entry.actor, entry.acting_role, entry.ward) == (cast.carol, "charge_nurse", cast.ward_7b)
    assert (entry.subject_type, entry.subject_id) == ("wards.stay", str(patient.stay.pk))
    assert (entry.address, entry.agent) == ("127.0.0.1", "Tablet 3")
    assert len(entry.device) == 32
    assert len(entry.session) == 16


@pytest.mark.parametrize(
    ("who", "status"), [("sue", 404), ("nora", 404), (None, 302)], ids=["a surgeon elsewhere", "a nurse", "nobody"]
)
def test_what_was_not_shown_was_not_opened(cast: Cast, patient: Patient, who: str | None, status: int) -> None:
    client = Client() if who is None else signed_in(getattr(cast, who))
    assert client.get(f"/stays/{patient.stay.public_id}/").status_code == status
    assert of_patient(patient) == []


def test_what_may_be_seen_and_not_done_is_no_opening(cast: Cast, patient: Patient) -> None:
    assert signed_in(cast.adam).get(f"/stays/{patient.stay.public_id}/checks/new/").status_code == 403
    assert of_patient(patient) == []


def test_a_page_that_refreshes_itself_is_opened_once(cast: Cast, patient: Patient) -> None:
    client, url = signed_in(cast.sam), f"/alerts/{patient.alert.public_id}/"
    client.get(url)
    for _ in range(3):
        assert client.get(url, headers=HTMX).status_code == 200
    assert len(of_patient(patient)) == 1
    client.get(url)
    assert len(of_patient(patient)) == 2


def test_a_piece_fetched_without_its_page_is_an_opening(cast: Cast, patient: Patient) -> None:
    url = f"/stays/{patient.stay.public_id}/"
    first, second = signed_in(cast.sam), signed_in(cast.sam)
    first.get(url)
    second.get(url, headers=HTMX)
    whole, piece = of_patient(patient)
    assert piece.data == {"page": "stay", "part": True}
    assert piece.session != whole.session
    second.get(url, headers=HTMX)
    assert len(of_patient(patient)) == 2


def test_after_a_quarter_of_an_hour_a_page_still_open_is_an_opening_again(
    cast: Cast, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = signed_in(cast.sam), f"/stays/{patient.stay.public_id}/"
    client.get(url)
    monkeypatch.setattr(openings, "STILL_OPEN", timedelta(0))
    client.get(url, headers=HTMX)
    assert len(of_patient(patient)) == 2


def test_a_refused_form_shows_the_record_too(cast: Cast, patient: Patient) -> None:
    client, url = signed_in(cast.alice), f"/stays/{patient.stay.public_id}/checks/new/"
    assert client.post(url, {}).status_code == 422
    assert [entry.data["page"] for entry in of_patient(patient)] == ["check-new"]
    client.post(url, {})
    assert len(of_patient(patient)) == 1


@pytest.mark.parametrize(
    ("who", "url", "action", "of_ward"),
    [
        ("alice", "/wards/7b/", "board.opened", True),
        ("alice", "/wards/7b/sheet/", "sheet.printed", True),
        ("alice", "/wards/7b/kit/", "kit.taken", True),
        ("alice", "/wards/7b/allocation/", "allocation.opened", True),
        ("alice", "/wards/7b/held/", "held.opened", True),
        ("alice", "/rota/7b/who/", "who_is_called.opened", True),
        ("alice", "/alerts/", "alerts.opened", False),
        ("sam", "/inbox/", "inbox.opened", False),
    ],
)
def test_a_page_of_many_patients_is_one_entry_of_none(
    cast: Cast, patient: Patient, who: str, url: str, action: str, of_ward: bool
) -> None:
    staff: Staff = getattr(cast, who)
    client = signed_in(staff)
    assert client.get(url).status_code == 200
    [entry] = AuditEntry.objects.filter(action=action)
    assert (entry.actor, entry.patient, entry.ward) == (staff, None, cast.ward_7b if of_ward else None)
    assert of_patient(patient) == []


@pytest.mark.parametrize("url", ["/wards/7b/", "/alerts/", "/rota/7b/who/"])
def test_a_list_that_refreshes_itself_is_opened_once(cast: Cast, url: str) -> None:
    client = signed_in(cast.alice)
    for part in ({}, HTMX, HTMX):
        assert client.get(url, headers=part).status_code == 200
    assert AuditEntry.objects.filter(action__endswith=".opened").count() == 1


def test_a_kit_that_a_page_fetches_each_minute_is_taken_once(cast: Cast) -> None:
    client = signed_in(cast.alice)
    client.get("/wards/7b/")
    for _ in range(3):
        client.get("/wards/7b/kit/")
    assert AuditEntry.objects.filter(action="kit.taken").count() == 1


def test_a_screen_on_the_wall_is_opened_by_nobody(cast: Cast, patient: Patient) -> None:
    client = signed_in(cast.carol)
    client.post("/wards/7b/displays/", {"name": "Corridor"})
    assert client.get("/display/").status_code == 200
    [entry] = AuditEntry.objects.filter(action="display.opened")
    assert (entry.actor, entry.ward, entry.subject_type) == (None, cast.ward_7b, "wards.display")
    assert make_display(cast.ward_7b, by=cast.carol, name="Other").pk != int(entry.subject_id)


def test_all_that_a_page_shows_is_written_in_one_statement(cast: Cast, patient: Patient) -> None:
    client, url = signed_in(cast.sam), f"/stays/{patient.stay.public_id}/"
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    touching = [query["sql"] for query in captured if "audit_auditentry" in query["sql"]]
    assert len(touching) == 1
    assert "INSERT INTO" in touching[0]
    assert touching[0] == captured[-1]["sql"]


def test_a_record_whose_opening_cannot_be_written_is_not_shown(
    cast: Cast, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more(*_args: object, **_kwargs: object) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr(openings, "write", no_more)
    client = signed_in(cast.sam)
    client.raise_request_exception = False
    response = client.get(f"/stays/{patient.stay.public_id}/")
    assert response.status_code == 500
    assert patient.stay.patient.family_name not in response.content.decode()
