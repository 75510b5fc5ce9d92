"""A surgeon accepts what is left as the new reference: shown with its effect, stored, corrected, taken back."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from monitoring.alerts.models import Alert
from monitoring.alerts.steps import acknowledge
from monitoring.checks.models import Acceptance
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago, operate
from tests.checks.examples import examine
from tests.desks.pages import acts, alerting_works, confirmed, queries_of, read, said, shown_in, signed_in, spaced
from tests.desks.test_operation_and_treatment_pages import refused, wall
from wards.models import Staff


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def sam(cast: Cast) -> Client:
    return signed_in(cast.sam)


def address(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/acceptances/new/"


def acceptance(*muscles: str, **changes: Any) -> dict[str, Any]:
    return {
        "idempotency_key": str(uuid4()),
        "muscles": list(muscles or ("L4 left 2",)),
        "why": "root oedema, nothing to gain from another look",
        "accepted": "now",
    } | changes


def typed(at: datetime) -> dict[str, Any]:
    """A time that was typed on the ward's clock."""
    date, time = wall(at).split("T")
    return {"accepted": "earlier", "accepted_date": date, "accepted_time": time}


def page_of(client: Client, patient: Patient, form: dict[str, Any]) -> str:
    """What accepting this changes."""
    answer = client.post(address(patient), form)
    assert answer.status_code == 200
    return answer.content.decode()


def store(client: Client, patient: Patient, form: dict[str, Any]) -> Acceptance:
    assert confirmed(client, address(patient), form).status_code == 302
    patient.assess()
    return Acceptance.objects.latest("pk")


def closing_form(client: Client, patient: Patient, form: dict[str, Any]) -> dict[str, Any]:
    """The form as it confirms what was shown, with the alert closed."""
    page = page_of(client, patient, form)
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision, said(page)
    return form | {"shown": shown_in(page), "close": "on", "revision": revision.group(1)}


def test_what_is_below_its_reference_is_offered_and_nothing_is_ticked(sam: Client, patient: Patient) -> None:
    patient.checked(10, L4_left=3, S1_right=0)
    page = sam.get(address(patient)).content.decode()
    right, left = page.split("Patient’s LEFT")[0], page.split("Patient’s LEFT")[1]
    assert "S1 right: held to 5, latest 0 — accept 0 as the new reference" in said(right)
    assert "L4 left: held to 5, latest 3 — accept 3 as the new reference" in said(left)
    assert page.count('name="muscles"') == 2
    assert " checked>" not in page
    assert "a fall below it alerts again, and a better grade raises it" in said(page)


def test_an_assumed_reference_says_so(cast: Cast, sam: Client) -> None:
    patient = Patient(cast, admit_patient(cast))
    operate(cast, patient.stay)
    patient.checked(10, L4_left=3)
    assert "L4 left: held to 5 (assumed), latest 3" in said(read(cast.sam, address(patient)))


def test_a_red_flag_that_holds_is_offered_as_known(cast: Cast, sam: Client, patient: Patient) -> None:
    patient.checked(10, flag="bladder_bowel")
    page = read(cast.sam, address(patient))
    assert "New bladder or bowel trouble: present — accept as known" in said(page)
    assert page.count('name="flags"') == 1
    store(sam, patient, acceptance(muscles=[], flags=["bladder_bowel"]))
    assert patient.watch.level == "stable"


def test_a_patient_without_a_deficit_has_nothing_to_accept(cast: Cast, patient: Patient) -> None:
    page = read(cast.sam, address(patient))
    assert "There is nothing to accept" in said(page)
    assert 'name="muscles"' not in page


def test_what_is_not_yet_assessed_is_not_offered(cast: Cast, patient: Patient) -> None:
    patient.check(10, L4_left=3)
    page = read(cast.sam, address(patient))
    assert "Not yet assessed" in said(page)
    assert 'name="muscles"' not in page


def test_while_the_assessment_fails_nothing_can_be_accepted(sam: Client, critical: Patient) -> None:
    Watch.objects.filter(stay=critical.stay).update(failing_since=ago(minutes=1))
    assert "the assessment of this patient fails" in said(sam.get(address(critical)).content.decode())
    assert "cannot be worked out" in refused(sam, address(critical), acceptance())
    assert not Acceptance.objects.exists()


