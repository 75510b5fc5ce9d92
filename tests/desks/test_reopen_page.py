"""A closed alert says how it ended and what shows it; it can be opened again with a reason, and says that too."""

from __future__ import annotations

from uuid import uuid4

import pytest

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.checks import actions as checks
from tests.alerts.conftest import Patient
from tests.cast import Cast, ago
from tests.desks.alerting import follow, send, shown, url
from tests.desks.pages import alerting_works, read, said, signed_in
from wards.models import Staff


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def closed(cast: Cast, critical: Patient) -> Patient:
    alert = critical.alert
    steps.close(alert, by=cast.sam, revision=alert.revision, outcome="other", text="seen by neurology")
    return critical


def test_a_closed_alert_offers_to_be_opened_again_to_who_may_close_it(cast: Cast, closed: Patient) -> None:
    assert url(closed.alert, "reopen/") in read(cast.sam, url(closed.alert))
    assert url(closed.alert, "reopen/") not in read(cast.alice, url(closed.alert))
    assert signed_in(cast.alice).get(url(closed.alert, "reopen/")).status_code == 403
    assert signed_in(cast.sue).get(url(closed.alert, "reopen/")).status_code == 404


def test_it_is_open_again_with_who_why_and_how_it_had_been_closed(cast: Cast, closed: Patient, tess: Staff) -> None:
    text = follow(tess, closed.alert, "reopen/", reason="weak again")
    assert "Open again: " in text
    assert "Re-opened by Tess Tiller: weak again; was closed" in text
    assert "as other (seen by neurology) by Sam Stone." in text
    assert "Tess Tiller has it since" in text
    page = shown(cast.alice, closed.alert)
    assert "I am on it" in page
    assert "closed by Sam Stone: other" in page, "the timeline keeps it"


def test_without_a_reason_nothing_is_opened_and_the_form_comes_back(cast: Cast, closed: Patient) -> None:
    response = send(cast.sam, closed.alert, "reopen/", reason=" ")
    assert response.status_code == 422
    assert "Say why." in said(response.content.decode().split('id="field-reason"')[1])
    assert closed.alert.closed_at is not None


def test_the_list_of_the_ward_and_the_inbox_show_it_again(cast: Cast, closed: Patient) -> None:
    send(cast.sam, closed.alert, "reopen/", reason="weak again")
    assert closed.stay.patient.display_name in read(cast.alice, "/alerts/")
    assert "(1) Inbox" in read(cast.sam, "/inbox/")


# --- How it ended, and what shows it ----------------------------------------------------------------------------------


def test_the_closing_page_says_beside_an_outcome_what_is_missing_for_it(cast: Cast, critical: Patient) -> None:
    page = read(cast.sam, url(critical.alert, "close/"))
    outcomes = page.split('id="field-outcome"')[1].split("</fieldset>")[0]
    labels = {label.split('value="')[1].split('"')[0]: said("<body" + label) for label in outcomes.split("<label>")[1:]}
    assert "Record the re-operation first" in labels["explored"]
    assert "Accept the reference first" in labels["reference_accepted"]
    assert "Record the treatment first" in labels["ameliorated"]
    assert all("first" not in labels[name] for name in ("non_neurogenic", "entry_error", "died", "other"))


def test_an_outcome_that_the_record_does_not_bear_is_refused_beside_it(cast: Cast, critical: Patient) -> None:
    response = send(cast.sam, critical.alert, "close/", outcome="explored", text="as I remember")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Record the re-operation first" in said(page.split('id="id_outcome_error"')[1].split("</ul>")[0])
    assert "as I remember" in page
    assert 'value="explored" id="id_outcome_0" aria-describedby="lacks-explored" checked' in page
    assert critical.alert.closed_at is None


def test_an_alert_that_treatment_ameliorated_leads_to_the_checks_that_show_it(cast: Cast, patient: Patient) -> None:
    patient.checked(60, L4_left=2)
    at = ago(minutes=50)
    checks.record_treatment(patient.stay, by=cast.alice, at=at, kind="rest", action="started", dose="", key=uuid4())
    first, second = patient.checked(40, L4_left=3), patient.checked(10, L4_left=4)
    send(cast.sam, patient.alert, "close/", outcome="ameliorated")
    page = read(cast.sam, url(patient.alert))
    for check in (first, second):
        assert f"/checks/{check.public_id}/" in page
    text = said(page)
    assert "Ameliorated by conservative treatment, shown by the check of" in text
    assert "ameliorated by conservative treatment, shown by the checks of" in text, "on the timeline too"
    assert "Treatment started" in text


def test_what_a_correction_takes_away_after_the_closing_is_said_on_its_page(cast: Cast, closed: Patient) -> None:
    closed.correct(closed.stay.checks.latest("examined_at"))
    closed.assess()
    text = shown(cast.alice, closed.alert)
    assert "A correction made after closing has taken away: critical; L4 left" in text
    assert "The alert stands until" not in text
    assert "check corrected by Alice Ames (mixed up): no longer holds: critical" in text


def test_what_was_taken_away_before_the_closing_is_said_so(cast: Cast, critical: Patient) -> None:
    critical.correct(critical.stay.checks.latest("examined_at"))
    critical.assess()
    alert = Alert.objects.get(pk=critical.alert.pk)
    steps.close(alert, by=cast.sam, revision=alert.revision, outcome="entry_error")
    assert "A correction made before closing had taken away: critical" in shown(cast.alice, alert)
