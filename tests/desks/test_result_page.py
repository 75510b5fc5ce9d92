"""What a check means: the page after it was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.checks.models import Check
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.desks.pages import alerting_works, read, said, signed_in, spaced


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def result(cast: Cast, check: Check) -> str:
    return spaced(read(cast.alice, f"/checks/{check.public_id}/result/"))


def test_a_critical_result_cannot_be_mistaken(cast: Cast, patient: Patient) -> None:
    text = result(cast, patient.checked(1, L4_left=1))
    for words in (
        "▲ CRITICAL L4 left 5 → 1",
        "Do now, in this order Phone the surgeon now: Sam Stone Image now and explore",
        "Fallen to grade 0 or 1 (protocol §4.1)",
        "Next check in 2",
    ):
        assert words in text


def test_paralysis_is_said_as_0(cast: Cast, patient: Patient) -> None:
    assert "L4 left 5 → 0" in result(cast, patient.checked(1, L4_left=0))


def test_a_red_flag_is_said_in_words(cast: Cast, patient: Patient) -> None:
    text = result(cast, patient.checked(1, flag="saddle_anaesthesia"))
    assert "CRITICAL Saddle numbness: yes" in text
    assert "Urgent imaging" in text


def test_a_stable_result_never_says_safe(cast: Cast, patient: Patient) -> None:
    text = result(cast, patient.checked(1))
    assert "stable No muscle is below its reference" in text
    assert "safe" not in text.lower()


def test_until_it_is_assessed_the_old_level_is_not_shown_as_the_new(cast: Cast, patient: Patient) -> None:
    check = patient.check(1, L4_left=1)
    page = read(cast.alice, f"/checks/{check.public_id}/result/")
    assert "Being assessed…" in said(page)
    assert "chip" not in page.split('id="result"')[1]
    assert "load delay:" in page


def test_once_assessed_it_stops_asking(cast: Cast, patient: Patient) -> None:
    check = patient.checked(1)
    assert "load delay:" not in read(cast.alice, f"/checks/{check.public_id}/result/")


def test_an_assessment_that_does_not_come_is_told_after_5_seconds(cast: Cast, patient: Patient) -> None:
    check = patient.check(1, L4_left=1)
    Watch.objects.filter(stay=patient.stay).update(assess_at=now() - timedelta(seconds=6))
    text = result(cast, check)
    assert "NOT ASSESSED. PHONE THE SURGEON" in text
    assert "ward phone 1700" in text
    assert "Being assessed" not in text


def test_a_failing_assessment_is_told_at_once(cast: Cast, patient: Patient) -> None:
    check = patient.check(1, L4_left=1)
    Watch.objects.filter(stay=patient.stay).update(failing_since=now())
    assert "Being assessed" not in result(cast, check)


def test_htmx_gets_the_inside_alone(cast: Cast, patient: Patient) -> None:
    check = patient.checked(1, L4_left=1)
    answer = signed_in(cast.alice).get(f"/checks/{check.public_id}/result/", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "CRITICAL" in page
    assert "<html" not in page


def test_the_result_of_a_retracted_check_says_that_it_counts_no_more(cast: Cast, patient: Patient) -> None:
    check = patient.checked(1, L4_left=1)
    patient.retract(check)
    patient.assess()
    assert "This check no longer counts. It was retracted" in result(cast, check)


def test_another_wards_result_is_not_found(cast: Cast, patient: Patient) -> None:
    check = patient.checked(1, L4_left=1)
    assert signed_in(cast.nora).get(f"/checks/{check.public_id}/result/").status_code == 404
