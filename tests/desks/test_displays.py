"""The board on the wall: a browser that belongs to nobody, shows one ward, and opens nothing else."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import PASSWORD, Cast, admit_patient
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards.displays import end_display, hide_names
from wards.models import Absence, Display, Ward

PLACE = "/wards/7b/displays/"
WALL = "/display/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def screen(cast: Cast, name: str = "nurses' station") -> Client:
    """A browser that Carol has made the ward's display."""
    client = signed_in(cast.carol)
    response = client.post(PLACE, {"name": name})
    assert response.status_code == 302
    assert response["Location"] == WALL
    return client


def page(client: Client) -> str:
    response = client.get(WALL)
    assert response.status_code == 200
    return response.content.decode()


def test_whoever_makes_the_display_is_signed_out_on_it(cast: Cast) -> None:
    client = signed_in(cast.carol)
    before = client.session.session_key
    client.post(PLACE, {"name": "corridor"})
    assert "_auth_user_id" not in client.session
    assert not Session.objects.filter(session_key=before).exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "display.made",
        "sign_out.succeeded",
    ]


def test_it_lasts_much_longer_than_a_shift_and_begins_anew_with_every_load(cast: Cast) -> None:
    client = screen(cast)
    del client.cookies["display"]["max-age"]
    page(client)
    cookie = client.cookies["display"]
    assert cookie["max-age"] == 365 * 24 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_last_request_of_the_person_does_not_undo_it(cast: Cast, patient: Patient) -> None:
    client = signed_in(cast.carol)
    of_the_person = client.cookies["sessionid"].value
    client.post(PLACE, {"name": "corridor"})
    client.cookies["sessionid"] = of_the_person
    assert client.get("/me/calls/").status_code == 302  # answers that the browser shall forget the session
    assert "7B-1" in said(page(client))


def test_a_cookie_that_was_made_up_opens_nothing(cast: Cast) -> None:
    screen(cast)
    client = Client()
    for made_up in (str(Display.objects.get().public_id), "x", f"{Display.objects.get().public_id}:a:b"):
        client.cookies["display"] = made_up
        assert client.get(WALL).status_code == 302


def test_it_shows_bed_day_level_worst_muscle_next_check_and_alert_and_no_name(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    source = page(screen(cast))
    text = said(source)
    assert re.search(r"bed 7B-1 day 1 critical L4 left 5 → 2 critical alert since \S+ \S* ?· nobody is on it", text)
    assert re.search(r"check (in|overdue) \d+ min", text)
    assert "Alerting checked" in text
    assert "as of" in text
    for name in (patient.stay.patient.family_name.upper(), patient.stay.patient.record_number):
        assert name not in source


def test_it_shows_names_where_the_ward_says_so(cast: Cast, patient: Patient) -> None:
    client = screen(cast)
    name = patient.stay.patient.display_name
    assert name not in page(client)
    hide_names(cast.ward_7b, by=cast.carol, hidden=False)
    assert name in page(client)


def test_absences_and_the_unwatched_are_on_it(cast: Cast, patient: Patient) -> None:
    admit_patient(cast, bed=cast.beds[1])
    Absence.objects.create(stay=patient.stay, place="theatre", left_at=now(), recorded_by=cast.alice)
    text = said(page(screen(cast)))
    assert "in theatre since" in text
    assert "not yet assessed" in text


def test_there_is_nothing_to_press(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    source = page(screen(cast))
    assert not re.search(r"<(a|button|form|input|select)\b", source)
    assert " style=" not in source
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)


@pytest.mark.parametrize(
    "url", ["/", "/wards/7b/", "/wards/", "/alerts/", "/inbox/", "/rota/", "/me/calls/", "/me/channels/", PLACE]
)
def test_every_other_page_asks_who_is_there(cast: Cast, url: str) -> None:
    response = screen(cast).get(url)
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]