def test_what_it_changes_is_shown_and_nothing_is_written(sam: Client, critical: Patient) -> None:
    before = (list(Watch.objects.values()), list(Alert.objects.values()), acts())
    text = spaced(page_of(sam, critical, acceptance()))
    assert "You accept L4 left at 2" in text
    assert "No longer holds L4 left 5 → 2: a drop of 3 grades or more (protocol §4.2)" in text
    assert "Holds then L4 left at 2: still 2 or more below its best (protocol §4.9)" in text
    assert "The open critical alert stays" in text
    assert not Acceptance.objects.exists()
    assert before == (list(Watch.objects.values()), list(Alert.objects.values()), acts())


def test_what_was_shown_is_stored_and_the_muscle_is_held_to_it(cast: Cast, sam: Client, critical: Patient) -> None:
    stored = store(sam, critical, acceptance())
    assert (stored.muscles, stored.recorded_by) == ({"L4 left": 2}, cast.sam)
    assert stored.reason == "root oedema, nothing to gain from another look"
    assert critical.watch.level == "watch"
    assert critical.alert.closed_at is None
    critical.checked(0, L4_left=1)
    assert critical.watch.level == "critical"


def test_paralysis_is_a_grade_that_can_be_accepted(sam: Client, patient: Patient) -> None:
    patient.checked(10, L4_left=0)
    assert store(sam, patient, acceptance("L4 left 0")).muscles == {"L4 left": 0}


def test_it_may_have_been_accepted_earlier(sam: Client, patient: Patient) -> None:
    patient.checked(40, L4_left=2)
    at = ago(minutes=20)
    assert store(sam, patient, acceptance(**typed(at))).accepted_at == at


def test_nothing_named_and_no_reason_are_refused(sam: Client, critical: Patient) -> None:
    text = refused(sam, address(critical), acceptance(muscles=[], why=" "))
    assert "Say why: it stays on the record." in text
    text = refused(sam, address(critical), acceptance(muscles=[]))
    assert "Name at least one muscle or red flag that is accepted." in text


def test_a_time_in_the_future_is_refused_beside_its_field(sam: Client, critical: Patient) -> None:
    text = refused(sam, address(critical), acceptance(**typed(ago(minutes=-10))))
    assert "This is in the future" in text
    assert "root oedema" in text


@pytest.mark.parametrize("muscle", ["L4 left 3", "L3 left 5"])
def test_a_muscle_that_is_not_as_shown_is_refused_and_shown_as_it_is(
    sam: Client, critical: Patient, muscle: str
) -> None:
    text = refused(sam, address(critical), acceptance(muscle))
    assert "A muscle is not as it was shown here" in text
    assert "held to 5, latest 2 — accept 2 as the new reference" in text


def test_a_check_that_comes_between_is_shown_before_anything_is_stored(sam: Client, critical: Patient) -> None:
    form = acceptance()
    form["shown"] = shown_in(page_of(sam, critical, form))
    critical.check(1, L4_left=2, L5_left=3)
    text = said(page_of(sam, critical, form))
    assert "Nothing was saved: something has changed meanwhile." in text
    assert not Acceptance.objects.exists()


def test_a_form_sent_twice_is_stored_once(sam: Client, critical: Patient) -> None:
    form = acceptance()
    form["shown"] = shown_in(page_of(sam, critical, form))
    answers = [sam.post(address(critical), form) for _ in range(3)]
    assert {answer.headers.get("Location") for answer in answers} == {f"/stays/{critical.stay.public_id}/"}
    assert Acceptance.objects.count() == 1


def test_the_open_alert_is_closed_with_it(cast: Cast, sam: Client, critical: Patient) -> None:
    form = closing_form(sam, critical, acceptance())
    for _ in range(2):
        assert sam.post(address(critical), form).status_code == 302
    alert = critical.alert
    assert (alert.outcome, alert.closed_by) == ("reference_accepted", cast.sam)
    assert Acceptance.objects.count() == 1
    assert critical.watch.level == "watch"


def test_an_alert_that_changed_meanwhile_is_not_closed_and_nothing_is_stored(
    cast: Cast, sam: Client, critical: Patient
) -> None:
    form = closing_form(sam, critical, acceptance())
    acknowledge(critical.alert, by=cast.alice, revision=critical.alert.revision)
    text = refused(sam, address(critical), form)
    assert "This alert has changed meanwhile" in text
    assert critical.alert.closed_at is None
    assert not Acceptance.objects.exists()


def test_where_more_than_watch_is_left_the_alert_cannot_be_closed_with_it(sam: Client, patient: Patient) -> None:
    patient.checked(10, L4_left=2, L3_right=2)
    page = page_of(sam, patient, acceptance())
    assert 'name="close"' not in page
    assert "The open alert cannot be closed with this: something above watch is left." in said(page)
    form = acceptance() | {"close": "on", "revision": patient.alert.revision}
    form["shown"] = shown_in(page_of(sam, patient, form))
    assert "something above watch is left" in refused(sam, address(patient), form)
    assert not Acceptance.objects.exists()


