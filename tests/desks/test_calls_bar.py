"""A call in the app that nobody has opened: a red bar on every page of the one who was called."""

from __future__ import annotations

import pytest

from monitoring.alerts import steps
from monitoring.desks.common.calls import unread_calls
from monitoring.escalation.climb import climb
from monitoring.escalation.models import Delivery
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast
from tests.desks.alerting import on_call, url
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards.models import Post


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def called(cast: Cast, critical: Patient) -> Patient:
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    climb(critical.alert.pk)
    return critical


def test_an_unopened_call_is_a_red_bar_on_every_page_and_counted_in_the_title(cast: Cast, called: Patient) -> None:
    page = read(cast.sam, "/wards/7b/")
    assert "<title>▲1 " in page
    assert f"CRITICAL, Ward 7B, bed {called.stay.bed} – called" in said(page)
    assert called.stay.patient.family_name.upper() not in said(page).split("CRITICAL, Ward 7B")[1][:60]
    assert "called" not in said(read(cast.alice, "/wards/7b/")).split("CRITICAL")[0]
    assert not unread_calls(cast.alice)


def test_opening_the_alert_reads_the_call(cast: Cast, called: Patient) -> None:
    page = read(cast.sam, url(called.alert))
    assert "<title>▲" not in page
    assert not unread_calls(cast.sam)
    told = Delivery.objects.filter(person=cast.sam, channel="in_app").values_list("state", flat=True)
    assert set(told) == {Delivery.State.READ}


@pytest.mark.parametrize("place", ["/inbox/", "/alerts/"])
def test_so_does_opening_a_list_that_shows_it(cast: Cast, called: Patient, place: str) -> None:
    read(cast.sam, place)
    assert not unread_calls(cast.sam)


@pytest.mark.parametrize("place", ["/inbox/", "/alerts/", "the alert"])
def test_a_page_that_refreshes_itself_reads_nothing(cast: Cast, called: Patient, place: str) -> None:
    place = url(called.alert) if place == "the alert" else place
    signed_in(cast.sam).get(place, headers={"HX-Request": "true"})
    signed_in(cast.sam).head(place)
    assert len(unread_calls(cast.sam)) == 1


def test_somebody_elses_reading_does_not_read_mine(cast: Cast, called: Patient) -> None:
    read(cast.alice, url(called.alert))
    assert len(unread_calls(cast.sam)) == 1


def test_a_closed_alert_calls_nobody_any_more(cast: Cast, called: Patient) -> None:
    alert = called.alert
    steps.close(alert, by=cast.sam, revision=alert.revision, outcome="non_neurogenic")
    assert not unread_calls(cast.sam)


def test_an_alert_that_moved_away_still_calls_whoever_was_called(cast: Cast, called: Patient) -> None:
    called.stay.ward, called.stay.bed = cast.ward_8c, cast.beds_8c[0]
    called.stay.save(update_fields=["ward", "bed"])
    assert [call.alert for call in unread_calls(cast.sam)] == [called.alert]


def test_somebody_whose_role_has_ended_has_no_bar_any_more(cast: Cast, called: Patient) -> None:
    cast.sam.memberships.all().delete()
    assert not unread_calls(cast.sam)


def test_many_calls_cost_as_many_queries_as_one(cast: Cast) -> None:
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    patients = [watched_patient(cast, bed) for bed in cast.beds[:3]]
    patients[0].checked(10, L4_left=2)
    climb(patients[0].alert.pk)
    few = queries_of(lambda: read(cast.sam, "/me/calls/"))
    for one in patients[1:]:
        one.checked(10, L4_left=2)
        climb(one.alert.pk)
    assert read(cast.sam, "/me/calls/").count('class="call"') == 3
    assert queries_of(lambda: read(cast.sam, "/me/calls/")) == few
