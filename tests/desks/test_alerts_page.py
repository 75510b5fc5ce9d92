"""The ward's alerts: who is on it, what to do, and how an alert ends."""

from __future__ import annotations

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def critical(patient: Patient) -> Patient:
    patient.checked(90)
    patient.checked(10, L4_left=2)
    return patient


@pytest.fixture
def concern(patient: Patient) -> Patient:
    patient.checked(10, L4_left=3)
    return patient


def shown(cast: Cast) -> str:
    return said(read(cast.alice, "/alerts/"))


def acknowledge(cast: Cast, alert: Alert, revision: int | None = None) -> str:
    url, sent = f"/alerts/{alert.public_id}/acknowledge/", {"revision": revision or alert.revision, "back": "alerts"}
    return said(signed_in(cast.alice).post(url, sent, follow=True).content.decode())


def test_an_alert_says_who_what_since_when_and_what_to_do(cast: Cast, critical: Patient) -> None:
    text = shown(cast)
    assert f"{critical.stay.patient.display_name} born 07-Mar-1955 · No. {critical.stay.patient.record_number}" in text
    assert "L4 left 5 → 2 Tell the surgeon, start conservative treatment, re-examine by" in text
    assert "Nobody is on it yet." in text
    assert "1 waits for somebody · 1 open" in text


def test_what_has_become_better_is_said_with_its_time(cast: Cast, critical: Patient) -> None:
    critical.checked(2)
    assert "stable now, better since" in shown(cast)


def test_a_correction_strikes_what_it_took_away_and_names_who_and_why(cast: Cast, critical: Patient) -> None:
    weak = critical.check(5, L2_left=1)
    critical.assess()
    critical.correct(weak)
    critical.assess()
    page = read(cast.alice, "/alerts/")
    assert 'class="big struck">L2 left 5 → 1' in page
    assert "A correction has taken away:" in said(page)
    assert "Alice Ames (mixed up): no longer holds: L2 left" in said(page)


def test_the_one_who_acknowledges_is_named(cast: Cast, critical: Patient) -> None:
    assert "You are on it" in acknowledge(cast, critical.alert)
    text = shown(cast)
    assert "Alice Ames is on it since" in text
    assert "acknowledged by Alice Ames" in text


def test_who_comes_second_is_told_who_was_first(cast: Cast, critical: Patient) -> None:
    stale = critical.alert.revision
    steps.acknowledge(critical.alert, by=cast.carol, revision=stale)
    assert "Not acknowledged." in (text := acknowledge(cast, critical.alert, stale))
    assert "Carol Chase" in text.split("Not acknowledged.")[1][:120]


def test_an_acknowledgement_without_its_revision_is_refused(cast: Cast, critical: Patient) -> None:
    signed_in(cast.alice).post(f"/alerts/{critical.alert.public_id}/acknowledge/", {})
    assert critical.alert.acknowledged_at is None


def test_the_unacknowledged_come_first_and_of_them_the_oldest(cast: Cast) -> None:
    patients = [watched_patient(cast, bed) for bed in cast.beds[:3]]
    for one in patients:
        one.checked(10, L4_left=2)
    steps.acknowledge(patients[0].alert, by=cast.carol, revision=patients[0].alert.revision)
    page = read(cast.alice, "/alerts/")
    places = [page.index(f'id="alert-{one.alert.public_id}"') for one in patients]
    assert sorted(range(3), key=places.__getitem__) == [1, 2, 0]


def test_a_nurse_closes_a_concern_and_not_a_critical_alert(cast: Cast, concern: Patient) -> None:
    url = f"/alerts/{concern.alert.public_id}/close/"
    assert url in read(cast.alice, "/alerts/")
    assert signed_in(cast.alice).get(url).status_code == 200
    concern.checked(5, L4_left=1)
    assert url not in read(cast.alice, "/alerts/")
    assert signed_in(cast.alice).get(url).status_code == 403
    answer = {"revision": concern.alert.revision, "outcome": "other", "text": "no"}
    assert signed_in(cast.alice).post(url, answer).status_code == 403
    assert concern.alert.closed_at is None


def close(cast: Cast, alert: Alert, **sent: object) -> str:
    values = {"revision": alert.revision, "back": "alerts", **sent}
    response = signed_in(cast.alice).post(f"/alerts/{alert.public_id}/close/", values, follow=True)
    return response.content.decode()


def test_closing_asks_how_it_ended_beside_the_question(cast: Cast, concern: Patient) -> None:
    page = close(cast, concern.alert, text="kept as it was")
    assert "Nothing was saved." in said(page)
    assert "Say how it ended." in said(page.split('id="field-outcome"')[1].split("</fieldset>")[0])
    assert "kept as it was" in page
    assert concern.alert.closed_at is None


def test_another_outcome_needs_its_words(cast: Cast, concern: Patient) -> None:
    page = close(cast, concern.alert, outcome="other")
    assert "Say in words how it ended." in said(page.split('id="field-text"')[1])
    assert concern.alert.closed_at is None


def test_a_stale_page_closes_nothing_and_says_what_changed(cast: Cast, concern: Patient) -> None:
    stale = concern.alert.revision
    concern.checked(5, L4_left=3, L5_left=3)
    text = said(close(cast, concern.alert, outcome="ameliorated", revision=stale))
    assert "This alert has changed meanwhile" in text
    assert concern.alert.closed_at is None


def test_a_closed_alert_stands_below_with_its_outcome(cast: Cast, concern: Patient) -> None:
    close(cast, concern.alert, outcome="non_neurogenic", text="cramp")
    text = shown(cast)
    assert "No open alerts on your wards" in text
    assert "non-neurogenic: cramp Alice Ames" in text


def test_only_peoples_outcomes_can_be_chosen(cast: Cast, concern: Patient) -> None:
    close(cast, concern.alert, outcome="resolved")
    assert concern.alert.closed_at is None


@pytest.mark.parametrize("step", ["acknowledge", "close"])
def test_another_wards_alert_is_not_there(cast: Cast, critical: Patient, step: str) -> None:
    response = signed_in(cast.nora).post(f"/alerts/{critical.alert.public_id}/{step}/", {"revision": 1})
    assert response.status_code == 404
    assert critical.stay.patient.display_name not in read(cast.nora, "/alerts/")


def test_an_overdue_check_is_an_alert_that_no_hand_closes(cast: Cast, patient: Patient) -> None:
    patient.clock_comes()
    page = read(cast.alice, "/alerts/")
    assert "Do the check now" in said(page)
    assert "/close/" not in page


def test_many_alerts_cost_as_many_queries_as_two(cast: Cast) -> None:
    patients = [watched_patient(cast, bed) for bed in cast.beds]
    for one in patients[:2]:
        one.checked(10, L4_left=2)
    few = queries_of(lambda: read(cast.alice, "/alerts/"))
    for one in patients[2:]:
        one.checked(10, L4_left=2)
        one.checked(5, L4_left=1)
    assert queries_of(lambda: read(cast.alice, "/alerts/")) == few
