"""What a re-operation was for and what it found, with its drains: recorded, refused, corrected, taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from monitoring.pathway.models import DrainEntry, Exploration
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago
from tests.desks.pages import acts, alerting_works, read, said, signed_in
from tests.desks.test_operation_and_treatment_pages import operation, refused
from tests.pathway.examples import again, place
from wards.models import Operation


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def sam(cast: Cast) -> Client:
    return signed_in(cast.sam)


@pytest.fixture
def reoperation(cast: Cast, patient: Patient) -> Operation:
    """From four until three hours ago."""
    return again(cast, patient.stay, ended_at=ago(hours=3))


def address(operation: Operation) -> str:
    return f"/operations/{operation.public_id}/findings/"


def step(exploration: Exploration, name: str) -> str:
    return f"/findings/{exploration.public_id}/{name}/"


def filled(**changes: str) -> dict[str, str]:
    """What a browser sends of a haematoma, with the drains' names as they were filled in and none placed."""
    names = {f"drain_{number}_label": str(number) for number in range(1, 5)}
    return {
        "idempotency_key": str(uuid4()),
        "indication": "deficit",
        "finding": "epidural_haematoma",
        "level": "L2",
        "side": "right",
        "text": "clot removed",
        "drains": "0",
        **names,
        **changes,
    }


def found(client: Client, reoperation: Operation, **changes: str) -> Exploration:
    assert client.post(address(reoperation), filled(**changes)).status_code == 302
    return Exploration.objects.latest("pk")


# --- Recorded ---------------------------------------------------------------------------------------------------------


def test_the_form_says_which_stay_out_of_the_registry_and_chooses_nothing(cast: Cast, reoperation: Operation) -> None:
    page = read(cast.sam, address(reoperation))
    text = said(page)
    assert "wound exudation, infection or a foreign body is recorded as such, and stays out of the registry" in text
    assert "“None found” is an answer." in text
    chosen = [part.rsplit("<input", 1)[1] for part in page.split(" checked>")[:-1]]
    assert [('name="level" value=""' in one, 'name="side" value=""' in one) for one in chosen] == [
        (True, False),
        (False, True),
    ]  # what is not said


def test_findings_are_stored_once_however_often_they_are_sent(sam: Client, reoperation: Operation) -> None:
    form = filled(drains="1", drain_1_suction="yes")
    for _ in range(3):
        answer = sam.post(address(reoperation), form, follow=True)
        assert answer.redirect_chain == [(f"/stays/{reoperation.stay.public_id}/", 302)]
    assert "The findings are saved: epidural haematoma, L2, right." in said(answer.content.decode())
    one = Exploration.objects.get()
    assert (one.indication, one.finding, one.level, one.side, one.text) == (
        "deficit",
        "epidural_haematoma",
        "L2",
        "right",
        "clot removed",
    )
    assert one.operation_place == reoperation.place
    assert DrainEntry.objects.count() == 1


def test_drains_are_placed_at_the_operations_end(sam: Client, reoperation: Operation) -> None:
    form = {"drains": "2", "drain_1_label": "deep", "drain_1_suction": "yes", "drain_2_suction": "no"}
    found(sam, reoperation, **form)
    lines = list(DrainEntry.objects.order_by("pk"))
    assert [(line.label, line.suction, line.stage) for line in lines] == [
        ("deep", True, "placed"),
        ("2", False, "placed"),
    ]
    assert {line.happened_at for line in lines} == {reoperation.ended_at}


@pytest.mark.parametrize("why", ["exudation", "infection", "foreign_body", "other"])
def test_a_re_operation_for_another_reason_has_no_cause(sam: Client, reoperation: Operation, why: str) -> None:
    one = found(sam, reoperation, indication=why, finding="", side="", level="")
    assert (one.indication, one.finding) == (why, "")


def test_a_drain_begins_with_a_name_that_no_lying_one_has(cast: Cast, reoperation: Operation) -> None:
    place(cast, reoperation.stay, label="1", at=ago(hours=20))
    page = read(cast.sam, address(reoperation))
    assert 'name="drain_1_label" value="2"' in page
    assert 'name="drain_4_label" value="5"' in page


def test_findings_that_are_recorded_already_are_the_ones_to_correct(sam: Client, reoperation: Operation) -> None:
    one = found(sam, reoperation)
    assert sam.get(address(reoperation))["Location"] == step(one, "correct")
    assert "recorded already" in refused(sam, address(reoperation), filled())


# --- After the operation's own form -----------------------------------------------------------------------------------


def test_a_surgeon_goes_from_the_re_operation_to_its_findings(sam: Client, patient: Patient) -> None:
    form = operation(ago(hours=2), kind="secondary", procedure="other")
    answer = sam.post(f"/stays/{patient.stay.public_id}/operations/new/", form, follow=True)
    stored = Operation.objects.latest("pk")
    assert answer.redirect_chain == [(address(stored), 302)]
    assert "Now say what the re-operation was for and what it found." in said(answer.content.decode())


def test_a_nurse_comes_to_the_patient_and_so_does_a_surgeon_after_the_fusion(cast: Cast, patient: Patient) -> None:
    form = operation(ago(hours=2), kind="secondary", procedure="other")
    again_page = f"/stays/{patient.stay.public_id}/operations/new/"
    assert signed_in(cast.alice).post(again_page, form)["Location"] == f"/stays/{patient.stay.public_id}/"
    fresh = admit_patient(cast, bed=cast.beds[1]).public_id
    fusion = signed_in(cast.sam).post(f"/stays/{fresh}/operations/new/", operation(ago(hours=3)))
    assert fusion["Location"] == f"/stays/{fresh}/"


