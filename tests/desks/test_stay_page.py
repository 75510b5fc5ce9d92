"""The page of a stay: what is known now, what is due, and all that was ever recorded."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from monitoring.checks.actions import record_attempt, record_check, record_treatment
from monitoring.checks.models import Attempt, Treatment
from monitoring.desks.common.stay import NEWEST, PRINTED, stay_context
from monitoring.desks.common.visit import visit_by
from tests.alerts.conftest import Patient, findings
from tests.cast import Cast, admit_patient, ago, operate
from tests.desks.pages import alerting_works, queries_of, read, signed_in, spaced
from wards.absences import leave
from wards.access import stay_or_404
from wards.actions import discharge


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def url(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/"


def shown(cast: Cast, patient: Patient) -> str:
    return spaced(read(cast.alice, url(patient)))


def rows(page: str, *, events: bool = False) -> list[str]:
    """The table's lines, each as text: the reference and the checks, or with `events` all that happened beside them."""
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    found = ["<tr" + row for row in table.split("<tr")[1:]]
    return [spaced(row) for row in found if ('class="event' in row) is events]


def treat(cast: Cast, patient: Patient, action: Treatment.Action, minutes_ago: float) -> Treatment:
    kind = Treatment.Kind.MANNITOL
    at = ago(minutes=minutes_ago)
    return record_treatment(patient.stay, by=cast.alice, at=at, kind=kind, action=action, dose="250 ml", key=uuid4())


