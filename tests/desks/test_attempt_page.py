"""The form of a check that could not be done, and what the pages say of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from monitoring.alerts.models import Alert
from monitoring.checks import actions
from monitoring.checks.models import Attempt
from tests.alerts.conftest import Patient
from tests.cast import Cast, ago
from tests.desks.pages import confirmed, read, said, signed_in
from wards.times import zone_of


def posted(**said: str) -> dict[str, str]:
    """What a browser sends: asleep, again in 15 min, tried now."""
    return {
        "idempotency_key": str(uuid4()),
        "reason": "asleep",
        "note": "",
        "next": "15",
        "next_time": "",
        "tried": "now",
        "tried_date": "",
        "tried_time": "",
    } | said


@pytest.fixture
def url(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/attempts/new/"


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def tried(patient: Patient, minutes: float) -> Attempt:
    attempt = actions.record_attempt(
        patient.stay,
        by=patient.cast.alice,
        at=ago(minutes=minutes),
        reason="asleep",
        next_try=timedelta(minutes=15),
        note="",
        key=uuid4(),
    )
    patient.assess()
    return attempt


def test_the_form_asks_for_everything_but_has_now_as_its_time(cast: Cast, url: str) -> None:
    page = read(cast.alice, url)
    assert page.count(" checked>") == 1
    assert 'value="now" id="id_tried_0" checked' in page


def test_two_taps_and_save_store_it_once_however_often_it_is_sent(alice: Client, patient: Patient, url: str) -> None:
    form = posted()
    for _ in range(3):
        assert alice.post(url, form).headers["Location"] == f"/stays/{patient.stay.public_id}/"
    attempt = Attempt.objects.get()
    assert (attempt.reason, attempt.recorded_by) == ("asleep", patient.cast.alice)


def test_the_page_after_it_says_when_the_next_try_is(alice: Client, patient: Patient, url: str) -> None:
    page = said(alice.post(url, posted(), follow=True).content.decode())
    time = Attempt.objects.get().next_try_at.astimezone(zone_of(patient.stay.ward))
    assert "Saved: the check could not be done (asleep). Next try:" in page
    assert f"{time:%H:%M}." in page
    assert "the charge nurse is called" not in page


def test_the_second_in_a_row_says_that_the_charge_nurse_is_called(alice: Client, patient: Patient, url: str) -> None:
    tried(patient, 20)
    assert "Not the first time in a row" in said(alice.get(url).content.decode())
    page = said(alice.post(url, posted(), follow=True).content.decode())
    assert "not the first time in a row: the charge nurse is called" in page


def test_a_typed_next_try_is_the_first_such_time_after_the_try(alice: Client, patient: Patient, url: str) -> None:
    zone = zone_of(patient.stay.ward)
    for minutes, days in ((30, 0), (-30, 1)):
        expected = ago(minutes=-minutes)
        alice.post(url, posted(next="at", next_time=f"{expected.astimezone(zone):%H:%M}"))
        assert Attempt.objects.latest("pk").next_try_at == expected + timedelta(days=days)


def test_what_is_missing_is_said_beside_its_field(alice: Client, url: str) -> None:
    answer = alice.post(url, posted(reason="", next="", tried=""))
    text = said(answer.content.decode())
    assert answer.status_code == 422
    for message in ("Say why.", "Say when it is tried again.", "Say when."):
        assert message in text
    assert "Give the time of the next try." in said(alice.post(url, posted(next="at")).content.decode())
    assert "Say in a few words" in said(alice.post(url, posted(reason="other")).content.decode())
    assert "typed a time as well" in said(alice.post(url, posted(next_time="03:30")).content.decode())
    assert not Attempt.objects.exists()


def test_it_is_taken_back_and_the_alert_with_it(alice: Client, patient: Patient) -> None:
    tried(patient, 30)
    attempt = tried(patient, 10)
    address = f"/attempts/{attempt.public_id}/retract/"
    page = said(alice.get(address).content.decode())
    assert "The alert “check could not be done” is closed: the entries were taken back." in page
    assert confirmed(alice, address, {"reason": "wrong patient"}).status_code == 302
    attempt.refresh_from_db()
    assert attempt.retraction_reason == "wrong patient"


def test_the_alert_says_what_was_tried_and_that_the_check_is_to_be_done(cast: Cast, patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    alert = Alert.objects.get(kind=Alert.Kind.NOT_DONE)
    for address in (f"/alerts/{alert.public_id}/", "/alerts/", f"/stays/{patient.stay.public_id}/"):
        page = said(read(cast.carol, address)).lower()
        assert "check could not be done" in page, address
    page = said(read(cast.carol, f"/alerts/{alert.public_id}/"))
    assert "Could not be done, twice in a row" in page
    assert page.count("asleep, Alice Ames. Next try") == 2
    assert "Do the check now" in page
    assert "surgeon" not in page.split("What was found")[1].split("Timeline")[0].lower()


def test_only_who_may_record_checks_reaches_the_form(cast: Cast, patient: Patient, url: str) -> None:
    attempt = tried(patient, 30)
    for somebody, status in ((cast.nora, 404), (cast.adam, 403)):
        for address in (url, f"/attempts/{attempt.public_id}/retract/"):
            assert signed_in(somebody).get(address).status_code == status
            assert signed_in(somebody).post(address, posted()).status_code == status
