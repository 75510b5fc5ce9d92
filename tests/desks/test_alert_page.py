"""One alert whole: its state, what was done, who was told, and what comes next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.due.clock import now
from monitoring.escalation.climb import climb
from monitoring.escalation.models import Contact, Delivery
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.desks.alerting import on_call, send, shown, url
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards import absences
from wards.models import Membership, Post, Role, Staff


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def test_it_shows_the_evidence_and_the_states_in_order(cast: Cast, critical: Patient) -> None:
    steps.acknowledge(critical.alert, by=cast.alice, revision=critical.alert.revision)
    text = shown(cast.sam, critical.alert)
    assert "L4 left 5 → 2" in text
    assert "a drop of 3 grades or more (protocol §4.2)" in text
    places = [text.index(word) for word in ("open ", "acknowledged ", "accepted ", "decided ", "closed ")]
    assert places == sorted(places)
    assert "Alice Ames accepted a surgeon has it" in text


def test_what_was_done_stands_with_its_time_by_whom_and_the_note(cast: Cast, critical: Patient) -> None:
    alert = critical.alert
    at = now() - timedelta(minutes=2)
    steps.record_milestone(alert, by=cast.sam, revision=alert.revision, kind="imaging_requested", at=at, note="MRI")
    text = shown(cast.alice, alert)
    assert "by Sam Stone MRI" in text.split("What was done")[1].split("Who was told")[0]
    assert "imaging requested at" in text.split("Timeline")[1]


def test_who_was_told_stands_with_channel_and_state(cast: Cast, critical: Patient) -> None:
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    Contact.objects.create(staff=cast.sam, channel="email", address="sam@hospital.example")
    climb(critical.alert.pk)
    at = now()
    Delivery.objects.filter(channel="email").update(
        state=Delivery.State.FAILED, next_attempt_at=None, error="the mailbox is full", attempts=2, ended_at=at
    )
    text = shown(cast.alice, critical.alert).split("Who was told")[1]
    assert "called the surgeon on call" in text
    assert "Sam Stone · In Spinewatch · sent" in text
    assert "Sam Stone · E-mail · NOT SENT: the mailbox is full (2 tries)" in text
    assert "sam@hospital.example" not in text


def test_a_call_that_nobody_answers_for_hours_stands_once_and_its_failures_by_themselves(
    cast: Cast, critical: Patient
) -> None:
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    alert, why = critical.alert, "the surgeon on call"
    climb(alert.pk)
    before = shown(cast.alice, alert).split("Who was told")[1].count("called the surgeon on call")
    for step in range(101, 141):
        Delivery.objects.create(
            alert=alert, step=step, purpose="call", why=why, person=cast.sam, channel="in_app", state="accepted"
        )
        data = {"step": step, "rung": 5, "whom": why, "people": ["Sam Stone"]}
        AlertEvent.objects.create(alert=alert, kind=AlertEvent.Kind.CALLED, data=data)
    told, timeline = shown(cast.alice, alert).split("Who was told")[1].split("Timeline")
    assert "40 times since" in told
    assert (told + timeline).count("called the surgeon on call") == before + 1
    assert timeline.count("called the surgeon on call: Sam Stone") == 1
    assert " times, last " in timeline
    Delivery.objects.filter(step=120).update(state="failed")
    told = shown(cast.alice, alert).split("Who was told")[1].split("Timeline")[0]
    assert "20 times since" in told
    assert "NOT SENT" in told


def test_an_empty_rung_is_a_fault_on_the_timeline(cast: Cast, critical: Patient) -> None:
    climb(critical.alert.pk)
    assert "FAULT: the surgeon on call: nobody is there" in shown(cast.alice, critical.alert)


def test_who_comes_on_duty_on_a_climbed_rung_stands_with_since_now(cast: Cast, critical: Patient) -> None:
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    Contact.objects.create(staff=cast.sam, channel="email", address="sam@hospital.example")
    climb(critical.alert.pk)
    umar = Staff.objects.create(username="umar", first_name="Umar", last_name="Newcomer")
    Membership.objects.create(staff=umar, ward=cast.ward_7b, role=Role.SURGEON)
    on_call(cast, Post.SURGEON_ON_CALL, umar)
    Alert.objects.filter(pk=critical.alert.pk).update(next_step_at=now())
    climb(critical.alert.pk)
    told, timeline = shown(cast.alice, critical.alert).split("Who was told")[1].split("Timeline")
    assert "called the surgeon on call, since now" in told
    assert "called the surgeon on call, since now: Umar Newcomer" in timeline


def test_it_says_whom_the_ladder_calls_next_and_when(cast: Cast, critical: Patient) -> None:
    for post, staff in ((Post.NURSE, cast.alice), (Post.CHARGE_NURSE, cast.carol), (Post.SURGEON_ON_CALL, cast.sam)):
        on_call(cast, post, staff)
        Contact.objects.create(staff=staff, channel="email", address=f"{staff.username}@hospital.example")
    assert "Whom to call is being looked up" in shown(cast.alice, critical.alert)
    climb(critical.alert.pk)
    text = shown(cast.alice, critical.alert)
    assert "Next: the charge nurse at" in text
    assert "( in 2 min )" in text or "( in 3 min )" in text
    steps.acknowledge(critical.alert, by=cast.alice, revision=critical.alert.revision)
    climb(critical.alert.pk)
    text = shown(cast.alice, critical.alert)
    assert "Next: the second on call at" in text
    assert "The nurses’ calls are quiet: Alice Ames is on it." in text


def test_a_limit_that_runs_is_counted_down_and_a_lapse_said(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=1)
    alert = patient.alert
    assert "image_and_explore" in alert.actions
    climb(alert.pk)
    steps.accept(alert, by=cast.sam, revision=patient.alert.revision)
    climb(alert.pk)
    text = shown(cast.sam, patient.alert)
    assert "Imaging must be requested by" in text
    assert "The surgeons’ calls are quiet: Sam Stone has it." in text
    at = now()
    Alert.objects.filter(pk=alert.pk).update(accepted_at=at - timedelta(minutes=31), next_step_at=at)
    climb(alert.pk)
    text = shown(cast.sam, patient.alert)
    assert "surgeons are called again until one accepts" in text
    assert "imaging not requested within 30 min: the ladder goes on" in text
    assert "I have it" in text


def test_a_refresh_is_a_fragment_without_the_frame(cast: Cast, critical: Patient) -> None:
    fragment = signed_in(cast.alice).get(url(critical.alert), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "What was found" in fragment


def test_another_wards_alert_is_not_there(cast: Cast, critical: Patient) -> None:
    alert = critical.alert
    for step in ("", "decide/", "offer/", "close/", "milestones/imaging_done/"):
        assert signed_in(cast.sue).get(url(alert, step)).status_code == 404, step
    for step in ("accept/", "acknowledge/", "confirm-pause/", "decide/", "offer/", "milestones/imaging_done/"):
        assert send(cast.sue, alert, step).status_code == 404, step


def test_an_overdue_check_has_no_surgeons_steps(cast: Cast, patient: Patient) -> None:
    patient.clock_comes()
    overdue = Alert.objects.get(stay=patient.stay, kind=Alert.Kind.OVERDUE)
    page = read(cast.sam, url(overdue))
    assert "Do the check now" in said(page)
    assert "I have it" not in page
    assert "/decide/" not in page
    assert "What was done" not in page


def test_many_rounds_and_people_cost_as_many_queries_as_one(cast: Cast, critical: Patient, tess: Staff) -> None:
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    climb(critical.alert.pk)
    read(cast.alice, url(critical.alert))
    few = queries_of(lambda: read(cast.alice, url(critical.alert)))
    on_call(cast, Post.SURGEON_ON_CALL, tess)
    Alert.objects.update(next_step_at=now())
    climb(critical.alert.pk)
    assert Delivery.objects.values("person").distinct().count() == 2
    assert queries_of(lambda: read(cast.alice, url(critical.alert))) == few


def test_a_ladder_that_has_come_to_its_end_says_so(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=3)
    climb(patient.alert.pk)
    assert "nobody is called again by itself" in shown(cast.alice, patient.alert)
    on_call(cast, Post.CHARGE_NURSE, cast.carol)
    steps.acknowledge(patient.alert, by=cast.alice, revision=patient.alert.revision)
    climb(patient.alert.pk)
    text = shown(cast.alice, patient.alert)
    assert "nobody is called again by itself" not in text
    assert "The nurses’ calls are quiet: Alice Ames is on it." in text


def test_a_level_that_calls_nobody_says_so(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_right=4)
    climb(patient.alert.pk)
    assert "This level calls nobody by itself" in shown(cast.alice, patient.alert)


def test_a_reminder_waits_while_the_patient_is_away(cast: Cast, patient: Patient) -> None:
    patient.clock_comes()
    overdue = Alert.objects.get(stay=patient.stay, kind=Alert.Kind.OVERDUE)
    absences.leave(patient.stay, by=cast.alice, at=None, place="theatre")
    climb(overdue.pk)
    assert "Reminders wait: in theatre since" in shown(cast.alice, overdue)


def test_a_closed_alert_stands_there_with_how_it_ended(cast: Cast, critical: Patient) -> None:
    alert = critical.alert
    steps.close(alert, by=cast.sam, revision=alert.revision, outcome="other", text="moved to the ICU")
    page = read(cast.sam, url(alert))
    assert "It is closed: nobody is called." in said(page)
    assert "moved to the ICU" in said(page)
    assert '<form method="post" action="/alerts/' not in page
