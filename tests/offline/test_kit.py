"""The kit that a device keeps, and what the app on it is made of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from monitoring.checks.actions import accept_reference
from monitoring.offline import passes, seal
from monitoring.protocol import Muscle
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast
from tests.desks.pages import alerting_works, queries_of, signed_in


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def kit_of(client: Client) -> dict[str, Any]:
    answer = client.get("/wards/7b/kit/")
    assert answer.status_code == 200
    kit: dict[str, Any] = json.loads(answer.content)
    return kit


def test_it_names_each_patient_by_two_identifiers(alice: Client, patient: Patient) -> None:
    (entry,) = kit_of(alice)["stays"]
    assert entry["name"] == patient.stay.patient.display_name
    assert entry["born"] == "07-Mar-1955"
    assert entry["number"] == patient.stay.patient.record_number


def test_it_carries_references_and_the_latest_grades(alice: Client, patient: Patient) -> None:
    patient.checked(10, L4_left=4)
    (entry,) = kit_of(alice)["stays"]
    assert entry["references"]["l4_left"] == 5
    assert entry["latest"]["l4_left"]["grade"] == 4
    assert entry["assumed"] == []
    assert entry["raises"] == ["saddle_anaesthesia", "bladder_bowel"]


def test_a_flag_that_was_accepted_raises_no_more(cast: Cast, alice: Client, patient: Patient) -> None:
    patient.checked(20, flag="bladder_bowel")
    accept_reference(
        patient.stay,
        by=cast.sam,
        at=None,
        muscles={Muscle("L4 left"): 5},
        flags=["bladder_bowel"],
        reason="known",
        key=patient.stay.public_id,
    )
    patient.assess()
    (entry,) = kit_of(alice)["stays"]
    assert entry["raises"] == ["saddle_anaesthesia"]


def test_its_pass_names_who_asked(cast: Cast, alice: Client, patient: Patient) -> None:
    assert passes.read(kit_of(alice)["pass"]).staff_id == cast.alice.pk


def test_who_does_not_examine_gets_no_pass(cast: Cast, patient: Patient) -> None:
    assert kit_of(signed_in(cast.adam))["pass"] == ""


def test_the_private_key_is_not_in_it(alice: Client, patient: Patient) -> None:
    kit = kit_of(alice)
    assert kit["server_key"] == seal.public_key()
    assert len(seal.decoded(kit["server_key"])) == seal.POINT


def test_another_ward_gets_none(cast: Cast, patient: Patient) -> None:
    assert signed_in(cast.nora).get("/wards/7b/kit/").status_code == 404


def test_what_has_not_changed_is_not_sent_again_and_the_time_is(alice: Client, patient: Patient) -> None:
    first = alice.get("/wards/7b/kit/")
    again = alice.get("/wards/7b/kit/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["X-Spinewatch-Now"] > first["X-Spinewatch-Now"]
    patient.checked(5, L4_left=2)
    assert alice.get("/wards/7b/kit/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_no_browser_keeps_it_by_itself(alice: Client, patient: Patient) -> None:
    assert "no-store" in alice.get("/wards/7b/kit/")["Cache-Control"]


def test_it_costs_the_same_for_any_number_of_beds(cast: Cast, alice: Client, patient: Patient) -> None:
    one = queries_of(lambda: alice.get("/wards/7b/kit/"))
    watched_patient(cast, cast.beds[1])
    watched_patient(cast, cast.beds[2])
    assert queries_of(lambda: alice.get("/wards/7b/kit/")) == one


def test_the_shell_has_no_patient_and_no_person_whoever_asks(alice: Client, patient: Patient) -> None:
    page = alice.get("/offline/").content.decode()
    assert patient.stay.patient.family_name not in page
    assert patient.stay.patient.family_name.upper() not in page
    assert "Ames" not in page
    assert "data-key" not in page


def test_the_worker_keeps_the_shell_and_every_file_of_it(client: Client) -> None:
    worker = client.get("/sw.js")
    assert worker["Service-Worker-Allowed"] == "/"
    assert worker["Content-Type"].startswith("text/javascript")
    keeps = json.loads(worker.content.decode().split("const KEEPS = ", 1)[1].split(";\n", 1)[0])
    for name in ("look.css", "offline.js", "vault.js", "grave.js", "seal.js", "check.js", "draft.js", "shell.js"):
        assert any(address.endswith(f"/{name}") for address in keeps["files"]), name
    assert keeps["shell"] == "/offline/"


def test_the_app_can_be_installed(client: Client) -> None:
    manifest = client.get("/app.webmanifest")
    says = json.loads(manifest.content)
    assert says["display"] == "standalone"
    assert {icon["sizes"] for icon in says["icons"]} == {"192x192", "512x512"}


def test_pages_give_the_key_to_their_person_alone(cast: Cast, patient: Patient) -> None:
    alerting_works()
    one = signed_in(cast.alice).get("/wards/7b/").content.decode()
    other = signed_in(cast.carol).get("/wards/7b/").content.decode()
    key = one.split('data-key="', 1)[1].split('"', 1)[0]
    assert len(seal.decoded(key)) == 32
    assert key not in other
    assert "data-key" not in Client().get("/sign-in/").content.decode()


def test_nobody_sends_without_a_session(client: Client) -> None:
    assert client.post("/offline/checks/", {"sealed": "x", "sent_at": "1"}).status_code == 302


def test_the_intake_answers_what_became_of_it(alice: Client, patient: Patient) -> None:
    assert alice.post("/offline/checks/", {"sealed": "x", "sent_at": "1"}).json() == {"outcome": "unreadable"}
    assert alice.post("/offline/checks/", {"sealed": "x", "sent_at": "soon"}).status_code == 400
