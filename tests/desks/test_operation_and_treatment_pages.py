"""The forms for operations and for conservative treatment."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from monitoring.checks.models import Treatment
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago
from tests.desks.pages import acts, alerting_works, confirmed, read, signed_in, spaced
from wards.models import Operation

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def wall(at: datetime) -> str:
    """As a browser sends what was typed on the ward's clock."""
    return f"{at.astimezone(BERLIN):%Y-%m-%dT%H:%M}"


def operation(ended_at: datetime, **changes: str) -> dict[str, str]:
    said = {
        "idempotency_key": str(uuid4()),
        "kind": "index",
        "started_at": wall(ended_at - timedelta(hours=2)),
        "ended_at": wall(ended_at),
        "procedure": "PLIF",
        "level_upper": "L3",
        "level_lower": "S1",
        "diagnosis": "stenosis",
        "symptomatic_side": "left",
        "coagulopathy": "no",
        "deformity_correction": "yes",
    } | changes
    return {name: value for name, value in said.items() if value}


def treatment(**changes: str) -> dict[str, str]:
    return {
        "idempotency_key": str(uuid4()),
        "kind": "mannitol",
        "action": "started",
        "dose": "250 ml",
        "happened": "now",
    } | changes


def refused(client: Client, url: str, form: dict[str, str]) -> str:
    before = acts()
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert acts() == before
    return spaced(answer.content.decode())


def test_an_operation_is_stored_with_its_time_in_the_wards_zone(cast: Cast, alice: Client) -> None:
    stay, ended_at = admit_patient(cast), ago(hours=3)
    answer = alice.post(f"/stays/{stay.public_id}/operations/new/", operation(ended_at))
    stored = Operation.objects.get()
    assert answer.headers["Location"] == f"/stays/{stay.public_id}/"
    assert (stored.ended_at, stored.levels_label) == (ended_at, "L3–S1")
    assert (stored.coagulopathy, stored.deformity_correction) == (False, True)


@pytest.mark.parametrize("risk", ["coagulopathy", "deformity_correction", "symptomatic_side"])
def test_a_risk_factor_is_never_taken_as_no(cast: Cast, alice: Client, risk: str) -> None:
    url = f"/stays/{admit_patient(cast).public_id}/operations/new/"
    assert " checked>" not in read(cast.alice, url)
    assert "Choose one of these." in refused(alice, url, operation(ago(hours=3), **{risk: ""}))


def test_an_operation_over_a_check_is_refused_beside_its_time(alice: Client, patient: Patient) -> None:
    url = f"/stays/{patient.stay.public_id}/operations/new/"
    text = refused(alice, url, operation(ago(hours=4), kind="secondary"))
    assert "during this operation" in text


def test_an_operation_is_corrected_and_the_old_one_kept(alice: Client, patient: Patient) -> None:
    old = Operation.objects.get()
    form = operation(old.ended_at, started_at=wall(old.started_at), reason="wrong levels")
    assert confirmed(alice, f"/operations/{old.public_id}/correct/", form).status_code == 302
    assert Operation.objects.get(supersedes=old).levels_label == "L3–S1"
    again = operation(old.ended_at, started_at=wall(old.started_at), reason="once more")
    assert "corrected this entry" in refused(alice, f"/operations/{old.public_id}/correct/", again)


def test_a_corrected_operation_begins_with_what_was_recorded(cast: Cast, patient: Patient) -> None:
    old = Operation.objects.get()
    page = read(cast.alice, f"/operations/{old.public_id}/correct/")
    assert f'value="{wall(old.ended_at)}"' in page
    assert page.count(" checked>") == 8


def test_an_operation_is_retracted_with_a_reason(alice: Client, patient: Patient) -> None:
    old = Operation.objects.get()
    url = f"/operations/{old.public_id}/retract/"
    assert "Say why" in refused(alice, url, {"reason": ""})
    assert confirmed(alice, url, {"reason": "another patient"}).status_code == 302
    old.refresh_from_db()
    assert old.retraction_reason == "another patient"


def test_a_treatment_is_started_and_stopped(cast: Cast, alice: Client, patient: Patient) -> None:
    url = f"/stays/{patient.stay.public_id}/treatments/new/"
    assert alice.post(url, treatment()).status_code == 302
    assert "Mannitol IV, 250 ml running since" in spaced(read(cast.alice, url))
    alice.post(url, treatment(action="stopped", dose=""))
    assert "Nothing is running now" in spaced(read(cast.alice, url))
    assert Treatment.objects.count() == 2


def test_a_treatment_sent_twice_is_stored_once(alice: Client, patient: Patient) -> None:
    form = treatment()
    for _ in range(3):
        alice.post(f"/stays/{patient.stay.public_id}/treatments/new/", form)
    assert Treatment.objects.count() == 1


def test_a_treatment_must_say_what_whether_and_when(alice: Client, patient: Patient) -> None:
    text = refused(alice, f"/stays/{patient.stay.public_id}/treatments/new/", {})
    for message in ("without its key", "Choose the treatment.", "Say whether it started or stopped.", "Say when."):
        assert message in text


def test_a_treatment_is_corrected_and_retracted(cast: Cast, alice: Client, patient: Patient) -> None:
    alice.post(f"/stays/{patient.stay.public_id}/treatments/new/", treatment())
    old = Treatment.objects.get()
    form = treatment(kind="rest", dose="", happened="same", reason="no drip yet")
    assert confirmed(alice, f"/treatments/{old.public_id}/correct/", form).status_code == 302
    new = Treatment.objects.get(supersedes=old)
    assert (new.kind, new.happened_at) == ("rest", old.happened_at)
    assert confirmed(alice, f"/treatments/{new.public_id}/retract/", {"reason": "never given"}).status_code == 302
    assert "Nothing is running now" in spaced(read(cast.alice, f"/stays/{patient.stay.public_id}/treatments/new/"))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("who", "status"), [("nora", 404), ("adam", 403)], ids=["another ward", "no clinician"])
def test_only_the_wards_clinicians_may(
    cast: Cast, alice: Client, patient: Patient, who: str, status: int, method: str
) -> None:
    alice.post(f"/stays/{patient.stay.public_id}/treatments/new/", treatment())
    given, operated = Treatment.objects.get(), Operation.objects.get()
    client, before = signed_in(getattr(cast, who)), acts()
    for url in (
        f"/stays/{patient.stay.public_id}/operations/new/",
        f"/operations/{operated.public_id}/correct/",
        f"/operations/{operated.public_id}/retract/",
        f"/stays/{patient.stay.public_id}/treatments/new/",
        f"/treatments/{given.public_id}/correct/",
        f"/treatments/{given.public_id}/retract/",
    ):
        form = operation(ago(hours=4)) | treatment(reason="mine")
        assert getattr(client, method)(url, form).status_code == status, url
    assert acts() == before
