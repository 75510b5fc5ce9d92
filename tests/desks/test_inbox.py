"""The surgeon's inbox: the evidence in one glance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.desks.common.onset_clock import OnsetClock
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, operate
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def critical(patient: Patient) -> Patient:
    patient.checked(250)
    patient.checked(40, L4_left=2)
    return patient


def shown(cast: Cast) -> str:
    return said(read(cast.sam, "/inbox/"))


def test_the_evidence_stands_in_one_glance(cast: Cast, critical: Patient) -> None:
    text = shown(cast)
    assert "L4 left 5 → 2" in text
    assert "a drop of 3 grades or more (protocol §4.2)" in text
    assert "L4–5 TLIF, stenosis, ended" in text
    assert "saddle numbness: no; bladder or bowel: no" in text
    assert "LEMS 47/50" in text
    assert "(30 patients, one centre" in text


def test_the_onset_is_bounded_on_both_sides_and_the_worst_case_is_named(cast: Cast, critical: Patient) -> None:
    assert "Began between 40 min ago" in (text := shown(cast))
    assert "4 h 10 ago" in text
    assert "the worst case" in text


def test_the_worst_case_past_six_hours_is_said(cast: Cast) -> None:
    stay = admit_patient(cast)
    patient = Patient(cast, stay)
    operate(cast, stay, ended_at=ago(minutes=370))
    patient.checked(10, L4_left=1)
    assert "The worst case is past 6 h." in shown(cast)


def test_no_page_ever_says_safe(cast: Cast, critical: Patient) -> None:
    assert "safe" not in shown(cast).lower()


def test_the_count_stands_in_the_title(cast: Cast, critical: Patient) -> None:
    assert "<title>(1) Inbox" in read(cast.sam, "/inbox/")
    fragment = signed_in(cast.sam).get("/inbox/", headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<title>(1) Inbox")


def test_an_alert_of_level_watch_is_not_the_surgeons(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_right=4)
    assert "No open alert on your wards" in shown(cast)


def test_the_inbox_is_a_surgeons(cast: Cast) -> None:
    assert signed_in(cast.alice).get("/inbox/").status_code == 403


def test_a_surgeon_of_another_ward_does_not_see_it(cast: Cast, critical: Patient) -> None:
    assert "No open alert on your wards" in said(read(cast.sue, "/inbox/"))


def test_a_surgeon_closes_a_critical_alert_and_comes_back_to_the_inbox(cast: Cast, critical: Patient) -> None:
    url = f"/alerts/{critical.alert.public_id}/close/"
    assert f"{url}?back=inbox" in read(cast.sam, "/inbox/")
    sent = {"revision": critical.alert.revision, "outcome": "non_neurogenic", "text": "haematoma", "back": "inbox"}
    response = signed_in(cast.sam).post(url, sent)
    assert response["Location"] == "/inbox/"
    assert critical.alert.outcome == "non_neurogenic"


def test_closing_never_leads_to_another_site(cast: Cast, critical: Patient) -> None:
    sent = {"revision": critical.alert.revision, "outcome": "non_neurogenic", "back": "https://elsewhere.example/"}
    response = signed_in(cast.sam).post(f"/alerts/{critical.alert.public_id}/close/", sent)
    assert response["Location"] == "/alerts/"


def test_many_cases_cost_as_many_queries_as_two(cast: Cast) -> None:
    patients = [watched_patient(cast, bed) for bed in cast.beds]
    for one in patients[:2]:
        one.checked(10, L4_left=2)
    few = queries_of(lambda: read(cast.sam, "/inbox/"))
    for one in patients[2:]:
        one.checked(10, L4_left=2)
    assert queries_of(lambda: read(cast.sam, "/inbox/")) == few


LAST_GOOD = datetime(2026, 3, 1, 23, tzinfo=UTC)


def clock(hours: float, seen: float = 1) -> OnsetClock:
    return OnsetClock(LAST_GOOD, LAST_GOOD + timedelta(hours=seen), LAST_GOOD + timedelta(hours=hours))


def test_six_and_eight_hours_count_from_the_worst_case() -> None:
    assert (clock(4).six_x, clock(4).eight_x, clock(4).now_x, clock(4).seen_x) == ("60.0%", "80.0%", "40.0%", "10.0%")


@pytest.mark.parametrize(("hours", "passed"), [(5.99, ""), (6, "6 h"), (7.99, "6 h"), (8, "8 h")])
def test_a_mark_counts_as_passed_from_the_minute_it_is_reached(hours: float, passed: str) -> None:
    assert clock(hours).passed == passed


def test_a_very_late_case_stays_on_the_line() -> None:
    assert clock(100).runs_off
    assert clock(100, seen=90).now_x == clock(100, seen=90).seen_x == "100.0%"
