"""The call to the surgeon is written down: on the result of the check, or on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import SpokenReport
from monitoring.checks.models import Check
from tests.alerts.conftest import Patient
from tests.cast import Cast, on_duty
from tests.desks.alerting import shown, url
from tests.desks.pages import alerting_works, read, said, signed_in, spaced
from wards.models import Post, Staff

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def send(staff: Staff, patient: Patient, **changed: object) -> Response:
    sent = {"idempotency_key": uuid4(), "told": "Sam Stone", "at": "now", "read_back": "yes", **changed}
    return signed_in(staff).post(url(patient.alert, "report/"), sent)


def result_of(patient: Patient) -> str:
    return f"/checks/{Check.objects.filter(stay=patient.stay).latest('examined_at').public_id}/result/"


def test_a_critical_result_has_the_message_the_numbers_and_the_form(cast: Cast, critical: Patient) -> None:
    cast.sam.phone = "ext. 4741"
    cast.sam.save(update_fields=["phone"])
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    page = read(cast.alice, result_of(critical))
    assert page.count('href="tel:4741"') == 2
    text = spaced(page)
    for words in ("This is Alice Ames, calling from Ward 7B.", "has fallen from 5 to 2.", "Save the call"):
        assert words in text
    order = [
        text.index(part) for part in ("CRITICAL", "Do now", "Whom to call", "Read this out", "Write down the call")
    ]
    assert order == sorted(order)
    assert page.count("<details") == page.count(" open>") == 3


def test_without_a_surgeon_on_call_or_a_number_it_says_so(cast: Cast, critical: Patient) -> None:
    text = spaced(read(cast.alice, result_of(critical)))
    assert "NOBODY is on the rota: surgeon on call" in text
    assert "NO SURGEON’S NUMBER IS RECORDED HERE. Ask the switchboard." in text
    assert "no number recorded" in text


def test_at_concern_the_message_is_folded_and_at_stable_there_is_none(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=3)
    page = read(cast.alice, result_of(patient))
    assert "Read this out" in said(page)
    assert " open>" not in page
    patient.checked(1)
    assert "Read this out" not in said(read(cast.alice, result_of(patient)))


def test_the_form_is_kept_when_the_page_refreshes_itself(cast: Cast, critical: Patient) -> None:
    answer = signed_in(cast.alice).get(result_of(critical), headers={"HX-Request": "true"}).content.decode()
    assert f'id="report-{critical.alert.public_id}" hx-preserve' in answer


def test_the_call_is_kept_and_one_is_back_on_the_result(cast: Cast, critical: Patient) -> None:
    result = result_of(critical)
    answer = send(cast.alice, critical, check=result.split("/")[2], note="comes at once")
    assert answer["Location"] == result
    text = spaced(read(cast.alice, result))
    assert "Told by phone ✓✓ Sam Stone ," in text
    assert "comes at once" in text
    assert "Write down another call" in text


def test_from_the_alerts_page_one_comes_back_to_it_and_it_stands_on_its_timeline(cast: Cast, critical: Patient) -> None:
    assert "I told a surgeon…" in shown(cast.alice, critical.alert)
    assert send(cast.alice, critical, read_back="no")["Location"] == url(critical.alert)
    text = shown(cast.alice, critical.alert)
    assert "Sam Stone told by phone at" in text
    assert "NOT read back, recorded by Alice Ames" in text


def test_sent_twice_it_is_one_call(cast: Cast, critical: Patient) -> None:
    key = uuid4()
    assert [send(cast.alice, critical, idempotency_key=key).status_code for _ in range(2)] == [302, 302]
    assert SpokenReport.objects.count() == 1


@pytest.mark.parametrize("field", ["told", "at", "read_back"])
def test_nothing_is_chosen_for_the_nurse_and_what_is_missing_is_asked_for(
    cast: Cast, critical: Patient, field: str
) -> None:
    assert " checked" not in read(cast.alice, url(critical.alert, "report/")).split("<main")[1]
    answer = send(cast.alice, critical, **{field: "", "note": "comes at once"})
    assert answer.status_code == 422
    assert "comes at once" in answer.content.decode()
    assert not SpokenReport.objects.exists()


def test_somebody_else_is_named_in_words(cast: Cast, critical: Patient) -> None:
    assert send(cast.alice, critical, told="?").status_code == 422
    assert send(cast.alice, critical, told="Sam Stone", other="Dr Vance").status_code == 422
    assert send(cast.alice, critical, told="?", other=" Dr Vance ").status_code == 302
    assert SpokenReport.objects.get().told == "Dr Vance"


def test_a_surgeon_whose_duty_ended_meanwhile_is_still_who_was_told(cast: Cast, critical: Patient) -> None:
    answer = send(cast.alice, critical, told="Tess Tiller", read_back="")
    assert 'value="Tess Tiller"' in answer.content.decode()
    assert send(cast.alice, critical, told="Tess Tiller").status_code == 302


def test_it_does_not_matter_that_the_alert_changed_meanwhile(cast: Cast, critical: Patient) -> None:
    page = read(cast.alice, url(critical.alert, "report/"))
    steps.accept(critical.alert, by=cast.sam, revision=critical.alert.revision)
    assert "Save" in said(page)
    assert send(cast.alice, critical).status_code == 302


@pytest.mark.parametrize(("who", "status"), [("adam", 404), ("nora", 404), ("sue", 404)])
def test_who_may_not_see_the_alert_finds_no_form(cast: Cast, critical: Patient, who: str, status: int) -> None:
    assert send(getattr(cast, who), critical).status_code == status
    assert not SpokenReport.objects.exists()


def test_ones_own_number_is_set_where_one_is_reached(cast: Cast) -> None:
    client = signed_in(cast.sam)
    assert "none recorded" in said(read(cast.sam, "/me/channels/"))
    assert client.post("/me/phone/", {"phone": "call me"}).status_code == 422
    assert client.post("/me/phone/", {"phone": "ext. 4741"})["Location"] == "/me/channels/"
    assert "colleagues phone me: ext. 4741" in said(read(cast.sam, "/me/channels/"))


def test_a_wards_numbers_are_set_by_who_leads_it(cast: Cast) -> None:
    numbers = {"phone": "1700", "surgeon_phone": "4700"}
    assert signed_in(cast.alice).post("/wards/7b/numbers/", numbers).status_code == 403
    assert signed_in(cast.nora).post("/wards/7b/numbers/", numbers).status_code == 404
    assert signed_in(cast.carol).post("/wards/7b/numbers/", numbers)["Location"] == "/wards/7b/contacts/"
    assert "always finds a surgeon: 4700" in said(read(cast.carol, "/wards/7b/contacts/"))
