"""The board: what a nurse sees of her ward at three in the morning."""

from __future__ import annotations

import re
from typing import Any

import pytest

from monitoring.alerts.actions import assess_stay
from monitoring.desks.nurse.queries import board
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, new_patient
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards.models import Bed

BOARD = "/wards/7b/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def shown(cast: Cast, url: str = BOARD) -> str:
    return said(read(cast.alice, url))


def card(cast: Cast, patient: Patient) -> str:
    page = read(cast.alice, BOARD)
    found = re.search(rf'<article[^>]*id="bed-{patient.stay.public_id}".*?</article>', page, re.S)
    assert found
    return found.group()


def test_a_stable_patient_shows_the_motor_score_and_the_next_check(cast: Cast, patient: Patient) -> None:
    text = said(card(cast, patient))
    assert "stable LEMS 50/50" in text
    assert "check overdue" in text or "check in" in text


def test_the_worst_muscle_stands_in_large_figures(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2, L5_left=4)
    text = said(card(cast, patient))
    assert "critical L4 left 5 → 2 and 1 more" in text
    assert "Tell the surgeon, start conservative treatment, re-examine by" in text
    assert "nobody is on it" in text


def test_paralysis_is_shown_as_0(cast: Cast, patient: Patient) -> None:
    patient.checked(10, S1_right=0)
    assert "S1 right 5 → 0" in said(card(cast, patient))


def test_a_card_keeps_the_colour_of_its_open_alert_when_the_leg_is_better(cast: Cast, patient: Patient) -> None:
    patient.checked(90, L4_left=1)
    patient.checked(50)
    patient.checked(10)
    page = card(cast, patient)
    assert "bed level-critical" in page
    assert "stable" in said(page)
    assert "better since" in said(page)
    assert "Image now and explore" in said(page)


def test_an_overdue_check_is_loud(cast: Cast, patient: Patient) -> None:
    patient.clock_comes()
    page = card(cast, patient)
    assert "is-late" in page
    assert re.search(r'class="due overdue">overdue \d', page)


def test_a_patient_with_no_operation_is_not_watched(cast: Cast) -> None:
    stay = admit_patient(cast)
    assess_stay(stay.pk)
    assert "not watched: no operation recorded" in shown(cast)
    assert "0 watched · 1 not watched" in shown(cast)


def test_who_is_not_yet_assessed_is_not_called_stable(cast: Cast) -> None:
    admit_patient(cast)
    text = shown(cast)
    assert "not yet assessed" in text
    assert "stable" not in text


def test_a_failed_assessment_is_shown_on_the_card(cast: Cast, patient: Patient) -> None:
    Watch.objects.update(failing_since=now())
    assert "assessment failed since" in said(card(cast, patient))


def test_an_entry_that_is_not_assessed_yet_is_not_passed_over(cast: Cast, patient: Patient) -> None:
    patient.check(10, L4_left=1)
    assert "an entry since then is not assessed yet" in said(card(cast, patient))


def test_the_worst_off_come_first_or_the_beds_in_order(cast: Cast) -> None:
    names = ["Stable", "Watch", "Critical", "Concern"]
    weaker: list[dict[str, Any]] = [{}, {"L4_right": 4}, {"L4_left": 1}, {"L4_left": 3}]
    for bed, fallen in zip(cast.beds, weaker, strict=False):
        watched_patient(cast, bed).checked(5, **fallen)
    page, by_bed = read(cast.alice, BOARD), read(cast.alice, f"{BOARD}?by=bed")
    order = re.findall(r'class="card bed level-(\w+)', page)
    assert order == ["critical", "concern", "watch", "stable"]
    assert re.findall(r'class="card bed level-(\w+)', by_bed) == [name.lower() for name in names]


def test_a_name_in_any_script_and_any_markup_is_shown_as_it_is(cast: Cast) -> None:
    admit_patient(cast, patient=new_patient(family_name="王", given_name="秀英 <b>"))
    assert "王, 秀英 &lt;b&gt;" in read(cast.alice, BOARD)


def test_empty_beds_are_listed(cast: Cast, patient: Patient) -> None:
    assert "5 empty beds: 7B-2 · 7B-3" in shown(cast)


def test_a_refresh_gets_the_cards_alone_with_the_title_and_the_servers_time(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=1)
    response = signed_in(cast.alice).get(BOARD, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert page.lstrip().startswith("<title>(1) Ward 7B")
    assert "<html" not in page
    assert 'data-now="' in page
    assert "no-store" in response["Cache-Control"]


def test_the_administrator_looks_and_cannot_record(cast: Cast, patient: Patient) -> None:
    page = read(cast.adam, BOARD)
    assert "LEMS 50/50" in said(page)
    assert "/checks/new/" not in page
    assert "/admit/" not in page


def test_another_wards_nurse_does_not_see_the_board(cast: Cast) -> None:
    assert signed_in(cast.nora).get(BOARD).status_code == 404


def test_no_style_and_no_script_stands_in_the_page(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=1)
    page = read(cast.alice, BOARD)
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=", page)


def test_forty_beds_cost_as_many_queries_as_three(cast: Cast) -> None:
    beds = Bed.objects.bulk_create(Bed(ward=cast.ward_7b, label=f"X{number:02}") for number in range(40))
    for bed in beds[:3]:
        watched_patient(cast, bed).checked(10, L4_left=1)
    few = queries_of(lambda: board(cast.ward_7b, now=now()))
    few_on_a_page = queries_of(lambda: read(cast.alice, BOARD))
    for bed in beds[3:]:
        watched_patient(cast, bed).checked(10, L4_left=1)
    assert queries_of(lambda: board(cast.ward_7b, now=now())) == few <= 6
    assert queries_of(lambda: read(cast.alice, BOARD)) == few_on_a_page
