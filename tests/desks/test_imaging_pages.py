"""Imaging: requested, done, reported, corrected, taken back; from a page of its own and in one tap from the alert's."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from monitoring.alerts.models import Milestone
from monitoring.pathway.models import Imaging
from tests.alerts.conftest import Patient
from tests.cast import Cast, ago
from tests.desks.alerting import url
from tests.desks.pages import acts, alerting_works, queries_of, read, said, signed_in
from tests.desks.test_operation_and_treatment_pages import refused, wall

SHOWN = {
    "finding": "epidural_haematoma",
    "side": "right",
    "level": "L2",
    "text": "behind the cage",
    "accession": "A-77",
}


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


@pytest.fixture
def sam(cast: Cast) -> Client:
    return signed_in(cast.sam)


def address(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/imaging/new/"


def filled(**changes: str) -> dict[str, str]:
    """What a browser sends of a CT that is requested now."""
    return {
        "idempotency_key": str(uuid4()),
        "modality": "CT",
        "stage": "requested",
        "happened": "now",
        "accession": "",
        "text": "",
    } | changes


def earlier(at: datetime) -> dict[str, str]:
    """A time that was typed on the ward's clock."""
    date, time = wall(at).split("T")
    return {"happened": "earlier", "happened_date": date, "happened_time": time}


def step(imaging: Imaging, name: str) -> str:
    return f"/imaging/{imaging.study if name in {'done', 'report'} else imaging.public_id}/{name}/"


def requested(client: Client, patient: Patient, minutes_ago: float = 60, **changes: str) -> Imaging:
    form = filled(**earlier(ago(minutes=minutes_ago))) | changes
    assert client.post(address(patient), form).status_code == 302
    return Imaging.objects.latest("pk")


def done(client: Client, patient: Patient) -> Imaging:
    """An MRI that was asked for an hour ago and done half an hour ago."""
    first = requested(client, patient, modality="MRI")
    assert client.post(step(first, "done"), filled(**earlier(ago(minutes=30)))).status_code == 302
    return Imaging.objects.latest("pk")


def reported(client: Client, patient: Patient) -> Imaging:
    assert client.post(step(done(client, patient), "report"), filled(**SHOWN)).status_code == 302
    return Imaging.objects.latest("pk")


# --- A study from its request to its report ---------------------------------------------------------------------------


def test_the_form_asks_which_how_far_and_when_and_fills_in_nothing(cast: Cast, patient: Patient) -> None:
    page = read(cast.alice, address(patient))
    assert " checked>" not in page
    text = said(page)
    for words in ("CT", "MRI", "X-ray", "Requested", "Done already", "accession number"):
        assert words in text
    assert "CT shows the screws, MRI shows haematoma and compression." in text


def test_a_request_is_stored_once_however_often_it_is_sent(alice: Client, patient: Patient) -> None:
    form = filled(accession=" A-77 ", text="with contrast")
    for _ in range(3):
        assert alice.post(address(patient), form)["Location"] == f"/stays/{patient.stay.public_id}/"
    stored = Imaging.objects.get()
    assert (stored.stage, stored.modality, stored.accession, stored.text) == (
        "requested",
        "CT",
        "A-77",
        "with contrast",
    )
    assert stored.recorded_by == patient.cast.alice


def test_the_same_form_with_another_choice_is_refused(alice: Client, patient: Patient) -> None:
    form = filled()
    alice.post(address(patient), form)
    assert "already saved" in refused(alice, address(patient), form | {"modality": "MRI"})


def test_what_is_done_already_begins_there(alice: Client, patient: Patient) -> None:
    at = ago(minutes=20)
    alice.post(address(patient), filled(stage="done", **earlier(at)))
    stored = Imaging.objects.get()
    assert (stored.stage, stored.happened_at) == ("done", at)


def test_it_is_done_and_reported_and_the_number_goes_along(alice: Client, sam: Client, patient: Patient) -> None:
    first = requested(alice, patient, modality="MRI", accession="A-77")
    page = said(alice.get(step(first, "done")).content.decode())
    assert "MRI is done" in page
    assert 'value="A-77"' in alice.get(step(first, "done")).content.decode()
    alice.post(step(first, "done"), filled(accession="A-77", modality="CT"))
    second = Imaging.objects.latest("pk")
    assert (second.study, second.stage, second.modality) == (first.study, "done", "MRI")
    answer = sam.post(step(first, "report"), filled(**SHOWN), follow=True)
    assert "Saved: MRI reported: epidural haematoma, L2, right." in said(answer.content.decode())
    third = Imaging.objects.latest("pk")
    assert (third.finding, third.side, third.level, third.text) == (
        "epidural_haematoma",
        "right",
        "L2",
        "behind the cage",
    )


