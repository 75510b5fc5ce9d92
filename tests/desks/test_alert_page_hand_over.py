"""Handing an alert over to a colleague, on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitoring.alerts import offers, steps
from monitoring.alerts.models import HandOver
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.desks.alerting import send, shown, url
from tests.desks.pages import alerting_works, read, said, signed_in
from wards.models import Staff

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def offered(cast: Cast, critical: Patient, tess: Staff) -> HandOver:
    alert = critical.alert
    steps.accept(alert, by=cast.sam, revision=alert.revision)
    return offers.offer(alert, by=cast.sam, revision=critical.alert.revision, to=tess, note="I am in theatre")


def answer(staff: Staff, offer: HandOver, **sent: str) -> Response:
    return signed_in(staff).post(f"/offers/{offer.public_id}/", {"back": "alert", **sent})


def test_only_those_who_could_take_it_in_the_same_way_are_offered(cast: Cast, critical: Patient, tess: Staff) -> None:
    source = read(cast.sam, url(critical.alert, "offer/"))
    assert f'<option value="{tess.pk}">' in source
    assert f'<option value="{cast.sam.pk}">' not in source
    page = said(source)
    assert "Tess Tiller" in page
    for stranger in ("Alice Ames", "Sue Singh"):
        assert stranger not in page.split("To whom?")[1]
    assert send(cast.sam, critical.alert, "offer/", to=cast.sue.pk).status_code == 422
    assert not HandOver.objects.exists()


def test_an_offer_waits_for_its_answer_and_says_so_to_all(cast: Cast, critical: Patient, tess: Staff) -> None:
    send(cast.sam, critical.alert, "accept/")
    response = send(cast.sam, critical.alert, "offer/", to=tess.pk, note="I am in theatre")
    assert response["Location"] == url(critical.alert)
    assert "Offered to you by Sam Stone" in shown(tess, critical.alert)
    assert "I am in theatre" in shown(cast.alice, critical.alert)
    assert "Take it over" not in shown(cast.alice, critical.alert)
    assert critical.alert.accepted_by == cast.sam


def test_the_colleague_takes_it_over(cast: Cast, critical: Patient, tess: Staff) -> None:
    offer = offered(cast, critical, tess)
    assert answer(tess, offer, answer="accept")["Location"] == url(critical.alert)
    assert critical.alert.accepted_by == tess
    assert "handed over by Sam Stone to Tess Tiller" in shown(cast.alice, critical.alert)


def test_the_colleague_declines_and_it_stays_as_it_was(cast: Cast, critical: Patient, tess: Staff) -> None:
    answer(tess, offered(cast, critical, tess), answer="decline")
    assert critical.alert.accepted_by == cast.sam
    assert "offer of Sam Stone declined by Tess Tiller" in shown(cast.alice, critical.alert)


def test_who_offered_it_may_withdraw(cast: Cast, critical: Patient, tess: Staff) -> None:
    offer = offered(cast, critical, tess)
    assert "Withdraw the offer" in shown(cast.sam, critical.alert)
    answer(cast.sam, offer, answer="withdraw")
    assert "offer to Tess Tiller withdrawn by Sam Stone" in shown(cast.alice, critical.alert)
    refused = signed_in(tess).post(f"/offers/{offer.public_id}/", {"answer": "accept", "back": "alert"}, follow=True)
    assert "Not taken over. This offer was declined or withdrawn." in said(refused.content.decode())


def test_somebody_else_answers_for_nobody(cast: Cast, critical: Patient, tess: Staff) -> None:
    offer = offered(cast, critical, tess)
    assert answer(cast.carol, offer, answer="accept").status_code == 403
    assert answer(cast.sue, offer, answer="accept").status_code == 404
    assert answer(tess, offer, answer="perhaps").status_code == 302
    offer.refresh_from_db()
    assert (offer.accepted_at, offer.declined_at) == (None, None)
