"""What the check form refuses: the message beside its field, everything else kept, nothing stored."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from monitoring.checks.models import Check, column
from monitoring.due.clock import now
from monitoring.protocol import MUSCLES
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.checks.examples import posted
from tests.desks.pages import acts, alerting_works, said, signed_in


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def url(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/checks/new/"


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def refused(client: Client, url: str, form: dict[str, str]) -> str:
    """The page that a form is answered with, once it is sure that nothing was stored."""
    before = (Check.objects.count(), acts())
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert (Check.objects.count(), acts()) == before
    return answer.content.decode()


def box(page: str, muscle: str) -> str:
    found = re.search(rf'<fieldset[^>]*id="box_{muscle}".*?</fieldset>', page, re.S)
    assert found
    return found.group()


def test_a_muscle_left_out_has_its_message_beside_it_and_the_rest_is_kept(alice: Client, url: str) -> None:
    page = refused(alice, url, posted(l4_left="", l2_right="3", note="tired"))
    assert "Not recorded" in said("<body>" + box(page, "l4_left"))
    assert "Not recorded" not in box(page, "l2_right")
    assert 'value="3" id="id_l2_right_3" aria-label="Right, L2 hip up, grade 3" checked' in page
    assert "tired</textarea>" in page


def test_the_summary_links_to_each_field_that_is_wrong(alice: Client, url: str) -> None:
    page = refused(alice, url, posted(l4_left="", bladder_bowel=""))
    summary = re.search(r'<div class="notice error errors" role="alert" tabindex="-1" data-focus.*?</div>', page, re.S)
    assert summary
    for target in re.findall(r'href="#([^"]+)"', summary.group()):
        assert f'id="{target}"' in page
    assert "Left, L4 ankle up" in summary.group()
    assert summary.group().count("<a ") == 2


def test_ten_muscles_left_out_are_one_line_of_the_summary(alice: Client, url: str) -> None:
    page = refused(alice, url, posted(**{column(muscle): "" for muscle in MUSCLES}))
    summary = page.split("data-errors>")[1].split("</div>")[0]
    assert (summary.count("<li>"), summary.count("<a ")) == (1, 10)


@pytest.mark.parametrize("grade", ["6", "-1", "4.5", "five", "NT"])
def test_a_grade_outside_0_to_5_is_refused(alice: Client, url: str, grade: str) -> None:
    page = refused(alice, url, posted(l4_left=grade))
    assert "whole number from 0 to 5" in said("<body>" + box(page, "l4_left"))


def test_a_flag_is_never_taken_as_absent(alice: Client, url: str) -> None:
    page = refused(alice, url, posted(saddle_anaesthesia=""))
    assert "Not recorded" in said(page)


def test_the_future_is_refused(alice: Client, url: str, patient: Patient) -> None:
    later = (now() + timedelta(hours=2)).astimezone(ZoneInfo(patient.stay.ward.time_zone))
    form = posted(examined="earlier", examined_date=f"{later:%Y-%m-%d}", examined_time=f"{later:%H:%M}")
    assert "future" in said(refused(alice, url, form))


def test_the_time_of_examination_must_be_said(alice: Client, url: str) -> None:
    assert "Say when" in said(refused(alice, url, posted(examined="")))


def test_a_form_without_its_key_stores_nothing_and_can_be_sent_again(alice: Client, url: str) -> None:
    page = refused(alice, url, posted(idempotency_key=""))
    assert "came without its key" in said(page)
    key = re.search(r'name="idempotency_key" value="([0-9a-f-]{36})"', page)
    assert key
    assert alice.post(url, posted(idempotency_key=key.group(1))).status_code == 302


def test_the_same_key_with_other_grades_is_refused(alice: Client, url: str) -> None:
    key = str(uuid4())
    alice.post(url, posted(idempotency_key=key))
    assert "already saved" in said(refused(alice, url, posted(idempotency_key=key, l4_left="1")))


def test_a_correction_without_a_reason_is_refused(alice: Client, patient: Patient) -> None:
    check = patient.check(10)
    page = refused(alice, f"/checks/{check.public_id}/correct/", posted(examined="same", l4_left="4"))
    assert "Say why" in said(page)


def test_a_stale_correction_is_refused(alice: Client, patient: Patient) -> None:
    check = patient.check(10)
    patient.correct(check, L4_left=4)
    form = posted(examined="same", l4_left="3", reason="typing mistake")
    assert "corrected this entry" in said(refused(alice, f"/checks/{check.public_id}/correct/", form))


def test_a_retraction_without_a_reason_is_refused(alice: Client, patient: Patient) -> None:
    check = patient.check(10)
    assert "Say why" in said(refused(alice, f"/checks/{check.public_id}/retract/", {"reason": " "}))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("who", "status"), [("nora", 404), ("adam", 403), ("nobody", 302)], ids=["another ward", "no clinician", "nobody"]
)
def test_only_the_wards_clinicians_reach_the_forms(
    cast: Cast, patient: Patient, url: str, who: str, status: int, method: str
) -> None:
    check = patient.check(10)
    client = Client() if who == "nobody" else signed_in(getattr(cast, who))
    before = (Check.objects.count(), acts())
    for address in (url, f"/checks/{check.public_id}/correct/", f"/checks/{check.public_id}/retract/"):
        form = posted(examined="same", reason="mixed up") if method == "post" else {}
        assert getattr(client, method)(address, form).status_code == status, address
    assert (Check.objects.count(), acts()) == before


def test_an_unknown_stay_and_an_unknown_check_are_not_found(alice: Client) -> None:
    for address in (
        f"/stays/{uuid4()}/checks/new/",
        f"/checks/{uuid4()}/result/",
        f"/checks/{uuid4()}/correct/",
        f"/checks/{uuid4()}/retract/",
    ):
        assert alice.get(address).status_code == 404
        assert alice.post(address, posted()).status_code in {404, 405}
