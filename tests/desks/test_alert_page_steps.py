"""Every step that a person may take on an alert: who may, what is refused, and what stands there afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, Milestone
from monitoring.due.clock import now
from monitoring.escalation.climb import climb
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.desks.alerting import follow, send, shown, url
from tests.desks.pages import alerting_works, read, said, signed_in
from wards.models import Staff
from wards.times import zone_of


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


# --- Taking it --------------------------------------------------------------------------------------------------------


def test_a_surgeon_accepts_and_a_nurse_is_on_it(cast: Cast, critical: Patient) -> None:
    assert "I have it" in (page := said(read(cast.sam, url(critical.alert))))
    assert "I am on it" not in page
    assert "You have it" in follow(cast.sam, critical.alert, "accept/")
    assert critical.alert.accepted_by == cast.sam
    page = said(read(cast.alice, url(critical.alert)))
    assert "I have it" not in page
    assert "I am on it" in page
    assert "You are on it" in follow(cast.alice, critical.alert, "acknowledge/")


def test_a_nurse_may_not_accept_nor_decide(cast: Cast, critical: Patient) -> None:
    assert send(cast.alice, critical.alert, "accept/").status_code == 403
    assert send(cast.alice, critical.alert, "decide/", decision="observe", reason="no").status_code == 403
    assert signed_in(cast.alice).get(url(critical.alert, "decide/")).status_code == 403
    assert critical.alert.accepted_at is None
    assert critical.alert.decided_at is None


def test_an_administrator_sees_no_alert(cast: Cast, critical: Patient) -> None:
    assert signed_in(cast.adam).get(url(critical.alert)).status_code == 404


def test_who_accepts_second_is_told_who_was_first(cast: Cast, critical: Patient, tess: Staff) -> None:
    stale = critical.alert.revision
    steps.accept(critical.alert, by=tess, revision=stale)
    text = follow(cast.sam, critical.alert, "accept/", revision=stale)
    assert "Not accepted." in text
    assert "Tess Tiller" in text.split("Not accepted.")[1][:150]
    assert critical.alert.accepted_by == tess


def test_a_step_without_its_revision_is_refused(cast: Cast, critical: Patient) -> None:
    for revision in ("", "x", "0"):
        assert "This page is incomplete." in follow(cast.sam, critical.alert, "accept/", revision=revision)
    assert critical.alert.accepted_at is None


def test_one_comes_back_to_where_one_was_and_nowhere_else(cast: Cast, critical: Patient) -> None:
    for back, place in (("inbox", "/inbox/"), ("alerts", "/alerts/"), ("https://elsewhere.example/", "/alerts/")):
        assert send(cast.sam, critical.alert, "accept/", back=back)["Location"] == place
    assert send(cast.sam, critical.alert, "accept/")["Location"] == url(critical.alert)


# --- What was done ----------------------------------------------------------------------------------------------------


def test_a_milestone_is_one_tap_for_now(cast: Cast, critical: Patient) -> None:
    response = send(cast.alice, critical.alert, "milestones/surgeon_told/", at="now")
    assert response["Location"] == url(critical.alert)
    done = Milestone.objects.get()
    assert (done.kind, done.recorded_by) == ("surgeon_told", cast.alice)
    assert now() - done.at < timedelta(minutes=1)


def test_a_typed_time_and_a_note_are_kept_where_the_time_is_refused(cast: Cast, critical: Patient) -> None:
    tomorrow = f"{now() + timedelta(days=1):%Y-%m-%d}"
    sent = {"at": "earlier", "at_date": tomorrow, "at_time": "03:14", "note": "MRI, ext. 88"}
    response = send(cast.sam, critical.alert, "milestones/imaging_requested/", **sent)
    assert response.status_code == 422
    page = response.content.decode()
    assert "MRI, ext. 88" in page
    assert 'value="03:14"' in page
    assert "Nothing was saved." in page
    assert not Milestone.objects.exists()


def test_a_milestone_without_a_time_asks_when(cast: Cast, critical: Patient) -> None:
    response = send(cast.sam, critical.alert, "milestones/imaging_requested/", note="kept")
    assert response.status_code == 422
    assert "Say when." in response.content.decode()
    assert "kept" in response.content.decode()
    assert not Milestone.objects.exists()


def test_the_same_milestone_twice_says_who_recorded_it(cast: Cast, critical: Patient) -> None:
    send(cast.alice, critical.alert, "milestones/surgeon_told/", at="now")
    response = send(cast.sam, critical.alert, "milestones/surgeon_told/", at="now")
    assert "Alice Ames has recorded this already" in said(response.content.decode())
    assert Milestone.objects.count() == 1


def test_an_unknown_milestone_is_not_there(cast: Cast, critical: Patient) -> None:
    assert send(cast.sam, critical.alert, "milestones/coffee/", at="now").status_code == 404


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_a_decision_needs_its_reason_beside_the_field_and_keeps_the_rest(cast: Cast, critical: Patient) -> None:
    response = send(cast.sam, critical.alert, "decide/", decision="explore")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say why." in said(page.split('id="field-reason"')[1])
    assert 'value="explore" required' in page or "checked" in page.split('value="explore"')[1][:80]
    assert critical.alert.decided_at is None


def test_a_decision_is_made_and_shown_with_its_reason(cast: Cast, critical: Patient) -> None:
    text = follow(cast.sam, critical.alert, "decide/", decision="explore", reason="haematoma on MRI")
    assert "Decided to explore by Sam Stone" in text
    assert "haematoma on MRI" in text
    assert critical.alert.decision == "explore"


def test_a_stale_decision_says_what_changed_and_sent_again_is_meant(cast: Cast, critical: Patient) -> None:
    stale = critical.alert.revision
    steps.acknowledge(critical.alert, by=cast.alice, revision=stale)
    said_so = {"decision": "observe", "look_again": "60", "reason": "moves better"}
    response = send(cast.sam, critical.alert, "decide/", revision=stale, **said_so)
    page = response.content.decode()
    assert response.status_code == 422
    assert "changed meanwhile (acknowledged by Alice Ames)" in said(page)
    assert "moves better" in page
    assert critical.alert.decided_at is None
    assert f'name="revision" value="{critical.alert.revision}"' in page
    assert send(cast.sam, critical.alert, "decide/", **said_so).status_code == 302
    assert critical.alert.decision == "observe"


def test_what_changes_while_a_decision_is_sent_is_on_the_page_that_refuses_it(
    cast: Cast, critical: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide, seen = steps.decide, critical.alert.revision

    def just_too_late(alert: Alert, **sent: Any) -> Alert:
        steps.acknowledge(alert, by=cast.alice, revision=seen)
        return decide(alert, **sent)

    monkeypatch.setattr(steps, "decide", just_too_late)
    response = send(cast.sam, critical.alert, "decide/", decision="observe", look_again="60", reason="moves better")
    assert response.status_code == 422
    assert f'name="revision" value="{seen + 1}"' in response.content.decode()


# --- Looking again ----------------------------------------------------------------------------------------------------


def observe(staff: Staff, alert: Alert, **sent: object) -> str:
    """What the page says beside the question of when, where the decision is refused."""
    response = send(staff, alert, "decide/", decision="observe", reason="moves better", **sent)
    assert response.status_code == 422
    assert "moves better" in response.content.decode()
    return said(response.content.decode().split('id="field-look_again"')[1].split('id="field-reason"')[0])


def test_who_observes_says_when_to_look_again(cast: Cast, critical: Patient) -> None:
    assert "Say when the patient is looked at again." in observe(cast.sam, critical.alert)
    assert "Say when the patient is looked at again: choose" in observe(cast.sam, critical.alert, look_again="45")
    assert "Give the time." in observe(cast.sam, critical.alert, look_again="at")
    assert "This is not a time" in observe(cast.sam, critical.alert, look_again="at", look_again_time="4 am")
    assert "and typed a time as well" in observe(cast.sam, critical.alert, look_again="30", look_again_time="04:00")
    assert critical.alert.decided_at is None


@pytest.mark.parametrize(("chosen", "minutes"), [("30", 30), ("60", 60), ("120", 120), ("240", 240)])
def test_the_time_is_counted_from_the_decision(cast: Cast, critical: Patient, chosen: str, minutes: int) -> None:
    send(cast.sam, critical.alert, "decide/", decision="observe", look_again=chosen, reason="moves better")
    alert = critical.alert
    assert alert.decided_at is not None
    assert alert.look_again_at == alert.decided_at + timedelta(minutes=minutes)


def test_a_typed_time_is_the_next_such_time_on_the_wards_clock(cast: Cast, critical: Patient) -> None:
    before = (now() - timedelta(minutes=2)).astimezone(zone_of(cast.ward_7b))
    typed = f"{before:%H:%M}"
    text = follow(
        cast.sam, critical.alert, "decide/", decision="observe", look_again="at", look_again_time=typed, reason="x"
    )
    again = critical.alert.look_again_at
    assert again is not None
    assert again.astimezone(before.tzinfo).strftime("%d %H:%M") == f"{before + timedelta(days=1):%d %H:%M}"
    assert f"Decided to observe, look again at tomorrow {typed}" in text


def test_until_when_is_shown_with_what_follows(cast: Cast, critical: Patient) -> None:
    climb(critical.alert.pk)
    text = follow(cast.sam, critical.alert, "decide/", decision="observe", look_again="60", reason="moves better")
    climb(critical.alert.pk)
    again = critical.alert.look_again_at
    assert again is not None
    at = f"{again.astimezone(zone_of(cast.ward_7b)):%H:%M}"
    assert f"Decided to observe, look again at {at}" in text.replace("tomorrow ", "")
    page = shown(cast.alice, critical.alert).replace("tomorrow ", "")
    assert "The patient must be looked at again by" in page
    assert f"decided to observe, look again at {at}, by Sam Stone: moves better" in page
    assert f"Look again at {at} ." in page


def test_deciding_to_explore_after_that_takes_the_time_back(cast: Cast, critical: Patient) -> None:
    send(cast.sam, critical.alert, "decide/", decision="observe", look_again="60", reason="moves better")
    send(cast.sam, critical.alert, "decide/", decision="explore", look_again="60", reason="worse")
    assert (critical.alert.decision, critical.alert.look_again_at) == ("explore", None)


# --- A pause after a correction ---------------------------------------------------------------------------------------


@pytest.fixture
def paused(patient: Patient) -> Patient:
    patient.checked(90)
    weak = patient.checked(10, L4_left=2)
    patient.correct(weak)
    patient.assess()
    return patient


def test_a_pause_asks_a_second_person_and_not_the_first(cast: Cast, paused: Patient) -> None:
    mine, other = shown(cast.alice, paused.alert), shown(cast.carol, paused.alert)
    assert "A correction removed all that was critical; surgical paging pauses." in mine
    assert "You made a correction: somebody else has to confirm." in mine
    assert "confirm" in other
    assert "The correction is right: confirm" not in mine
    assert "The correction is right: confirm" in other


def test_a_second_person_confirms_and_the_first_cannot(cast: Cast, paused: Patient) -> None:
    assert "Not confirmed. You made the correction" in follow(cast.alice, paused.alert, "confirm-pause/")
    assert paused.alert.pause_confirmed_at is None
    assert "confirmed by Carol Chase" in follow(cast.carol, paused.alert, "confirm-pause/")
    assert paused.alert.pause_confirmed_by == cast.carol


def test_what_a_correction_took_away_is_struck_and_asked_for_no_more(cast: Cast, paused: Patient) -> None:
    page = read(cast.carol, url(paused.alert))
    assert 'class="big struck">L4 left 5 → 2' in page
    assert '<p class="do-now struck">' in page
    assert "Began between" not in page
    assert "Tell the surgeon" not in said(read(cast.carol, "/wards/7b/"))