def test_the_report_offers_the_papers_nine_findings(cast: Cast, alice: Client, patient: Patient) -> None:
    page = read(cast.sam, step(done(alice, patient), "report"))
    assert page.count('name="finding"') == 9
    for words in ("Fixation: screw malposition", "Nerve-root oedema", "None found"):
        assert words in said(page)
    assert 'value="now" id="id_happened_0" checked' in page


def test_a_stage_that_is_recorded_already_leads_to_its_correction(sam: Client, patient: Patient) -> None:
    last = reported(sam, patient)
    assert sam.get(step(last, "report"))["Location"] == step(last, "correct")
    assert sam.get(step(last, "done"))["Location"] == step(Imaging.objects.get(stage="done"), "correct")


def test_a_report_of_what_is_not_done_leads_to_its_being_done(sam: Client, patient: Patient) -> None:
    first = requested(sam, patient)
    answer = sam.get(step(first, "report") + "?alert=x", follow=True)
    assert answer.redirect_chain == [(step(first, "done") + "?alert=x", 302)]
    assert "Record first when the imaging was done." in said(answer.content.decode())


# --- What is refused --------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_beside_its_field_and_all_is_kept(alice: Client, patient: Patient) -> None:
    text = refused(alice, address(patient), filled(modality="", stage="", happened=""))
    for message in ("Say which: CT, MRI or X-ray.", "Say whether it is requested or done.", "Say when."):
        assert message in text
    answer = alice.post(address(patient), filled(modality="", accession="A-77", text="with contrast"))
    assert answer.status_code == 422
    for kept in ('value="A-77"', "with contrast", 'value="requested" id="id_stage_0" checked'):
        assert kept in answer.content.decode()


def test_the_future_is_refused_beside_the_time(alice: Client, patient: Patient) -> None:
    assert "This is in the future" in refused(alice, address(patient), filled(**earlier(ago(minutes=-90))))


def test_a_stage_before_the_one_before_it_is_refused(alice: Client, patient: Patient) -> None:
    first = requested(alice, patient, minutes_ago=60)
    text = refused(alice, step(first, "done"), filled(**earlier(ago(minutes=90))))
    assert "It was requested at" in text
    assert "give a time after that" in text


def test_a_stage_that_was_recorded_meanwhile_is_refused(alice: Client, patient: Patient) -> None:
    second = done(alice, patient)
    assert "This is recorded already" in refused(alice, step(second, "done"), filled())


def test_a_report_without_a_finding_or_before_it_was_done_is_refused(sam: Client, patient: Patient) -> None:
    first = requested(sam, patient)
    assert "“None found” is an answer." in refused(sam, step(first, "report"), filled(text="kept"))
    assert "Record first when the imaging was done." in refused(sam, step(first, "report"), filled(**SHOWN))


def test_a_number_that_is_too_long_is_refused(alice: Client, patient: Patient) -> None:
    assert "at most 32 characters" in refused(alice, address(patient), filled(accession="7" * 33))


# --- Corrected and taken back -----------------------------------------------------------------------------------------


def test_a_stage_is_corrected_with_a_reason_and_the_old_one_kept(alice: Client, patient: Patient) -> None:
    first = requested(alice, patient)
    page = alice.get(step(first, "correct")).content.decode()
    assert 'value="CT" id="id_modality_0" checked' in page
    assert "as recorded" in page
    form = filled(modality="MRI", happened="same")
    assert "Say why it is corrected." in refused(alice, step(first, "correct"), form)
    answer = alice.post(step(first, "correct"), form | {"reason": "wrong button"}, follow=True)
    assert "Corrected: MRI requested." in said(answer.content.decode())
    new = Imaging.objects.get(supersedes=first)
    assert (new.modality, new.happened_at, new.study) == ("MRI", first.happened_at, first.study)
    again = filled(modality="XRAY", happened="same", reason="once more")
    assert "corrected this entry" in refused(alice, step(first, "correct"), again)


def test_a_report_is_corrected_with_what_was_recorded_filled_in(sam: Client, patient: Patient) -> None:
    report = reported(sam, patient)
    page = sam.get(step(report, "correct")).content.decode()
    assert 'value="epidural_haematoma" id="id_finding_3" checked' in page
    assert "behind the cage" in page
    changed = SHOWN | {"finding": "none_found", "side": "", "level": ""}
    form = filled(modality="MRI", happened="same", reason="second reading", **changed)
    assert sam.post(step(report, "correct"), form).status_code == 302
    assert Imaging.objects.get(supersedes=report).finding == "none_found"


def test_a_stage_is_taken_back_with_a_reason(alice: Client, patient: Patient) -> None:
    first = requested(alice, patient)
    assert "CT requested" in said(alice.get(step(first, "retract")).content.decode())
    assert "Say why it is retracted." in refused(alice, step(first, "retract"), {"reason": ""})
    answer = alice.post(step(first, "retract"), {"reason": "another patient"}, follow=True)
    assert "The entry is retracted. It stays on the record." in said(answer.content.decode())
    first.refresh_from_db()
    assert first.retraction_reason == "another patient"
    assert alice.get(step(first, "done")).status_code == 404


