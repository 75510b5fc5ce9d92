"""The pages: searching, breaking the glass, the bar on every page, the review; no patient in any address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from monitoring.audit.models import AuditEntry
from monitoring.breakglass.actions import break_glass
from monitoring.breakglass.models import BreakGlass
from monitoring.desks.common import lock
from monitoring.due.clock import now
from monitoring.escalation.links import token_for
from monitoring.escalation.models import Contact, Delivery
from tests.alerts.conftest import Patient
from tests.breakglass.test_reasons import send
from tests.cast import PASSWORD, Cast, admit_patient, new_patient, person
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from tests.desks.test_query_budget import BUDGET, statements
from wards.models import Role, Staff, Stay
from wards.pins import set_pin

REASON = "Unconscious in the corridor"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def stay(cast: Cast) -> Stay:
    return admit_patient(cast, patient=new_patient(family_name="Müller", given_name="Anna"))


def form(stay: Stay, **more: str) -> dict[str, str]:
    identifiers = {"record_number": stay.patient.record_number, "date_of_birth": "1955-03-07"}
    return identifiers | more


def opening(stay: Stay, **more: str) -> dict[str, str]:
    return form(stay, reason=REASON, password=PASSWORD) | more


# --- Searching -------------------------------------------------------------------------------------------------------


def test_a_search_shows_who_was_found_and_leads_to_the_record(cast: Cast, stay: Stay) -> None:
    response = signed_in(cast.alice).post("/patients/", {"text": "mull"})
    page = response.content.decode()
    assert response.status_code == 200
    assert f"/stays/{stay.public_id}/" in page
    assert "MÜLLER, Anna" in said(page)
    assert "07-Mar-1955" in said(page)


def test_what_is_typed_is_sent_and_never_stands_in_the_address(cast: Cast, stay: Stay) -> None:
    page = read(cast.alice, "/patients/?text=mull")
    assert "MÜLLER" not in page
    assert not AuditEntry.objects.filter(action="patients.searched").exists()


@pytest.mark.parametrize("typed", [{"text": ""}, {"text": "m"}, {"text": "mull", "born": "yesterday"}])
def test_what_cannot_be_searched_comes_back_with_the_message_beside_its_field(
    cast: Cast, stay: Stay, typed: dict[str, str]
) -> None:
    response = signed_in(cast.alice).post("/patients/", typed)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert "MÜLLER" not in response.content.decode()


def test_the_other_ward_finds_nobody(cast: Cast, stay: Stay) -> None:
    page = signed_in(cast.nora).post("/patients/", {"text": stay.patient.record_number}).content.decode()
    assert "Nobody within your reach" in said(page)


def test_every_role_finds_the_search_and_clinicians_the_glass(cast: Cast) -> None:
    for staff, breaks in ((cast.alice, True), (cast.sam, True), (cast.adam, False)):
        page = read(staff, "/patients/")
        assert ("/break-glass/" in page) == breaks
        assert 'href="/patients/"' in page


def test_somebody_of_no_ward_is_refused(cast: Cast) -> None:
    nobody = person("No", "Body")
    for url in ("/patients/", "/break-glass/", "/audit/break-glass/"):
        assert signed_in(nobody).get(url).status_code == 403


# --- Breaking the glass ----------------------------------------------------------------------------------------------


def test_the_identifiers_show_nothing_but_that_there_is_such_a_patient(cast: Cast, stay: Stay) -> None:
    page = signed_in(cast.nora).post("/break-glass/", form(stay)).content.decode()
    assert "There is such a patient on another ward." in said(page)
    for secret in ("MÜLLER", "Anna", "Ward 7B", "7B-1", str(stay.public_id)):
        assert secret not in page


def test_one_wrong_identifier_offers_nothing(cast: Cast, stay: Stay) -> None:
    for wrong in ({"date_of_birth": "1955-03-08"}, {"record_number": "MRN-0"}):
        page = signed_in(cast.nora).post("/break-glass/", form(stay) | wrong).content.decode()
        assert "No patient out of your reach" in said(page)
        assert 'name="reason"' not in page


def test_with_a_reason_and_the_password_the_record_is_open(cast: Cast, stay: Stay) -> None:
    client = signed_in(cast.nora)
    response = client.post("/break-glass/", opening(stay))
    assert (response.status_code, response["Location"]) == (302, f"/stays/{stay.public_id}/")
    assert client.get(response["Location"]).status_code == 200
    assert BreakGlass.objects.get().staff == cast.nora


def test_who_has_a_pin_is_asked_for_that(cast: Cast, stay: Stay) -> None:
    set_pin(by=cast.nora, pin="7294")
    client = signed_in(cast.nora)
    assert client.post("/break-glass/", opening(stay)).status_code == 422
    assert client.post("/break-glass/", opening(stay, pin="7294")).status_code == 302


def test_the_same_form_twice_goes_to_the_same_record(cast: Cast, stay: Stay) -> None:
    client = signed_in(cast.nora)
    answers = {client.post("/break-glass/", opening(stay))["Location"] for _ in range(2)}
    assert answers == {f"/stays/{stay.public_id}/"}
    assert BreakGlass.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"reason": "short"}, {"password": "guess"}, {"password": ""}])
def test_what_is_refused_opens_nothing_and_keeps_what_was_typed(cast: Cast, stay: Stay, wrong: dict[str, str]) -> None:
    response = signed_in(cast.nora).post("/break-glass/", opening(stay) | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert (wrong.get("reason") or REASON) in page
    assert PASSWORD not in page
    assert "MÜLLER" not in page
    assert not BreakGlass.objects.exists()


def test_five_wrong_passwords_end_the_session(cast: Cast, stay: Stay) -> None:
    client = signed_in(cast.nora)
    for _ in range(5):
        response = client.post("/break-glass/", opening(stay, password="guess"))
    assert response.status_code == 302
    assert "sign-in" in response["Location"]
    assert client.get("/patients/").status_code == 302
    assert not BreakGlass.objects.exists()


def test_an_administrator_is_refused(cast: Cast, stay: Stay) -> None:
    far = person("Ada", "Far", (cast.ward_8c, Role.ADMINISTRATOR))
    client = signed_in(far)
    assert client.get("/break-glass/").status_code == 403
    assert client.post("/break-glass/", opening(stay)).status_code == 403
    assert not BreakGlass.objects.exists()


def test_without_a_token_of_ours_nothing_is_opened(cast: Cast, stay: Stay) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.nora)
    assert client.post("/break-glass/", opening(stay)).status_code == 403
    assert client.post("/patients/", {"text": "mull"}).status_code == 403
    assert not BreakGlass.objects.exists()


# --- While it is open ------------------------------------------------------------------------------------------------

BAR = "You have opened the record of a patient out of your reach."


def test_every_page_says_so_until_it_ends(cast: Cast, stay: Stay) -> None:
    row = break_glass(stay, by=cast.nora, reason=REASON)
    for url in ("/wards/8c/", "/alerts/", f"/stays/{stay.public_id}/", "/patients/", "/me/channels/"):
        page = read(cast.nora, url)
        assert BAR in said(page)
        assert f"/break-glass/{row.public_id}/end/" in page
    assert BAR not in said(read(cast.sue, "/wards/8c/"))
    client = signed_in(cast.nora)
    assert client.post(f"/break-glass/{row.public_id}/end/").status_code == 302
    assert BAR not in said(client.get("/wards/8c/").content.decode())
    assert client.get(f"/stays/{stay.public_id}/").status_code == 404


def test_somebody_elses_is_not_there_to_be_ended(cast: Cast, stay: Stay) -> None:
    row = break_glass(stay, by=cast.nora, reason=REASON)
    assert signed_in(cast.sue).post(f"/break-glass/{row.public_id}/end/").status_code == 404
    row.refresh_from_db()
    assert row.ended_at is None


def test_after_the_hour_the_page_is_not_there_any_more(cast: Cast, stay: Stay) -> None:
    row = break_glass(stay, by=cast.nora, reason=REASON)
    over = now() - timedelta(seconds=1)
    BreakGlass.objects.filter(pk=row.pk).update(at=over - timedelta(hours=1), until=over)
    client = signed_in(cast.nora)
    assert client.get(f"/stays/{stay.public_id}/").status_code == 404
    assert BAR not in said(client.get("/wards/8c/").content.decode())


def test_the_bar_costs_no_statement(cast: Cast, stay: Stay) -> None:
    client = signed_in(cast.nora)
    client.get("/wards/8c/")
    before = queries_of(lambda: client.get("/wards/8c/"))
    break_glass(stay, by=cast.nora, reason=REASON)
    assert queries_of(lambda: client.get("/wards/8c/")) == before


def test_the_page_offers_what_the_glass_lends(cast: Cast, patient: Patient) -> None:
    break_glass(patient.stay, by=cast.nora, reason=REASON)
    client, own = signed_in(cast.nora), f"/stays/{patient.stay.public_id}"
    page = client.get(f"{own}/").content.decode()
    assert f"{own}/checks/new/" in page
    assert f"{own}/move/" not in page
    assert client.get(f"{own}/checks/new/").status_code == 200
    for step in ("move", "discharge", "treatments/new", "operations/new"):
        assert client.get(f"{own}/{step}/").status_code == 403, step


# --- Across wards by an alert ----------------------------------------------------------------------------------------


def test_a_surgeon_called_across_wards_finds_the_alert_in_their_inbox_and_accepts_it(
    cast: Cast, patient: Patient
) -> None:
    patient.checked(90)
    patient.checked(10, L4_left=2)
    assert str(patient.alert.public_id) not in read(cast.sue, "/inbox/")
    alert = send(patient, cast.sue)
    client, own = signed_in(cast.sue), f"/alerts/{alert.public_id}/"
    assert own in read(cast.sue, "/wards/8c/")  # the red bar of calls
    for page in ("/inbox/", "/alerts/", own):
        assert f"{own}accept/" in read(cast.sue, page), page
    assert f"{own}decide/" not in read(cast.sue, own)
    client.post(f"{own}accept/", {"revision": patient.alert.revision, "back": "inbox"})
    assert patient.alert.accepted_by == cast.sue
    assert f"{own}decide/" in read(cast.sue, own)
    assert read(cast.sue, f"/stays/{patient.stay.public_id}/summary/")


def test_such_a_page_stays_within_the_budget(cast: Cast, patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "OFTEN", timedelta(hours=1))
    patient.checked(90)
    patient.checked(10, L4_left=2)
    alert = send(patient, cast.sue)
    client = signed_in(cast.sue)
    for url in ("/inbox/", f"/alerts/{alert.public_id}/", f"/stays/{patient.stay.public_id}/"):
        said_to_the_database = statements(client, url)
        assert len(said_to_the_database) <= BUDGET, "\n".join(one[:200] for one in said_to_the_database)


# --- The ward's lead -------------------------------------------------------------------------------------------------


def test_the_wards_leads_see_at_once_that_there_is_one_to_review(cast: Cast, stay: Stay) -> None:
    words = "1 record of your wards was opened from outside"
    assert words not in said(read(cast.carol, "/wards/7b/"))
    break_glass(stay, by=cast.nora, reason=REASON)
    for staff, told in ((cast.carol, True), (cast.adam, True), (cast.alice, False), (cast.sue, False)):
        fragment = signed_in(staff).get("/me/calls/", headers={"HX-Request": "true"}).content.decode()
        assert (words in said(f"<body{fragment}")) == told, staff
    assert words in said(read(cast.carol, "/wards/7b/"))


def test_the_message_leads_there(cast: Cast, stay: Stay) -> None:
    Contact.objects.create(staff=cast.carol, channel="email", address="carol@example.org")
    break_glass(stay, by=cast.nora, reason=REASON)
    told = Delivery.objects.get(purpose=Delivery.Purpose.NOTICE)
    assert signed_in(cast.carol).get(f"/m/{token_for(told)}/")["Location"] == "/audit/break-glass/"
    told.refresh_from_db()
    assert told.state == Delivery.State.READ
    assert signed_in(cast.alice).get(f"/m/{token_for(told)}/").status_code == 403


def test_a_lead_reviews_it_and_the_page_keeps_it(cast: Cast, stay: Stay) -> None:
    row = break_glass(stay, by=cast.nora, reason=REASON)
    page = said(read(cast.carol, "/audit/break-glass/"))
    assert "Nora North opened MÜLLER, Anna" in page
    assert REASON in page
    assert "OPENED a record from outside the ward" in page
    client, url = signed_in(cast.carol), f"/audit/break-glass/{row.public_id}/review/"
    assert client.post(url, {"note": ""}).status_code == 422
    assert client.post(url, {"note": "He had fallen."})["Location"] == "/audit/break-glass/"
    again = said(client.get("/audit/break-glass/").content.decode())
    assert "Nothing waits for a review." in again
    assert "He had fallen." in again


@pytest.mark.parametrize(("who", "status"), [("alice", 404), ("sam", 404), ("nora", 404)])
def test_nobody_else_finds_it(cast: Cast, stay: Stay, who: str, status: int) -> None:
    row = break_glass(stay, by=cast.nora, reason=REASON)
    staff: Staff = getattr(cast, who)
    assert signed_in(staff).get("/audit/break-glass/").status_code == 403
    answer = signed_in(staff).post(f"/audit/break-glass/{row.public_id}/review/", {"note": "Fine."})
    assert answer.status_code == status
    row.refresh_from_db()
    assert row.reviewed_at is None


def test_another_wards_lead_finds_nothing(cast: Cast, stay: Stay) -> None:
    row = break_glass(stay, by=cast.nora, reason=REASON)
    other = person("Otto", "Other", (cast.ward_8c, Role.CHARGE_NURSE))
    assert "Nora North" not in said(read(other, "/audit/break-glass/"))
    assert signed_in(other).post(f"/audit/break-glass/{row.public_id}/review/", {"note": "x"}).status_code == 404