def test_it_shows_the_level_the_muscle_and_what_is_due(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    text = shown(cast, patient)
    assert "▲ CRITICAL L4 left 5 → 2" in text
    assert re.search(r"Next check in 1\d min", text)


def test_the_table_has_a_row_a_check_newest_first_right_before_left(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2, L2_right=4)
    newest = rows(read(cast.alice, url(patient)))[1]
    grades = re.search(r"fallen to 4 .* 46/50", newest)
    assert grades
    assert grades.group() == "fallen to 4 5 5 5 5 5 5 fallen to 2 5 5 46/50"
    assert "Alice Ames" in newest


def test_what_was_not_tested_is_never_a_number(cast: Cast, patient: Patient) -> None:
    client = signed_in(cast.alice)
    from_form = {"l4_left": "block", "idempotency_key": str(uuid4()), "examined": "now", "partial": "on"}
    assert client.post(url(patient) + "checks/new/", from_form).status_code == 302
    patient.assess()
    newest = rows(read(cast.alice, url(patient)))[1]
    assert "· · · · · · · NT · · not tested" in newest


def test_a_retracted_and_a_corrected_check_stay_visible_with_who_and_why(cast: Cast, patient: Patient) -> None:
    patient.retract(patient.check(20, L4_left=1))
    patient.correct(patient.check(10, L4_left=0))
    patient.assess()
    page = read(cast.alice, url(patient))
    assert page.count('<tr class="is-struck') == 2
    text = spaced(page)
    assert re.search(r"Retracted [\w: ]+ by Alice Ames: wrong patient", text)
    assert re.search(r"Corrected [\w: ]+ by Alice Ames: mixed up", text)


def test_a_check_typed_late_says_so(cast: Cast, patient: Patient) -> None:
    patient.checked(40)
    assert "late, typed" in rows(read(cast.alice, url(patient)))[1]


def test_a_running_treatment_is_marked_and_a_stopped_one_is_not(cast: Cast, patient: Patient) -> None:
    treat(cast, patient, Treatment.Action.STARTED, 30)
    assert "Mannitol IV, 250 ml running since" in shown(cast, patient)
    treat(cast, patient, Treatment.Action.STOPPED, 5)
    assert "running since" not in shown(cast, patient)


def test_operations_and_alerts_of_the_stay_are_listed(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    text = shown(cast, patient)
    assert "Index fusion L4–5 TLIF" in text
    assert "coagulopathy: no" in text
    assert "Open, not acknowledged" in text


def test_a_patient_without_an_operation_is_said_to_be_not_watched(cast: Cast) -> None:
    stay = admit_patient(cast)
    patient = Patient(cast, stay)
    patient.assess()
    page = read(cast.alice, url(patient))
    assert "Not watched: no operation recorded" in spaced(page)
    assert "chip level-stable" not in page


def test_a_patient_without_a_baseline_is_never_called_stable(cast: Cast) -> None:
    stay = admit_patient(cast)
    operate(cast, stay)
    patient = Patient(cast, stay)
    patient.checked(10)
    page = read(cast.alice, url(patient))
    assert "Not watched: no baseline recorded" in spaced(page)
    assert "Nothing below the assumed 5" in spaced(page)
    assert "chip level-stable" not in page


def test_an_unassessed_change_hides_the_old_level(cast: Cast, patient: Patient) -> None:
    patient.check(1, L4_left=1)
    page = read(cast.alice, url(patient))
    assert "Being assessed…" in page
    assert "chip level-stable" not in page
    assert "No muscle is below" not in page


def test_it_asks_as_many_queries_with_a_long_history_as_with_a_short_one(cast: Cast, patient: Patient) -> None:
    patient.checked(26, L4_left=1)
    few = queries_of(lambda: read(cast.alice, url(patient)))
    for minutes in range(1, 25):
        patient.check(minutes, L4_left=1 + minutes % 2)
    patient.retract(patient.check(30))
    patient.correct(patient.check(31))
    treat(cast, patient, Treatment.Action.STARTED, 20)
    patient.assess()
    assert queries_of(lambda: read(cast.alice, url(patient))) == few


def test_what_it_reads_itself_is_twelve_queries_at_most(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=1)
    stay = stay_or_404(cast.alice, patient.stay.public_id)
    assert queries_of(lambda: stay_context(visit_by(cast.alice), stay)) <= 12


def test_a_long_table_shows_its_newest_lines_and_offers_the_others(cast: Cast, patient: Patient) -> None:
    for minutes in range(1, 41):
        patient.check(minutes)
    patient.assess()
    page = read(cast.alice, url(patient))
    shown_lines = len(rows(page)) - 1 + len(rows(page, events=True))
    assert shown_lines == NEWEST
    offered = re.search(r"Show (\d+) earlier lines", spaced(page))
    assert offered
    whole = read(cast.alice, url(patient) + "?lines=all")
    assert len(rows(whole)) - 1 + len(rows(whole, events=True)) == NEWEST + int(offered.group(1))
    assert len(rows(whole)) - 1 == 42
    assert "earlier lines</a>" not in whole


def test_paper_gets_the_newest_lines_and_how_many_there_are_beyond(cast: Cast, patient: Patient) -> None:
    for minutes in range(1, 12):
        patient.check(minutes)
    patient.assess()
    page = read(cast.alice, url(patient))
    left_out = len(re.findall(r'<tr class="[^"]*not-printed', page))
    assert left_out > 0
    assert f"{left_out} earlier lines are not printed here." in spaced(page)
    assert len(re.findall(r'<tr class="', page)) - left_out == PRINTED + 1  # and the reference


def test_what_was_chosen_stays_when_the_page_refreshes_itself(cast: Cast, patient: Patient) -> None:
    page = read(cast.alice, url(patient) + "?chart=24&lines=all")
    assert f'hx-get="{url(patient)}?chart=24&amp;lines=all"' in page


def test_an_unknown_window_is_the_whole_chart(cast: Cast, patient: Patient) -> None:
    page = read(cast.alice, url(patient) + "?chart=%3Cscript%3E")
    assert f'hx-get="{url(patient)}"' in page
    assert "&lt;script" not in page


def test_alerts_and_absences_stand_among_the_checks(cast: Cast, patient: Patient) -> None:
    patient.checked(20, L4_left=2)
    leave(patient.stay, by=cast.alice, at=ago(minutes=10), place="imaging")
    told = rows(read(cast.alice, url(patient)), events=True)
    assert told[0].endswith("In imaging")
    assert told[1].endswith("Alert: critical")


def test_an_attempt_is_on_the_timeline_and_is_no_check(cast: Cast, patient: Patient) -> None:
    record_attempt(
        patient.stay,
        by=cast.alice,
        at=ago(minutes=3),
        reason=Attempt.Reason.ASLEEP,
        next_try=timedelta(minutes=30),
        note="",
        key=uuid4(),
    )
    page = read(cast.alice, url(patient))
    assert "Could not be done: asleep next try" in rows(page, events=True)[0]
    assert len(rows(page)) == 3  # the reference, and the two checks that were done


def test_a_catheter_is_said_beside_the_bladder(cast: Cast, patient: Patient) -> None:
    record_check(
        patient.stay, by=cast.alice, at=ago(minutes=1), findings=replace(findings(), catheter=True), key=uuid4()
    )
    patient.assess()
    page = read(cast.alice, url(patient))
    assert "50/50 no no, catheter ·" in rows(page)[1]
    assert 'aria-label="Catheter: 1 time"' in page


def test_the_chart_says_each_muscle_to_a_screen_reader(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    page = read(cast.alice, url(patient))
    assert page.count('<svg class="strip" role="img"') == 10
    assert ">LEFT, L4 ankle up, last 2, reference 5</title>" in page
    assert ">3 grades from 2 to 5</desc>" in page


def test_the_chart_carries_no_style_of_its_own(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    assert "style=" not in read(cast.alice, url(patient))


def test_the_administrator_sees_it_and_is_offered_nothing_to_write(cast: Cast, patient: Patient) -> None:
    page = read(cast.adam, url(patient))
    for words in ("Record check", "Correct</a>", "Retract</a>", "Discharge</a>", "Move</a>"):
        assert words not in page


def test_a_discharged_patients_page_says_so(cast: Cast, patient: Patient) -> None:
    discharge(patient.stay, by=cast.alice, at=ago(minutes=1), departure="home")
    patient.assess()
    text = shown(cast, patient)
    assert "Nothing is due" in text
    assert "Record check" not in text


def test_another_wards_patient_and_an_unknown_one_are_not_found(cast: Cast, patient: Patient) -> None:
    assert signed_in(cast.nora).get(url(patient)).status_code == 404
    assert signed_in(cast.alice).get(f"/stays/{uuid4()}/").status_code == 404