# --- What is refused --------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_beside_its_field_and_all_is_kept(sam: Client, reoperation: Operation) -> None:
    text = refused(sam, address(reoperation), filled(indication="", drains=""))
    assert text.count("Say why.") == 2  # in the summary and beside the field
    assert "Say how many. 0 is an answer." in text
    page = sam.post(address(reoperation), filled(drains="")).content.decode()
    assert "clot removed" in page
    assert 'value="epidural_haematoma" id="id_finding_3" checked' in page
    assert "checked" in page.split('name="level" value="L2"')[1].split(">")[0]


def test_a_deficit_without_a_cause_is_refused_and_a_cause_without_a_deficit(
    sam: Client, reoperation: Operation
) -> None:
    assert "Say what was found. “None found” is an answer." in refused(sam, address(reoperation), filled(finding=""))
    assert "A cause of weakness belongs to a re-operation for weakness." in refused(
        sam, address(reoperation), filled(indication="infection")
    )


def test_another_reason_is_said_in_words(sam: Client, reoperation: Operation) -> None:
    form = filled(indication="other", finding="", text=" ")
    assert "Say in words why." in refused(sam, address(reoperation), form)


def test_a_drain_without_a_name_or_suction_is_refused_beside_its_field(sam: Client, reoperation: Operation) -> None:
    text = refused(sam, address(reoperation), filled(drains="2", drain_1_label=" ", drain_1_suction="yes"))
    assert "Name the drain, so that nobody reads the wrong one." in text
    assert "Say whether it is on suction." in text
    form = filled(drains="2", drain_1_label="deep", drain_2_label="Deep", drain_1_suction="yes", drain_2_suction="no")
    assert "Two drains of one name: give this one another." in refused(sam, address(reoperation), form)


def test_a_drain_of_a_lying_ones_name_is_refused_beside_its_field_and_nothing_stored(
    cast: Cast, sam: Client, reoperation: Operation
) -> None:
    place(cast, reoperation.stay, label="deep", at=ago(hours=20))
    form = filled(drains="2", drain_2_label="deep", drain_1_suction="yes", drain_2_suction="no")
    page = sam.post(address(reoperation), form).content.decode()
    beside = page.split('id="field-drain_2_label"')[1].split('id="field-drain_2_suction"')[0]
    assert "A drain of this name lies already." in beside
    assert not Exploration.objects.exists()
    assert DrainEntry.objects.count() == 1


# --- Corrected and taken back -----------------------------------------------------------------------------------------


def test_findings_are_corrected_with_what_was_recorded_filled_in(sam: Client, reoperation: Operation) -> None:
    one = found(sam, reoperation, drains="1", drain_1_suction="yes")
    page = sam.get(step(one, "correct")).content.decode()
    assert 'value="epidural_haematoma" id="id_finding_3" checked' in page
    assert 'name="drains"' not in page
    form = filled(finding="fixation.malposition")
    assert "Say why it is corrected." in refused(sam, step(one, "correct"), form)
    answer = sam.post(step(one, "correct"), form | {"reason": "seen on the film"}, follow=True)
    assert "Corrected: fixation: screw malposition, L2, right." in said(answer.content.decode())
    assert Exploration.objects.get(supersedes=one).finding == "fixation.malposition"
    assert DrainEntry.objects.count() == 1
    assert "corrected this entry" in refused(sam, step(one, "correct"), filled(reason="once more"))


def test_findings_are_taken_back_and_the_drains_stay(sam: Client, reoperation: Operation) -> None:
    one = found(sam, reoperation, drains="1", drain_1_suction="yes")
    text = said(sam.get(step(one, "retract")).content.decode())
    assert "epidural haematoma, L2, right" in text
    assert "The re-operation itself stays, and so do its drains." in text
    assert "Say why it is retracted." in refused(sam, step(one, "retract"), {"reason": ""})
    assert sam.post(step(one, "retract"), {"reason": "another patient"}).status_code == 302
    one.refresh_from_db()
    assert one.retraction_reason == "another patient"
    assert DrainEntry.objects.standing().count() == 1
    assert sam.get(address(reoperation)).status_code == 200


# --- Who may, and about what ------------------------------------------------------------------------------------------


def test_only_a_standing_re_operation_has_findings(cast: Cast, sam: Client, reoperation: Operation) -> None:
    index = Operation.objects.get(kind="index")
    assert sam.get(address(index)).status_code == 404
    reoperation.retracted_at, reoperation.retracted_by = reoperation.recorded_at, cast.sam
    reoperation.retraction_reason = "another patient"
    reoperation.save()
    for method in ("get", "post"):
        assert getattr(sam, method)(address(reoperation), filled()).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("who", "status"), [("sue", 404), ("adam", 403), ("alice", 403)], ids=["another ward", "no clinician", "nurse"]
)
def test_only_the_wards_surgeons_may(
    cast: Cast, sam: Client, reoperation: Operation, who: str, status: int, method: str
) -> None:
    one = found(sam, reoperation)
    client, before = signed_in(getattr(cast, who)), acts()
    for page in (address(reoperation), step(one, "correct"), step(one, "retract")):
        assert getattr(client, method)(page, filled(reason="mine")).status_code == status, page
    assert acts() == before