def test_an_acceptance_is_corrected_with_what_it_named_ticked(cast: Cast, sam: Client, patient: Patient) -> None:
    patient.checked(10, L4_left=2, L3_right=3)
    old = store(sam, patient, acceptance("L4 left 2", "L3 right 3"))
    url = f"/acceptances/{old.public_id}/correct/"
    page = read(cast.sam, url)
    assert "L4 left: accepted at 2 — leave it accepted" in said(page)
    assert len(re.findall(r'name="muscles"[^>]* checked', page)) == 2
    form = acceptance("L4 left 2", accepted="same", reason="the right knee is to be seen again")
    text = said(sam.post(url, form).content.decode())
    assert (
        "Muscles: L3 knee extension, right: 3; L4 ankle dorsiflexion, left: 2 → L4 ankle dorsiflexion, left: 2"
        in text.replace("muscles:", "Muscles:")
    )
    form["shown"] = shown_in(sam.post(url, form).content.decode())
    for _ in range(2):
        assert sam.post(url, form).status_code == 302
    new = Acceptance.objects.get(supersedes=old)
    assert (new.muscles, new.accepted_at, new.reason) == ({"L4 left": 2}, old.accepted_at, old.reason)
    assert new.correction_reason == "the right knee is to be seen again"


def test_a_correction_may_add_what_is_below_now_and_nothing_else(sam: Client, patient: Patient) -> None:
    patient.checked(10, L4_left=2, L3_right=3)
    old = store(sam, patient, acceptance())
    url = f"/acceptances/{old.public_id}/correct/"
    wrong = acceptance("L4 left 2", "L3 right 2", accepted="same", reason="forgotten")
    assert "A muscle is not as it was shown here" in refused(sam, url, wrong)
    form = acceptance("L4 left 2", "L3 right 3", accepted="same", reason="forgotten")
    assert confirmed(sam, url, form).status_code == 302
    assert Acceptance.objects.get(supersedes=old).muscles == {"L4 left": 2, "L3 right": 3}


def test_an_acceptance_is_retracted_and_what_it_quieted_is_shown_first(sam: Client, critical: Patient) -> None:
    old = store(sam, critical, acceptance())
    url = f"/acceptances/{old.public_id}/retract/"
    assert "See what it changes" in spaced(sam.get(url).content.decode())
    assert "Say why" in spaced(sam.post(url, {"reason": " "}).content.decode())
    shown = spaced(sam.post(url, {"reason": "another patient"}).content.decode())
    assert "Holds then L4 left 5 → 2: a drop of 3 grades or more" in shown
    assert Acceptance.objects.standing().count() == 1
    assert confirmed(sam, url, {"reason": "another patient"}).status_code == 302
    critical.assess()
    assert critical.watch.level == "critical"


def test_the_stays_page_leads_there_while_there_is_something_to_accept(
    cast: Cast, sam: Client, critical: Patient
) -> None:
    stay_page = f"/stays/{critical.stay.public_id}/"
    assert address(critical) in read(cast.sam, stay_page)
    assert address(critical) not in read(cast.alice, stay_page)
    stored = store(sam, critical, acceptance())
    page = read(cast.sam, stay_page)
    assert address(critical) not in page
    assert f"/acceptances/{stored.public_id}/correct/" in page
    assert f"/acceptances/{stored.public_id}/retract/" not in read(cast.alice, stay_page)


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("carol", 403), ("adam", 403), ("sue", 404)])
def test_only_a_surgeon_of_the_ward_may(cast: Cast, sam: Client, critical: Patient, who: str, status: int) -> None:
    somebody: Staff = getattr(cast, who)
    stored = store(sam, critical, acceptance())
    client, before = signed_in(somebody), acts()
    for url in (
        address(critical),
        f"/acceptances/{stored.public_id}/correct/",
        f"/acceptances/{stored.public_id}/retract/",
    ):
        assert client.get(url).status_code == status
        assert client.post(url, acceptance(reason="mine")).status_code == status
    assert acts() == before


def test_the_form_takes_few_queries_however_long_the_history(cast: Cast, sam: Client, critical: Patient) -> None:
    sam.get(address(critical))
    before = queries_of(lambda: sam.get(address(critical)))
    for minutes in (9, 8, 7):
        examine(cast, critical.stay, at=ago(minutes=minutes), l4_left=2)
    critical.assess()
    assert queries_of(lambda: sam.get(address(critical))) == before <= 12
