"""A screen that nobody touches locks, whatever the browser does; and how one gets back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from monitoring.audit.models import AuditEntry
from monitoring.desks.common import lock
from monitoring.due.clock import now
from tests.alerts.conftest import Patient
from tests.cast import PASSWORD, Cast, admit_patient
from tests.desks.pages import alerting_works, said, signed_in
from wards import pins
from wards.models import Staff

BOARD = "/wards/7b/"
LOCKED = "/locked/?next=%2Fwards%2F7b%2F"
PIN = "4719"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def alice(cast: Cast) -> Client:
    """At her board, with a PIN."""
    pins.set_pin(by=cast.alice, pin=PIN)
    client = signed_in(cast.alice)
    client.get(BOARD)
    return client


def leave_alone(client: Client, **duration: float) -> None:
    """As if nobody had touched the screen for so long."""
    session = client.session
    session[lock.TOUCHED] = (now() - timedelta(**duration)).isoformat()
    session.save()


def touched(client: Client) -> str | None:
    found = client.session.get(lock.TOUCHED)
    assert found is None or isinstance(found, str)
    return found


def is_locked(client: Client) -> bool:
    """Asked as a fragment asks, which is no touch."""
    return client.get(BOARD, headers={"HX-Request": "true"}).status_code == 403


# --- When it locks ----------------------------------------------------------------------------------------------------


def test_a_fresh_session_is_open(alice: Client) -> None:
    assert alice.get(BOARD).status_code == 200


@pytest.mark.parametrize(("minutes", "expected"), [(2.9, False), (3.0, True), (60.0, True)])
def test_after_three_minutes_without_a_touch_a_page_leads_to_the_lock(
    alice: Client, minutes: float, expected: bool
) -> None:
    leave_alone(alice, minutes=minutes)
    response = alice.get(BOARD)
    assert (response.status_code == 302) is expected
    assert response.get("Location", LOCKED) == LOCKED


def test_the_strictest_of_ones_wards_counts(cast: Cast) -> None:
    for ward, minutes in ((cast.ward_7b, 5), (cast.ward_8c, 2)):
        ward.locks_after = minutes
        ward.save(update_fields=["locks_after"])
    adam, alice = signed_in(cast.adam), signed_in(cast.alice)
    for client in (adam, alice):
        leave_alone(client, minutes=3)
    assert (is_locked(adam), is_locked(alice)) == (True, False)


def test_a_session_that_was_never_touched_counts_from_the_signing_in(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert touched(client) is None
    assert not is_locked(client)
    Staff.objects.filter(pk=cast.alice.pk).update(last_login=now() - timedelta(minutes=4))
    assert is_locked(client)


def test_a_page_that_somebody_opens_is_a_touch(alice: Client) -> None:
    leave_alone(alice, minutes=2)
    alice.get(BOARD)
    leave_alone_since = touched(alice)
    assert leave_alone_since is not None
    assert leave_alone_since > (now() - timedelta(seconds=5)).isoformat()


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (BOARD, {"HX-Request": "true"}),
        ("/me/calls/", {"HX-Request": "true"}),
        (BOARD, {"Accept": "*/*"}),
        ("/health/", {}),
        ("/locked/?state", {}),
    ],
)
def test_what_a_page_fetches_by_itself_is_no_touch(alice: Client, url: str, headers: dict[str, str]) -> None:
    leave_alone(alice, minutes=2)
    before = touched(alice)
    alice.get(url, headers=headers)
    assert touched(alice) == before


def test_a_page_says_that_somebody_touches_it(alice: Client) -> None:
    leave_alone(alice, minutes=2)
    assert alice.post("/me/touch/", headers={"Accept": "*/*"}).status_code == 204
    leave_alone_since = touched(alice)
    assert leave_alone_since is not None
    assert leave_alone_since > (now() - timedelta(seconds=5)).isoformat()


def test_a_touch_that_comes_too_late_opens_nothing(alice: Client) -> None:
    leave_alone(alice, minutes=4)
    response = alice.post("/me/touch/", headers={"Accept": "*/*"})
    assert (response.status_code, response["HX-Redirect"]) == (403, "/locked/?next=%2F")
    assert is_locked(alice)


def test_a_touch_that_began_before_the_lock_does_not_undo_it(alice: Client) -> None:
    slow = alice.session  # read before
    assert slow.get(lock.LOCKED) is None
    lock.lock(alice.session)
    lock.touch(slow)
    assert is_locked(alice)


def test_touching_makes_no_session_live_longer_and_revives_none(alice: Client) -> None:
    before = Session.objects.get().expire_date
    lock.touch(alice.session)
    assert Session.objects.get().expire_date == before
    gone = alice.session
    Session.objects.all().delete()
    lock.touch(gone)
    assert not Session.objects.exists()


def test_a_page_seldom_writes_that_it_was_opened(alice: Client) -> None:
    leave_alone(alice, seconds=10)
    before = touched(alice)
    alice.get(BOARD)
    assert touched(alice) == before


# --- What a locked screen still answers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["/", "/wards/", BOARD, "/alerts/", "/inbox/", "/me/channels/", "/me/pin/", "/nowhere/", "/wards/8c/"]
)
def test_every_page_leads_to_the_lock(alice: Client, url: str) -> None:
    leave_alone(alice, minutes=4)
    response = alice.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/locked/?next=")


def test_a_fragment_and_a_script_are_told_where_to_go(alice: Client) -> None:
    leave_alone(alice, minutes=4)
    for asking in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        headers = asking | {"HX-Current-URL": "http://testserver/wards/7b/?by=bed"}
        response = alice.get("/me/calls/", headers=headers)
        assert response.status_code == 403
        assert response["HX-Redirect"] == "/locked/?next=%2Fwards%2F7b%2F%3Fby%3Dbed"
        assert response.content == b""


def test_a_form_that_is_sent_is_not_taken_and_leads_back_to_its_page(cast: Cast, alice: Client) -> None:
    stay = admit_patient(cast)
    leave_alone(alice, minutes=4)
    form = f"/stays/{stay.public_id}/away/"
    response = alice.post(form, {"place": "imaging"}, headers={"Referer": f"http://testserver{form}"})
    assert response["Location"] == f"/locked/?next={form.replace('/', '%2F')}"
    assert not stay.absences.exists()


@pytest.mark.parametrize("url", ["/health/", "/sign-in/"])
def test_what_needs_no_signing_in_needs_no_unlocking(alice: Client, url: str) -> None:
    leave_alone(alice, minutes=4)
    assert alice.get(url).status_code in {200, 503}


def test_the_locked_page_names_the_person_and_no_patient(critical: Patient, cast: Cast) -> None:
    client = signed_in(cast.alice)
    client.get(BOARD)
    lock.lock(client.session)
    page = client.get(LOCKED).content.decode()
    assert "Locked" in said(page)
    assert "Alice Ames" in said(page)
    assert "Alerting checked" in said(page)
    for secret in (critical.stay.patient.family_name, critical.stay.patient.record_number, critical.stay.bed.label):
        assert secret.lower() not in page.lower()


def test_pages_about_people_are_kept_by_no_cache(alice: Client) -> None:
    for url in ("/", "/wards/", BOARD):
        assert "no-store" in alice.get(url)["Cache-Control"]


def test_a_page_carries_what_its_own_lock_needs(alice: Client) -> None:
    leave_alone(alice, seconds=10)
    page = alice.get(BOARD).content.decode()
    assert 'data-after="180"' in page
    assert 'data-left="170"' in page


# --- By hand ----------------------------------------------------------------------------------------------------------


def test_the_button_locks_at_once_and_keeps_the_way_back(alice: Client) -> None:
    assert alice.post("/lock/", {"next": BOARD})["Location"] == LOCKED
    assert is_locked(alice)


def test_an_idle_page_does_not_lock_somebody_who_is_at_another_tab(alice: Client) -> None:
    leave_alone(alice, seconds=20)
    answer = alice.post("/lock/", {"next": BOARD, "idle": "1"})
    assert answer.json() == {"left": 160}
    assert not is_locked(alice)


def test_an_idle_page_locks_what_nobody_touched(alice: Client) -> None:
    leave_alone(alice, seconds=150)
    assert alice.post("/lock/", {"next": BOARD, "idle": "1"})["Location"] == LOCKED
    assert is_locked(alice)


# --- The way back -----------------------------------------------------------------------------------------------------


def test_the_pin_leads_back_to_where_one_was(alice: Client) -> None:
    lock.lock(alice.session)
    response = alice.post(LOCKED, {"next": BOARD, "pin": PIN})
    assert response["Location"] == BOARD
    assert alice.get(BOARD).status_code == 200


def test_a_script_is_told_the_way_back(alice: Client) -> None:
    lock.lock(alice.session)
    answer = alice.post(LOCKED, {"next": BOARD, "pin": PIN}, headers={"Accept": "application/json, text/html"})
    assert answer.json() == {"next": BOARD}
    assert alice.get(LOCKED + "&state", headers={"Accept": "application/json"}).json() == {"next": BOARD}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "http://testserver//elsewhere.example/",
        "/locked/",
        "javascript:1",
    ],
)
def test_the_way_back_is_a_page_of_ours(alice: Client, elsewhere: str) -> None:
    lock.lock(alice.session)
    assert alice.post("/locked/", {"next": elsewhere, "pin": PIN})["Location"] == "/"


def test_without_a_pin_the_password_opens(cast: Cast) -> None:
    client = signed_in(cast.alice)
    lock.lock(client.session)
    page = client.get(LOCKED)
    assert 'name="password"' in page.content.decode()
    assert "You have no PIN yet" in said(page.content.decode())
    assert client.post(LOCKED, {"next": BOARD, "password": PASSWORD})["Location"] == BOARD


def test_whoever_forgot_the_pin_may_use_the_password(alice: Client) -> None:
    lock.lock(alice.session)
    assert "Use the password instead" in alice.get(LOCKED).content.decode()
    assert alice.post("/locked/?password", {"next": BOARD, "password": PASSWORD})["Location"] == BOARD


def test_a_wrong_pin_says_how_many_tries_are_left(alice: Client) -> None:
    lock.lock(alice.session)
    for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try"):
        response = alice.post(LOCKED, {"next": BOARD, "pin": "8305"})
        assert response.status_code == 422
        assert f"Wrong PIN. {left}." in said(response.content.decode())
        assert "8305" not in response.content.decode()
    assert is_locked(alice)


def test_five_wrong_pins_end_the_session_and_only_the_password_begins_another(cast: Cast, alice: Client) -> None:
    lock.lock(alice.session)
    for _ in range(4):
        alice.post(LOCKED, {"next": BOARD, "pin": "8305"})
    response = alice.post(LOCKED, {"next": BOARD, "pin": "8305"}, follow=True)
    assert response.request["PATH_INFO"] == "/sign-in/"
    assert "Too many wrong answers" in said(response.content.decode())
    assert "_auth_user_id" not in alice.session
    assert AuditEntry.objects.filter(action="session.ended").count() == 1
    alice.post("/sign-in/", {"username": "alice", "password": PASSWORD, "next": BOARD})
    lock.lock(alice.session)
    assert alice.post(LOCKED, {"next": BOARD, "pin": PIN})["Location"] == BOARD


def test_another_screen_of_the_same_person_is_not_opened_by_pin_either(cast: Cast, alice: Client) -> None:
    other = signed_in(cast.alice)
    lock.lock(other.session)
    lock.lock(alice.session)
    for _ in range(5):
        alice.post(LOCKED, {"next": BOARD, "pin": "8305"})
    other.post(LOCKED, {"next": BOARD, "pin": PIN})
    assert "_auth_user_id" not in other.session


def test_somebody_else_signs_the_first_one_out(alice: Client) -> None:
    lock.lock(alice.session)
    assert alice.post("/sign-out/")["Location"] == "/sign-in/"
    assert "_auth_user_id" not in alice.session


def test_signing_in_again_opens_a_session_that_was_locked(alice: Client) -> None:
    lock.lock(alice.session)
    alice.post("/sign-in/", {"username": "alice", "password": PASSWORD})
    assert not is_locked(alice)


def test_an_open_screen_has_nothing_to_unlock(alice: Client) -> None:
    assert alice.get(LOCKED)["Location"] == BOARD


def test_nobody_in_particular_signs_in_first(db: None) -> None:
    assert Client().get(LOCKED)["Location"].startswith("/sign-in/")


# --- Setting a PIN ----------------------------------------------------------------------------------------------------


def set_pin(client: Client, **said: str) -> tuple[int, str]:
    response = client.post("/me/pin/", {"pin": PIN, "again": PIN, "password": PASSWORD} | said)
    return response.status_code, response.content.decode()


def test_a_pin_is_offered_after_signing_in_until_there_is_one(cast: Cast) -> None:
    for offered in (True, False):
        response = Client().post("/sign-in/", {"username": "alice", "password": PASSWORD}, follow=True)
        assert ("Set a PIN" in response.content.decode()) is offered
        pins.set_pin(by=cast.alice, pin=PIN)


def test_ones_own_pin_is_set_with_the_password(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert set_pin(client)[0] == 302
    lock.lock(client.session)
    assert client.post(LOCKED, {"next": BOARD, "pin": PIN})["Location"] == BOARD


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pin": "1234", "again": "1234"}, "Too easy to guess"),
        ({"pin": "12", "again": "12"}, "4 to 8 digits, and nothing else."),
        ({"again": "4718"}, "The two PINs differ."),
        ({"password": "wrong"}, "Wrong password. 4 more tries."),
        ({"password": ""}, "Type your password."),
    ],
)
def test_what_is_wrong_with_a_new_pin_stands_beside_its_field(cast: Cast, changes: dict[str, str], words: str) -> None:
    status, page = set_pin(signed_in(cast.alice), **changes)
    assert status == 422
    assert words in said(page)
    cast.alice.refresh_from_db()
    assert cast.alice.pin == ""


def test_a_poor_pin_costs_no_try_of_the_password(cast: Cast) -> None:
    set_pin(signed_in(cast.alice), pin="1234", again="1234", password="wrong")
    assert pins.failures_left(cast.alice) == 5


def test_five_wrong_passwords_end_the_session_here_too(cast: Cast) -> None:
    client = signed_in(cast.alice)
    for _ in range(5):
        set_pin(client, password="wrong")
    assert "_auth_user_id" not in client.session