def test_nor_can_it_write(cast: Cast, patient: Patient) -> None:
    client = screen(cast)
    response = client.post(f"/stays/{patient.stay.public_id}/away/", {"step": "leave", "place": "theatre", "at": "now"})
    assert "/sign-in/" in response["Location"]
    assert not Absence.objects.exists()


def test_a_refresh_gets_the_beds_alone_with_the_servers_time(cast: Cast, patient: Patient) -> None:
    response = screen(cast).get(WALL, headers={"HX-Request": "true"})
    fragment = response.content.decode()
    assert "<html" not in fragment
    assert 'data-now="' in fragment
    assert "no-store" in response["Cache-Control"]


def test_an_ended_display_says_so_and_an_open_one_loads_that_page(cast: Cast, patient: Patient) -> None:
    client = screen(cast, "corridor")
    end_display(Display.objects.get(), by=cast.adam)
    assert client.get(WALL, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    text = said(page(client))
    assert "This display was ended" in text
    assert "Adam Abbot ended “corridor”" in text
    assert "7B-1" not in text


def test_signing_in_on_it_is_for_a_shift_and_after_it_the_board_is_back(cast: Cast) -> None:
    client = screen(cast)
    client.post("/sign-in/", {"username": "alice", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.alice.pk)
    assert client.session.get_expiry_age() <= 12 * 60 * 60
    client.post("/sign-out/")
    assert "Ward 7B" in said(page(client))


def test_who_has_no_display_is_sent_home(cast: Cast) -> None:
    assert signed_in(cast.carol).get(WALL)["Location"] == "/"
    assert Client().get(WALL)["Location"] == "/"


def test_the_list_names_those_that_run_and_ends_them(cast: Cast) -> None:
    screen(cast, "corridor")
    display = Display.objects.get()
    text = said(read(cast.adam, PLACE))
    assert "corridor" in text
    assert "made by Carol Chase" in text
    client = signed_in(cast.adam)
    response = client.post(f"/displays/{display.public_id}/end/", follow=True)
    text = said(response.content.decode())
    assert "Ended. “corridor” shows the board no more." in text
    assert "No display is running." in text


def test_names_are_shown_and_hidden_from_the_page(cast: Cast) -> None:
    client = signed_in(cast.carol)
    shown = client.post(f"{PLACE}names/", {"names": "shown"}, follow=True)
    assert "The displays show the patients’ names." in said(shown.content.decode())
    assert not Ward.objects.get(code="7b").hides_names
    client.post(f"{PLACE}names/", {"names": "hidden"})
    assert Ward.objects.get(code="7b").hides_names
    nothing = client.post(f"{PLACE}names/", {}, follow=True)
    assert "Nothing was stored." in said(nothing.content.decode())


def test_a_display_without_a_name_is_refused_and_nobody_signed_out(cast: Cast) -> None:
    client = signed_in(cast.carol)
    response = client.post(PLACE, {"name": " "})
    assert response.status_code == 422
    assert "Say where it hangs." in said(response.content.decode())
    assert "_auth_user_id" in client.session
    assert not Display.objects.exists()


def test_only_leads_of_the_ward_reach_the_page(cast: Cast) -> None:
    screen(cast, "corridor")
    display = Display.objects.get()
    for staff, status in ((cast.alice, 403), (cast.sam, 403), (cast.nora, 404)):
        client = signed_in(staff)
        assert client.get(PLACE).status_code == status
        assert client.post(PLACE, {"name": "mine"}).status_code == status
        assert client.post(f"{PLACE}names/", {"names": "shown"}).status_code == status
        assert client.post(f"/displays/{display.public_id}/end/").status_code == status
    assert Display.objects.filter(ended_at=None).count() == 1


def test_many_beds_cost_the_wall_as_many_queries_as_one(cast: Cast) -> None:
    client = screen(cast)
    watched_patient(cast, cast.beds[0]).checked(10, L4_left=1)
    few = queries_of(lambda: page(client))
    for bed in cast.beds[1:4]:
        watched_patient(cast, bed).checked(10, L4_left=1)
    assert queries_of(lambda: page(client)) == few
