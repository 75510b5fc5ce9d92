"""The check form: what it shows, what it stores, how it is answered."""

from __future__ import annotations

import base64
import re
from uuid import uuid4

import pytest
from django.test import Client

from monitoring.checks.forms import CheckForm
from monitoring.checks.models import Check, Untested, column
from monitoring.desks.nurse.check_fields import check_fields
from monitoring.desks.nurse.drafts import draft_key
from monitoring.protocol import MUSCLES
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.checks.examples import posted
from tests.desks.pages import alerting_works, confirmed, queries_of, read, said, signed_in
from wards.models import Staff, Ward


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def url(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/checks/new/"


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def inputs(page: str) -> list[str]:
    return re.findall(r"<input[^>]*>", page)


def test_nothing_is_filled_in(cast: Cast, url: str) -> None:
    """Not the grade of the last check, not "no" to a red flag, not "now"."""
    page = read(cast.alice, url)
    assert len([tag for tag in inputs(page) if 'type="radio"' in tag]) > 100
    assert [tag for tag in inputs(page) if " checked" in tag] == []


def test_every_grade_button_says_side_muscle_and_grade(cast: Cast, url: str) -> None:
    page = read(cast.alice, url)
    for name, label in (
        ("l4_left", "Left, L4 ankle up"),
        ("l2_right", "Right, L2 hip up"),
        ("s1_left", "Left, S1 ankle down"),
    ):
        for grade in range(6):
            assert f'name="{name}" value="{grade}" id="id_{name}_{grade}" aria-label="{label}, grade {grade}"' in page


def test_the_sides_stand_as_one_faces_the_patient(cast: Cast, url: str) -> None:
    page = read(cast.alice, url)
    assert "Patient’s RIGHT as you face the patient Patient’s LEFT" in said(page)
    boxes = re.findall(r'data-muscle="(\w+)"', page)
    assert boxes[:4] == ["l2_right", "l2_left", "l3_right", "l3_left"]
    assert len(boxes) == 10


def test_the_mrc_grades_are_defined_on_the_page(cast: Cast, url: str) -> None:
    page = read(cast.alice, url)
    assert '<dd data-mrc="2">active movement, gravity eliminated</dd>' in page
    assert len(re.findall(r"data-mrc=", page)) == 6


def test_the_page_says_when_the_last_check_was_and_not_what_it_found(cast: Cast, patient: Patient, url: str) -> None:
    patient.check(10, L4_left=3)
    words = said(read(cast.alice, url))
    assert re.search(r"Last check .*\d\d:\d\d \(.* ago\)", words)


def test_what_could_not_be_done_is_one_tap_away(cast: Cast, patient: Patient, url: str) -> None:
    assert f'href="/stays/{patient.stay.public_id}/attempts/new/"' in read(cast.alice, url)


def test_a_draft_is_kept_apart_and_under_another_key_for_each_person(cast: Cast, url: str) -> None:
    mine, hers = ([*re.findall(r'data-draft(?:-key)?="([^"]+)"', read(who, url))] for who in (cast.alice, cast.carol))
    assert len(mine) == len(hers) == 2
    assert not set(mine) & set(hers)
    assert len(base64.b64decode(mine[1])) == 32


def test_a_persons_key_is_the_same_in_the_next_session(cast: Cast) -> None:
    assert draft_key(cast.alice) == draft_key(Staff.objects.get(pk=cast.alice.pk))


def test_the_fields_need_no_patient() -> None:
    """The page that works offline shows them without one."""
    form = CheckForm(ward=Ward(pk=0, time_zone="UTC"), by=Staff(pk=0))
    fields = check_fields(form)
    assert [len(row.boxes) for row in fields["rows"]] == [2] * 5
    assert [one.words for one in fields["questions"]] == ["Saddle numbness?", "New bladder or bowel trouble?"]


def test_every_reason_for_no_grade_can_be_chosen(cast: Cast, url: str) -> None:
    page = read(cast.alice, url)
    for reason in Untested.values:
        assert f'name="l5_right" value="{reason}"' in page


def test_the_previous_grades_are_in_the_page_as_data_alone(cast: Cast, patient: Patient, url: str) -> None:
    patient.check(10, L4_left=3)
    page = read(cast.alice, url)
    data = re.search(r'<script id="previous-grades" type="application/json">(.*?)</script>', page)
    assert data
    assert '"l4_left": {"grade": 3' in data.group(1)
    assert "was 3" not in page


def test_a_retracted_grade_is_nobodys_previous_one(cast: Cast, patient: Patient, url: str) -> None:
    patient.retract(patient.check(10, L4_left=3))
    assert '"l4_left": {"grade": 5' in read(cast.alice, url)


def test_a_check_is_stored_and_answered_with_its_result(alice: Client, patient: Patient, url: str) -> None:
    answer = alice.post(url, posted(l4_left="0", pain="0", note="cannot lift the foot"))
    check = Check.objects.latest("pk")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/checks/{check.public_id}/result/")
    assert (check.l4_left, check.l4_right, check.pain, check.note) == (0, 5, 0, "cannot lift the foot")
    assert check.recorded_by == patient.cast.alice


def test_sent_five_times_it_is_stored_once_and_answered_the_same(alice: Client, url: str) -> None:
    form = posted()
    before = Check.objects.count()
    answers = {alice.post(url, form).headers["Location"] for _ in range(5)}
    assert len(answers) == 1
    assert Check.objects.count() == before + 1


def test_a_muscle_that_could_not_be_tested_is_stored_with_its_reason(alice: Client, url: str) -> None:
    alice.post(url, posted(l4_left="block", s1_right="amputation"))
    check = Check.objects.latest("pk")
    assert (check.l4_left, check.l4_left_untested) == (None, Untested.BLOCK)
    assert (check.s1_right, check.s1_right_untested) == (None, Untested.AMPUTATION)


def test_what_was_left_out_is_stored_as_left_out_once_that_is_said(alice: Client, url: str) -> None:
    left_out = {column(muscle): "" for muscle in MUSCLES if muscle.myotome != "L4"}
    alice.post(url, posted(**left_out, bladder_bowel="", partial="on"))
    check = Check.objects.latest("pk")
    assert (check.l4_left, check.l2_left, check.l2_left_untested, check.bladder_bowel) == (5, None, "", "")


def test_the_form_asks_as_many_queries_after_fifty_checks_as_after_one(cast: Cast, patient: Patient, url: str) -> None:
    few = queries_of(lambda: read(cast.alice, url))
    for minutes in range(1, 30):
        patient.check(minutes)
    assert queries_of(lambda: read(cast.alice, url)) == few


def test_a_form_shown_again_keeps_its_key(alice: Client, url: str) -> None:
    key = str(uuid4())
    page = alice.post(url, posted(idempotency_key=key, l2_left="")).content.decode()
    assert f'value="{key}"' in page


def test_a_correction_begins_with_what_was_recorded(cast: Cast, patient: Patient) -> None:
    check = patient.check(10, L4_left=1)
    page = read(cast.alice, f"/checks/{check.public_id}/correct/")
    assert 'name="l4_left" value="1" id="id_l4_left_1" aria-label="Left, L4 ankle up, grade 1" checked' in page
    assert "as recorded" in page


def test_a_correction_replaces_the_check_and_keeps_it(alice: Client, patient: Patient) -> None:
    check = patient.check(10, L4_left=1)
    form = posted(examined="same", l4_left="4", reason="left and right mixed up")
    answer = confirmed(alice, f"/checks/{check.public_id}/correct/", form)
    new = Check.objects.get(supersedes=check)
    assert answer.headers["Location"] == f"/checks/{new.public_id}/result/"
    assert (new.l4_left, new.examined_at) == (4, check.examined_at)


def test_a_check_is_taken_back_with_a_reason(alice: Client, patient: Patient) -> None:
    check = patient.check(10, L4_left=1)
    answer = confirmed(alice, f"/checks/{check.public_id}/retract/", {"reason": "another patient"})
    assert answer.headers["Location"] == f"/stays/{patient.stay.public_id}/"
    check.refresh_from_db()
    assert check.retraction_reason == "another patient"
