"""The theatre plan: when, in one tap or typed on the ward's clock, and why; changed, cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from monitoring.alerts.models import Milestone
from monitoring.due.clock import now
from monitoring.pathway.models import TheatrePlan
from tests.alerts.conftest import Patient
from tests.cast import Cast, ago, operate
from tests.desks.alerting import url
from tests.desks.pages import acts, alerting_works, read, said, signed_in
from tests.desks.test_operation_and_treatment_pages import refused, wall


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def address(patient: Patient) -> str:
    return f"/stays/{patient.stay.public_id}/theatre/new/"


def filled(**changes: str) -> dict[str, str]:
    """What a browser sends of a plan: in half an hour, for a deficit."""
    return {
        "idempotency_key": str(uuid4()),
        "planned": "30",
        "planned_date": "",
        "planned_time": "",
        "indication": "deficit",
        "note": "",
    } | changes


def typed(at: datetime) -> dict[str, str]:
    date, time = wall(at).split("T")
    return {"planned": "at", "planned_date": date, "planned_time": time}


def planned(client: Client, patient: Patient, **changes: str) -> TheatrePlan:
    assert client.post(address(patient), filled(**changes)).status_code == 302
    return TheatrePlan.objects.latest("pk")


def step(plan: TheatrePlan, name: str) -> str:
    return f"/theatre/{plan.public_id}/{name}/"


# --- Planned ----------------------------------------------------------------------------------------------------------


def test_the_form_asks_when_and_why_and_chooses_nothing(cast: Cast, patient: Patient) -> None:
    page = read(cast.alice, address(patient))
    assert " checked>" not in page
    for words in ("In 30 min", "In 1 hour", "In 2 hours", "At a time", "Wound exudation", "Foreign body"):
        assert words in said(page)


@pytest.mark.parametrize("minutes", ["30", "60", "120"])
def test_one_tap_plans_it_from_now_once_however_often_it_is_sent(alice: Client, patient: Patient, minutes: str) -> None:
    form = filled(planned=minutes, note="theatre 2")
    before = now()
    for _ in range(3):
        assert alice.post(address(patient), form)["Location"] == f"/stays/{patient.stay.public_id}/"
    plan = TheatrePlan.objects.get()
    assert before <= plan.planned_at - timedelta(minutes=int(minutes)) <= now()
    assert (plan.indication, plan.note, plan.recorded_by) == ("deficit", "theatre 2", patient.cast.alice)


def test_a_time_is_typed_on_the_wards_clock(alice: Client, patient: Patient) -> None:
    at = ago(hours=-5)
    answer = alice.post(address(patient), filled(**typed(at)), follow=True)
    assert TheatrePlan.objects.get().planned_at == at
    assert wall(at).split("T")[1] in said(answer.content.decode()).split("Theatre is planned:")[1][:40]


def test_a_time_that_comes_twice_asks_which(alice: Client, patient: Patient) -> None:
    form = filled(planned="at", planned_date="2025-10-26", planned_time="02:30")
    assert "came twice" in refused(alice, address(patient), form)
    page = alice.post(address(patient), form).content.decode()
    assert 'name="planned_fold"' in page
    text = refused(alice, address(patient), form | {"planned_fold": "second"})
    assert "That is before the admission. Check the date." in text  # read as a time, and then judged


def test_a_plan_is_the_alerts_milestone_and_one_comes_back_there(alice: Client, critical: Patient) -> None:
    page = alice.get(url(critical.alert)).content.decode()
    alert = str(critical.alert.public_id)
    assert f'href="{address(critical)}?alert={alert}"' in page
    assert 'id="earlier-theatre_booked"' in page
    assert f'name="alert" value="{alert}"' in alice.get(f"{address(critical)}?alert={alert}").content.decode()
    answer = alice.post(address(critical), filled(alert=alert))
    assert answer["Location"] == url(critical.alert)
    assert Milestone.objects.get().kind == "theatre_booked"


def test_where_one_is_planned_already_it_is_the_one_to_change(alice: Client, patient: Patient) -> None:
    plan = planned(alice, patient)
    assert alice.get(address(patient))["Location"] == step(plan, "change")
    assert "Theatre is planned already for" in refused(alice, address(patient), filled(planned="60"))


def test_after_the_operation_another_one_can_be_planned(cast: Cast, alice: Client, patient: Patient) -> None:
    planned(alice, patient, **typed(ago(hours=2)))
    ended_at = ago(minutes=1)
    started_at = ended_at - timedelta(minutes=30)
    operate(cast, patient.stay, ended_at=ended_at, started_at=started_at, kind="secondary", procedure="other")
    assert alice.get(address(patient)).status_code == 200


# --- What is refused --------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_beside_its_field_and_all_is_kept(alice: Client, patient: Patient) -> None:
    text = refused(alice, address(patient), filled(planned="", indication="", note="theatre 2"))
    assert text.count("Say when.") == 2  # in the summary and beside the field
    assert text.count("Say why.") == 2
    page = alice.post(address(patient), filled(planned="", note="theatre 2")).content.decode()
    assert "theatre 2" in page
    assert 'value="deficit" id="id_indication_0" checked' in page
    text = refused(alice, address(patient), filled(planned="at"))
    assert "Give the date." in text
    assert "Give the time." in text


def test_a_time_far_ahead_or_before_the_admission_is_refused(alice: Client, patient: Patient) -> None:
    text = refused(alice, address(patient), filled(**typed(ago(days=-31))))
    assert "That is more than 30 days ahead. Check the date." in text
    text = refused(alice, address(patient), filled(**typed(ago(days=9))))
    assert "That is before the admission. Check the date." in text


def test_a_tap_beside_a_typed_time_is_refused(alice: Client, patient: Patient) -> None:
    assert "You chose one time and typed another." in refused(alice, address(patient), filled(planned_time="14:30"))


# --- Changed and cancelled --------------------------------------------------------------------------------------------


def test_another_time_takes_the_plans_place_with_a_reason(alice: Client, patient: Patient) -> None:
    plan = planned(alice, patient, **typed(ago(hours=-3)))
    page = alice.get(step(plan, "change")).content.decode()
    assert 'value="same" id="id_planned_0" checked' in page
    later = ago(hours=-5)
    assert "Say why it is changed." in refused(alice, step(plan, "change"), filled(**typed(later)))
    assert alice.post(step(plan, "change"), filled(**typed(later), reason="theatre is taken")).status_code == 302
    changed = TheatrePlan.objects.get(supersedes=plan)
    assert (changed.planned_at, changed.correction_reason) == (later, "theatre is taken")


def test_a_change_in_so_many_minutes_is_stored_once(alice: Client, patient: Patient) -> None:
    plan = planned(alice, patient)
    form = filled(planned="120", reason="theatre is taken") | typed_as_shown(plan)
    for _ in range(2):
        assert alice.post(step(plan, "change"), form).status_code == 302
    assert TheatrePlan.objects.get(supersedes=plan).planned_at > now() + timedelta(minutes=119)


def typed_as_shown(plan: TheatrePlan) -> dict[str, str]:
    """The date and time that the page was filled in with."""
    date, time = wall(plan.planned_at).split("T")
    return {"planned_date": date, "planned_time": time}


def test_a_time_left_as_it_was_stays_to_the_second(alice: Client, patient: Patient) -> None:
    plan = planned(alice, patient)
    form = filled(planned="same", reason="another reason", indication="infection") | typed_as_shown(plan)
    assert alice.post(step(plan, "change"), form).status_code == 302
    changed = TheatrePlan.objects.get(supersedes=plan)
    assert (changed.planned_at, changed.indication) == (plan.planned_at, "infection")
    assert plan.planned_at.astimezone(UTC).second or plan.planned_at.microsecond
    other = form | {"idempotency_key": str(uuid4()), "planned_time": "00:01", "planned_date": "2026-01-01"}
    assert "You chose one time and typed another." in refused(alice, step(changed, "change"), other)


def test_a_plan_that_was_changed_meanwhile_is_not_changed_again(alice: Client, patient: Patient) -> None:
    plan = planned(alice, patient)
    alice.post(step(plan, "change"), filled(planned="60", reason="theatre is taken"))
    assert "corrected this entry" in refused(alice, step(plan, "change"), filled(planned="120", reason="mine"))


def test_a_plan_is_cancelled_with_a_reason(alice: Client, patient: Patient) -> None:
    plan = planned(alice, patient, note="theatre 2")
    page = said(alice.get(step(plan, "cancel")).content.decode())
    assert "Cancel the theatre plan" in page
    assert "weakness or another deficit, theatre 2" in page
    assert "Say why" in refused(alice, step(plan, "cancel"), {"reason": ""})
    answer = alice.post(step(plan, "cancel"), {"reason": "it is better"}, follow=True)
    assert "The theatre plan is cancelled." in said(answer.content.decode())
    plan.refresh_from_db()
    assert plan.retraction_reason == "it is better"
    assert alice.get(address(patient)).status_code == 200


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("who", "status"), [("sue", 404), ("adam", 403)], ids=["another ward", "no clinician"])
def test_only_the_wards_clinicians_may(
    cast: Cast, alice: Client, patient: Patient, who: str, status: int, method: str
) -> None:
    plan = planned(alice, patient)
    client, before = signed_in(getattr(cast, who)), acts()
    for page in (address(patient), step(plan, "change"), step(plan, "cancel")):
        assert getattr(client, method)(page, filled(reason="mine")).status_code == status, page
    assert acts() == before
