"""The inbox by its filters: mine or my wards', open or closed, and page after page of the closed ones."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from monitoring.alerts.models import Alert, HandOver
from monitoring.desks.surgeon.queries import A_PAGE
from monitoring.due.clock import now
from monitoring.escalation.models import Delivery
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast
from tests.desks.pages import alerting_works, read, said, signed_in
from wards.models import Staff, Stay


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def nobodys(cast: Cast, critical: Patient) -> Alert:
    """A critical alert of a patient of another surgeon's."""
    Stay.objects.filter(pk=critical.stay.pk).update(responsible_surgeon=None)
    return critical.alert


def shown(staff: Staff, address: str = "") -> list[str]:
    """The public ids of the alerts on the inbox, in order."""
    return re.findall(r'<article [^>]*id="alert-([0-9a-f-]+)"', read(staff, f"/inbox/{address}"))


def current(page: str) -> list[str]:
    return [said(link) for link in re.findall(r'<a [^>]*aria-current="true">.*?</a>', page)]


def close(alert: Alert, by: Staff, minutes_ago: float = 0) -> None:
    at = now() - timedelta(minutes=minutes_ago)
    closed = {"closed_at": at, "closed_by": by, "outcome": "other", "outcome_text": "seen", "marks": {}}
    Alert.objects.filter(pk=alert.pk).update(**closed)


def test_all_open_alerts_of_my_wards_stand_there_unless_asked_otherwise(cast: Cast, nobodys: Alert) -> None:
    assert shown(cast.sam) == [str(nobodys.public_id)]
    assert current(read(cast.sam, "/inbox/")) == ["My wards 1", "Open 1"]
    assert shown(cast.sam, "?whose=mine") == []
    assert "No open alert is yours" in said(read(cast.sam, "/inbox/?whose=mine"))


def test_mine_is_what_i_have(cast: Cast, nobodys: Alert) -> None:
    Alert.objects.filter(pk=nobodys.pk).update(accepted_by=cast.sam, accepted_at=now())
    assert shown(cast.sam, "?whose=mine") == [str(nobodys.public_id)]


def test_mine_is_what_i_am_offered_until_i_answer(cast: Cast, nobodys: Alert, tess: Staff) -> None:
    offer = HandOver.objects.create(alert=nobodys, offered_by=tess, offered_to=cast.sam)
    assert shown(cast.sam, "?whose=mine") == [str(nobodys.public_id)]
    HandOver.objects.filter(pk=offer.pk).update(declined_at=now())
    assert shown(cast.sam, "?whose=mine") == []


def test_mine_is_what_i_was_called_for_and_not_what_i_was_only_told(cast: Cast, nobodys: Alert) -> None:
    told = Delivery.objects.create(
        alert=nobodys, purpose="closed", person=cast.sam, channel="in_app", state="accepted", step=7
    )
    assert shown(cast.sam, "?whose=mine") == []
    Delivery.objects.filter(pk=told.pk).update(purpose="call")
    assert shown(cast.sam, "?whose=mine") == [str(nobodys.public_id)]


def test_mine_is_my_own_patients(cast: Cast, critical: Patient, tess: Staff) -> None:
    assert shown(cast.sam, "?whose=mine") == [str(critical.alert.public_id)]
    assert shown(tess, "?whose=mine") == []


def test_closed_ones_stand_by_themselves_the_last_closed_first(cast: Cast) -> None:
    alerts = [fallen(watched_patient(cast, bed)) for bed in cast.beds[:3]]
    close(alerts[0], cast.sam, minutes_ago=1)
    close(alerts[1], cast.sam, minutes_ago=2)
    assert shown(cast.sam) == [str(alerts[2].public_id)]
    assert shown(cast.sam, "?which=closed") == [str(alerts[0].public_id), str(alerts[1].public_id)]
    text = said(read(cast.sam, "/inbox/?which=closed"))
    assert "Closed by Sam Stone" in text
    assert "Decide" not in text
    assert "data-alert=" not in read(cast.sam, "/inbox/?which=closed")  # what is closed never arrives


def test_the_title_counts_the_open_ones_of_my_wards_whatever_is_shown(cast: Cast, nobodys: Alert) -> None:
    for address in ("", "?whose=mine", "?which=closed"):
        assert "<title>(1) Inbox" in read(cast.sam, f"/inbox/{address}")


@pytest.mark.parametrize(
    "address", ["?whose=everybodys", "?which=all&whose=", "?which=closed'--", "?after=not-an-id", "?which=open&after=1"]
)
def test_a_filter_that_is_not_known_is_as_if_it_were_not_there(cast: Cast, nobodys: Alert, address: str) -> None:
    assert shown(cast.sam, address) == [str(nobodys.public_id)]


def test_closed_ones_come_a_page_at_a_time_and_none_is_missed_or_shown_twice(cast: Cast, critical: Patient) -> None:
    close(critical.alert, cast.sam)
    first = critical.alert
    for number in range(A_PAGE + 3):
        closed_like(first, minutes_ago=number // 2)  # two at each instant
    closed = Alert.objects.filter(kind=Alert.Kind.DEFICIT).order_by("-closed_at", "-pk")
    everything = [str(one) for one in closed.values_list("public_id", flat=True)]
    found, address = [], "?which=closed"
    while address:
        page = read(cast.sam, f"/inbox/{address}")
        found += re.findall(r'<article [^>]*id="alert-([0-9a-f-]+)"', page)
        older = re.search(r'id="older" href="/inbox/([^"]*)"', page)
        address = older.group(1).replace("&amp;", "&") if older else ""
    assert len(found) == A_PAGE + 4
    assert found == everything


def test_another_wards_alert_tells_nothing_as_the_place_to_go_on_from(cast: Cast, critical: Patient) -> None:
    close(critical.alert, cast.sam)
    assert shown(cast.sue, f"?which=closed&after={critical.alert.public_id}") == []
    assert shown(cast.sam, f"?which=closed&after={uuid4()}") == []


def test_the_refreshing_list_keeps_its_filter(cast: Cast, nobodys: Alert) -> None:
    page = read(cast.sam, "/inbox/?whose=mine&which=closed")
    assert 'hx-get="/inbox/?whose=mine&amp;which=closed"' in page
    part = signed_in(cast.sam).get("/inbox/?whose=mine", headers={"HX-Request": "true"}).content.decode()
    assert current(part) == ["Mine 0", "Open 0"]


def test_f_goes_round_all_four_filters(cast: Cast) -> None:
    seen, address = [], ""
    for _ in range(4):
        page = read(cast.sam, f"/inbox/{address}")
        seen.append(tuple(current(page)))
        found = re.search(r'data-next="([^"]*)"', page)
        assert found
        address = found.group(1).replace("&amp;", "&")
    assert len(set(seen)) == 4
    assert current(read(cast.sam, f"/inbox/{address}")) == list(seen[0])


def fallen(patient: Patient) -> Alert:
    patient.checked(10, L4_left=2)
    return patient.alert


def closed_like(alert: Alert, minutes_ago: float) -> None:
    copied = Alert.objects.get(pk=alert.pk)
    copied.pk, copied.public_id = None, uuid4()
    copied._state.adding = True
    assert alert.closed_at is not None
    copied.closed_at = alert.closed_at - timedelta(minutes=minutes_ago)
    copied.save()