def test_somebody_elses_entry_says_so_before_it_is_taken_back(alice: Client, sam: Client, patient: Patient) -> None:
    first = requested(sam, patient)
    assert "This is not your entry: Sam Stone recorded it" in said(alice.get(step(first, "retract")).content.decode())


def test_what_a_report_rests_on_is_not_taken_back(sam: Client, patient: Patient) -> None:
    reported(sam, patient)
    second = Imaging.objects.get(stage="done")
    assert "Its report rests on this." in refused(sam, step(second, "retract"), {"reason": "mine"})


# --- From the alert's page --------------------------------------------------------------------------------------------


def test_an_alert_requests_imaging_in_one_tap(alice: Client, critical: Patient) -> None:
    page = alice.get(url(critical.alert)).content.decode()
    for modality in ("CT", "MRI", "XRAY"):
        assert f'name="modality" value="{modality}"' in page
    assert 'id="earlier-imaging_requested"' in page
    form = {"idempotency_key": str(uuid4()), "stage": "requested", "happened": "now", "modality": "MRI"}
    answer = alice.post(address(critical), form | {"alert": str(critical.alert.public_id)}, follow=True)
    assert answer.redirect_chain == [(url(critical.alert), 302)]
    milestone = Milestone.objects.get()
    assert (milestone.kind, milestone.note, milestone.recorded_by) == ("imaging_requested", "MRI", critical.cast.alice)
    assert 'name="modality"' not in answer.content.decode()


def test_a_study_is_done_in_one_tap_and_one_comes_back_to_the_alert(alice: Client, critical: Patient) -> None:
    first = requested(alice, critical, minutes_ago=5, accession="A-77")
    form = {"idempotency_key": str(uuid4()), "happened": "now", "accession": "A-77"}
    answer = alice.post(step(first, "done"), form | {"alert": str(critical.alert.public_id)})
    assert answer["Location"] == url(critical.alert)
    assert Imaging.objects.latest("pk").accession == "A-77"
    assert Milestone.objects.latest("pk").kind == "imaging_done"


def test_imaging_that_was_asked_for_elsewhere_is_a_milestone_as_before(alice: Client, critical: Patient) -> None:
    page = alice.get(url(critical.alert)).content.decode()
    assert 'id="now-imaging_done"' in page
    assert 'id="earlier-imaging_done"' in page


def test_a_refused_tap_shows_the_form_and_comes_back_to_the_alert(alice: Client, critical: Patient) -> None:
    form = filled(alert=str(critical.alert.public_id), modality="")
    page = alice.post(address(critical), form).content.decode()
    assert f'name="alert" value="{critical.alert.public_id}"' in page
    assert f'href="{url(critical.alert)}"' in page


@pytest.mark.parametrize("alert", ["https://elsewhere.example/", "x", "//elsewhere.example"])
def test_one_comes_back_to_the_patient_where_no_alert_is_named(alice: Client, patient: Patient, alert: str) -> None:
    assert alice.post(address(patient), filled(alert=alert))["Location"] == f"/stays/{patient.stay.public_id}/"


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_a_nurse_records_imaging_and_reports_none(alice: Client, sam: Client, patient: Patient) -> None:
    report = reported(sam, patient)
    before = acts()
    for name in ("report", "correct", "retract"):
        assert alice.get(step(report, name)).status_code == 403, name
        assert alice.post(step(report, name), filled(reason="mine", **SHOWN)).status_code == 403, name
    assert acts() == before
    assert alice.get(step(Imaging.objects.get(stage="done"), "correct")).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("who", "status"), [("sue", 404), ("adam", 403)], ids=["another ward", "no clinician"])
def test_only_the_wards_clinicians_may(
    cast: Cast, alice: Client, patient: Patient, who: str, status: int, method: str
) -> None:
    first = requested(alice, patient)
    client, before = signed_in(getattr(cast, who)), acts()
    for page in (address(patient), *(step(first, name) for name in ("done", "report", "correct", "retract"))):
        assert getattr(client, method)(page, filled(reason="mine", **SHOWN)).status_code == status, page
    assert acts() == before


def test_a_study_that_there_is_not_is_not_found(alice: Client, patient: Patient) -> None:
    for name in ("done", "report", "correct", "retract"):
        assert alice.get(f"/imaging/{uuid4()}/{name}/").status_code == 404


def test_many_studies_cost_no_more_than_one(cast: Cast, alice: Client, patient: Patient) -> None:
    first = requested(alice, patient)
    read(cast.alice, step(first, "done"))
    few = queries_of(lambda: read(cast.alice, step(first, "done")))
    for _ in range(4):
        requested(alice, patient)
    assert queries_of(lambda: read(cast.alice, step(first, "done"))) == few
