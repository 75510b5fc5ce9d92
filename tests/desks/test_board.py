"""The board: what a nurse sees of her ward at three in the morning."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.db.models import Model

from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert
from monitoring.checks.actions import record_treatment
from monitoring.checks.models import Attempt
from monitoring.desks.nurse.board_queries import board
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, allocate, new_patient
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards import absences
from wards.models import Absence, Allocation, Bed, Operation

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


def test_a_running_treatment_counts_down_to_its_reassessment(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    treat(patient, minutes_ago=5)
    page = card(cast, patient)
    assert re.search(r"treatment running since \d\d:\d\d", said(page))
    assert re.search(r"reassessment in \d+ min", said(page))
    due = str(patient.watch.assessment["reassess_due"]) if patient.watch.assessment else ""
    assert page.count(f'<time datetime="{datetime.fromisoformat(due).isoformat()}" data-tick="due"') >= 1


def test_a_reassessment_that_is_overdue_is_loud(cast: Cast, patient: Patient) -> None:
    patient.checked(75, L4_left=2)
    treat(patient, minutes_ago=70)
    assert re.search(r'reassessment <time [^>]*class="due overdue">overdue ', card(cast, patient))


def test_a_check_that_could_not_be_done_is_told_until_one_is(cast: Cast, patient: Patient) -> None:
    tried(patient, 20, reason="asleep")
    text = said(card(cast, patient))
    assert re.search(r"could not be done \d\d:\d\d: asleep, next try", text)
    patient.checked(5)
    assert "could not be done" not in said(card(cast, patient))


def test_of_several_attempts_the_last_is_told_and_another_reason_in_its_words(cast: Cast, patient: Patient) -> None:
    tried(patient, 50, reason="asleep")
    tried(patient, 20, reason="other", note="family visit")
    text = said(card(cast, patient))
    assert "family visit, next try" in text
    assert "asleep" not in text


def test_an_attempt_that_was_taken_back_is_not_told(cast: Cast, patient: Patient) -> None:
    attempt = tried(patient, 20, reason="asleep")
    Attempt.objects.filter(pk=attempt.pk).update(
        retracted_at=now(), retracted_by=cast.alice, retraction_reason="wrong bed"
    )
    assert "asleep" not in said(card(cast, patient))


def test_a_check_looked_at_before_the_attempt_and_typed_after_it_does_not_hide_it(cast: Cast, patient: Patient) -> None:
    tried(patient, 20, reason="asleep")
    patient.checked(40)
    assert "asleep" in said(card(cast, patient))


def test_could_not_be_done_is_offered_where_a_check_is_due(cast: Cast, patient: Patient) -> None:
    link = f"/stays/{patient.stay.public_id}/attempts/new/"
    Watch.objects.update(check_due_at=now() + timedelta(hours=3))
    assert link not in card(cast, patient)
    Watch.objects.update(check_due_at=now() + timedelta(minutes=10))
    assert link in card(cast, patient)


def test_every_kind_of_alert_is_named_on_the_card(cast: Cast, patient: Patient) -> None:
    for kind in Alert.Kind:
        told = {"level": "watch", "level_now": "watch", "began_at": now(), "protocol_version": "1"}
        Alert.objects.get_or_create(stay=patient.stay, kind=kind, defaults=told)
    text = said(card(cast, patient))
    for words in ("watch alert since", "check overdue · nobody", "check could not be done · nobody"):
        assert words in text


def test_a_nurses_own_are_those_allocated_to_her_now(cast: Cast) -> None:
    first, second, third = (watched_patient(cast, bed) for bed in cast.beds[:3])
    allocate(cast, first.stay, cast.alice)
    allocate(cast, second.stay, cast.alice)
    allocate(cast, second.stay, cast.carol)  # the last one counts
    page = read(cast.alice, f"{BOARD}?whose=mine")
    assert "All 3 Mine 1" in said(page)
    assert str(first.stay.public_id) in page
    assert str(second.stay.public_id) not in page
    assert str(third.stay.public_id) not in page
    assert "3 watched" in said(page)


def test_an_allocation_that_is_over_or_of_somebody_who_left_does_not_count(cast: Cast, patient: Patient) -> None:
    allocate(cast, patient.stay, cast.alice)
    allocate(cast, patient.stay, cast.carol)
    cast.carol.memberships.all().delete()
    assert "Mine 1" in shown(cast)
    Allocation.objects.update(cancelled_at=now(), cancelled_by=cast.alice)
    assert "Mine 0" in shown(cast)


def test_a_surgeons_own_are_those_she_is_responsible_for(cast: Cast, patient: Patient) -> None:
    assert "All 1 Mine 1" in said(read(cast.sam, BOARD))
    assert "No patient here is yours now" in said(read(cast.alice, f"{BOARD}?whose=mine"))


def test_the_links_keep_what_the_other_one_chose(cast: Cast, patient: Patient) -> None:
    page = read(cast.alice, f"{BOARD}?by=bed&whose=mine")
    assert 'href="/wards/7b/?by=bed" ' in page.replace(">", " >")
    assert 'href="/wards/7b/?whose=mine"' in page
    assert 'hx-get="/wards/7b/?by=bed&amp;whose=mine"' in page


def test_what_an_address_makes_up_is_not_repeated(cast: Cast, patient: Patient) -> None:
    page = read(cast.alice, f"{BOARD}?by=sideways&whose=nobody")
    assert 'hx-get="/wards/7b/"' in page


def test_ones_own_never_hide_an_open_alert_of_another(cast: Cast) -> None:
    mine, other = (watched_patient(cast, bed) for bed in cast.beds[:2])
    allocate(cast, mine.stay, cast.alice)
    other.checked(10, L4_left=1)
    text = shown(cast, f"{BOARD}?whose=mine")
    assert "1 patient with an open alert is not shown here: show all" in text
    assert "L4 left" not in text
    assert "is not shown here" not in shown(cast)


def test_only_a_lead_is_shown_the_way_to_the_displays(cast: Cast) -> None:
    assert "/wards/7b/displays/" in read(cast.carol, BOARD)
    assert "/wards/7b/displays/" not in read(cast.alice, BOARD)


@pytest.mark.parametrize("many", [40, pytest.param(400, marks=pytest.mark.thorough)])
def test_many_beds_cost_as_many_queries_as_three(cast: Cast, many: int) -> None:
    beds = Bed.objects.bulk_create(Bed(ward=cast.ward_7b, label=f"X{number:03}") for number in range(many))
    patients = [watched_patient(cast, bed) for bed in beds[:3]]
    busy(cast, patients)
    few = queries_of(lambda: board(cast.ward_7b, now=now(), staff=cast.alice))
    few_on_a_page = queries_of(lambda: read(cast.alice, BOARD))
    fill(patients[0], beds[3:])
    assert len(board(cast.ward_7b, now=now()).cards) == many
    assert queries_of(lambda: board(cast.ward_7b, now=now(), staff=cast.alice)) == few <= 6
    assert queries_of(lambda: read(cast.alice, BOARD)) == few_on_a_page


def test_forty_beds_with_style_and_scripts_weigh_less_than_100_kb(cast: Cast) -> None:
    beds = Bed.objects.bulk_create(Bed(ward=cast.ward_7b, label=f"X{number:03}") for number in range(40))
    patient = watched_patient(cast, beds[0])
    busy(cast, [patient])
    fill(patient, beds[1:])
    response = signed_in(cast.alice).get(BOARD, headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(response.content).decode()
    assert page.count("<article") == 40
    parts = re.findall(r'(?:<script[^>]* src|<link rel="stylesheet" href)="/static/([^"?]+)"', page)
    assert len(parts) >= 5
    kept = [Path(str(finders.find(part))).read_bytes() for part in parts]
    weight = len(response.content) + sum(len(gzip.compress(part)) for part in kept)
    assert weight < 100_000


def treat(patient: Patient, *, minutes_ago: float) -> None:
    at, alice = ago(minutes=minutes_ago), patient.cast.alice
    record_treatment(patient.stay, by=alice, at=at, kind="rest", action="started", dose="", key=uuid4())
    patient.assess()


def tried(patient: Patient, minutes_ago: float, *, reason: str, note: str = "") -> Attempt:
    return Attempt.objects.create(
        idempotency_key=uuid4(),
        episode=patient.stay.episode,
        stay=patient.stay,
        recorded_by=patient.cast.alice,
        tried_at=ago(minutes=minutes_ago),
        reason=reason,
        next_try_at=now() + timedelta(minutes=30),
        note=note,
    )


def busy(cast: Cast, patients: list[Patient]) -> None:
    """All that a card can show."""
    for patient in patients:
        patient.checked(50, L4_left=1, L5_left=3, flag="saddle_anaesthesia")
        treat(patient, minutes_ago=40)
        tried(patient, 20, reason="asleep")
        absences.leave(patient.stay, by=cast.alice, at=ago(minutes=5), place="imaging")
        allocate(cast, patient.stay, cast.alice)
    Alert.objects.update(acknowledged_by=cast.alice, acknowledged_at=now(), accepted_by=cast.sam, accepted_at=now())


def fill(model: Patient, beds: Iterable[Bed]) -> None:
    """The other beds with patients just like this one, row by row: the real actions would take minutes."""
    of_model, seen = {"stay": model.stay}, model.watch
    entries: list[Model] = [*Operation.objects.filter(**of_model), *Attempt.objects.filter(**of_model)]
    others: list[Model] = [*Alert.objects.filter(**of_model), *Allocation.objects.filter(**of_model)]
    for bed in beds:
        stay = admit_patient(model.cast, bed=bed)
        for entry in entries:
            copied(entry, stay=stay, episode=stay.episode, public_id=uuid4(), idempotency_key=uuid4())
        for other in others:
            copied(other, stay=stay, public_id=uuid4())
        for absence in Absence.objects.filter(**of_model):
            copied(absence, stay=stay)
        Watch.objects.filter(stay=stay).update(
            assessment=seen.assessment, level=seen.level, check_due_at=seen.check_due_at, changed_since=None
        )


def copied(row: Model, **changes: Any) -> None:
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
