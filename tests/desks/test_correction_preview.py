"""What a correction or a retraction changes is shown before it is saved, and only what was shown is saved."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.steps import acknowledge
from monitoring.checks.models import Check
from monitoring.due.models import Watch
from monitoring.escalation.models import Delivery
from tests.alerts.conftest import Patient
from tests.cast import Cast, ago
from tests.checks.examples import examine, posted
from tests.desks.pages import acts, confirmed, said, shown_in, signed_in, spaced
from tests.desks.test_operation_and_treatment_pages import treatment


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def correction(**changed: str) -> dict[str, str]:
    return posted(examined="same", reason="left and right mixed up", **changed)


def address(check: Check, step: str = "correct") -> str:
    return f"/checks/{check.public_id}/{step}/"


def page_of(client: Client, check: Check, **changed: str) -> str:
    answer = client.post(address(check), correction(**changed))
    assert answer.status_code == 200
    return answer.content.decode()


def everything(patient: Patient) -> list[object]:
    """All rows that a correction could touch."""
    return [
        list(Check.objects.values()),
        list(Alert.objects.values()),
        list(AlertEvent.objects.values()),
        list(Watch.objects.values()),
        acts(),
        Delivery.objects.count(),
    ]


def test_nothing_is_written_before_it_is_confirmed(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    before = everything(patient)
    alice.post(address(check), correction(l4_left="4"))
    alice.get(address(check, "retract"))
    assert everything(patient) == before


def test_it_shows_the_level_before_and_after_and_what_no_longer_holds(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    page = page_of(alice, check, l4_left="5")
    levels = re.findall(r'chip level-(\w+) big"', page)
    assert levels[:2] == ["critical", "stable"]
    text = said(page)
    assert "L4 ankle dorsiflexion, left: 1 → 5" in text
    assert "No longer holds L4 left 5 → 1: fallen to grade 0 or 1 (protocol §4.1)" in spaced(page)
    assert "Why: left and right mixed up" in text


def test_the_open_critical_alert_stays_and_paging_would_pause(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    text = said(page_of(alice, check, l4_left="5"))
    assert "The open critical alert stays. It is marked: no longer holds: critical" in text
    assert "Surgical paging pauses for 10 minutes. Somebody else must confirm" in text


def test_a_correction_that_makes_it_critical_says_that_surgeons_are_called(alice: Client, patient: Patient) -> None:
    check = patient.checked(10)
    text = spaced(page_of(alice, check, l4_left="1"))
    assert "A CRITICAL alert opens, and the surgeons are called." in text
    assert "Holds then L4 left 5 → 1" in text


def test_a_rise_says_that_it_must_be_acknowledged_again(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=3)
    acknowledge(patient.alert, by=patient.cast.carol, revision=patient.alert.revision)
    text = said(page_of(alice, check, l4_left="1"))
    assert "The open alert rises from concern to critical: people are called again." in text
    assert "Carol Chase acknowledged the lesser finding: it must be acknowledged again." in text


def test_one_that_changes_no_level_says_so(alice: Client, patient: Patient) -> None:
    check = patient.checked(10)
    text = said(page_of(alice, check, pain="3"))
    assert "The level stays" in text
    assert "pain, 0–10: – → 3" in text.replace("Pain", "pain")


def test_what_was_shown_is_saved_once_however_often_it_is_confirmed(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    form = correction(l4_left="4")
    form["shown"] = shown_in(alice.post(address(check), form).content.decode())
    answers = [alice.post(address(check), form) for _ in range(3)]
    new = Check.objects.get(supersedes=check)
    assert {answer.headers["Location"] for answer in answers} == {f"/checks/{new.public_id}/result/"}


def test_the_page_carries_everything_that_was_typed(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    form = correction(l4_left="4", note="<b>seen twice</b>")
    page = alice.post(address(check), form).content.decode()
    confirms = page.split("data-confirms")[1].split("</form>")[0]
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', confirms))
    carried.pop("csrfmiddlewaretoken", None)
    assert carried.pop("shown") == shown_in(page)
    assert carried.pop("note") == "&lt;b&gt;seen twice&lt;/b&gt;"
    assert carried == {name: value for name, value in form.items() if name != "note"}


def test_one_goes_back_to_the_form_with_everything_kept(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    page = alice.post(address(check), correction(l4_left="4", step="edit")).content.decode()
    assert re.search(r'name="l4_left" value="4" id="id_l4_left_4"[^>]* checked', page)
    assert "left and right mixed up" in page
    assert Check.objects.filter(supersedes=check).count() == 0


def test_what_changed_meanwhile_is_shown_again_and_nothing_saved(alice: Client, patient: Patient) -> None:
    check = patient.checked(20, L4_left=1)
    form = correction(l4_left="4")
    form["shown"] = shown_in(alice.post(address(check), form).content.decode())
    patient.checked(5, L3_left=2)
    page = alice.post(address(check), form).content.decode()
    assert "something has changed meanwhile" in said(page)
    assert not Check.objects.filter(supersedes=check).exists()
    form["shown"] = shown_in(page)
    assert alice.post(address(check), form).status_code == 302


def test_a_name_that_nobody_was_shown_saves_nothing(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    assert alice.post(address(check), correction(l4_left="4", shown="0" * 64)).status_code == 200
    assert alice.post(address(check, "retract"), {"reason": "x", "shown": "0" * 64}).status_code == 200
    assert alice.post(address(check, "retract"), {"reason": "x"}).status_code == 200
    check.refresh_from_db()
    assert check.is_standing


def test_somebody_elses_entry_is_said_to_be_theirs(cast: Cast, alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    carol = signed_in(cast.carol)
    loud = "This is not your entry: Alice Ames recorded it"
    assert loud in said(page_of(carol, check, l4_left="4"))
    assert loud in said(carol.get(address(check, "retract")).content.decode())
    assert loud not in said(page_of(alice, check, l4_left="4"))
    assert "You recorded it" in said(alice.get(address(check, "retract")).content.decode())


def test_what_is_refused_is_refused_before_it_is_shown(alice: Client, patient: Patient) -> None:
    check = patient.checked(10, L4_left=1)
    form = posted(examined="earlier", examined_date="2099-01-01", examined_time="03:00", reason="x")
    answer = alice.post(address(check), form)
    assert answer.status_code == 422
    assert "future" in said(answer.content.decode())


def test_a_retraction_says_what_it_changes_and_a_retracted_entry_who_did(
    cast: Cast, alice: Client, patient: Patient
) -> None:
    check = patient.checked(10, L4_left=1)
    text = said(alice.get(address(check, "retract")).content.decode())
    assert "The open critical alert stays" in text
    assert confirmed(alice, address(check, "retract"), {"reason": "another patient"}).status_code == 302
    page = signed_in(cast.carol).get(address(check, "retract")).content.decode()
    assert "Alice Ames retracted this entry" in said(page)
    assert "<textarea" not in page


def test_taking_back_a_treatment_says_what_that_does_to_the_alert(alice: Client, patient: Patient) -> None:
    patient.checked(10, L4_left=2)
    url = f"/stays/{patient.stay.public_id}/treatments/new/"
    assert alice.post(url, treatment()).status_code == 302
    given = patient.stay.treatments.get()
    text = said(alice.get(f"/treatments/{given.public_id}/retract/").content.decode())
    assert "The open critical alert stays as it is." in text
    form = treatment(kind="rest", dose="", happened="same", reason="no drip yet", idempotency_key=str(uuid4()))
    text = said(alice.post(f"/treatments/{given.public_id}/correct/", form).content.decode())
    assert "Treatment: mannitol IV → rest" in text
    assert "Dose: 250 ml → –" in text


def test_a_patient_whose_assessment_fails_can_still_be_corrected(alice: Client, patient: Patient) -> None:
    """It may be the entry that makes it fail: what it changes cannot be shown then."""
    check = patient.checked(10, L4_left=1)
    Watch.objects.filter(stay=patient.stay).update(failing_since=check.examined_at)
    page = alice.get(address(check, "retract")).content.decode()
    assert "What this changes cannot be worked out" in said(page)
    assert alice.post(address(check), correction(l4_left="4")).status_code == 302
    corrected = Check.objects.get(supersedes=check)
    assert alice.post(address(corrected, "retract"), {"reason": "wrong patient"}).status_code == 302


def test_a_second_examiner_who_now_corrects_it_is_named_as_taken_out(cast: Cast, patient: Patient) -> None:
    check = examine(cast, patient.stay, at=ago(minutes=10), second_examiner=cast.carol)
    text = said(page_of(signed_in(cast.carol), check))
    assert "Second examiner: Carol Chase → –" in text
