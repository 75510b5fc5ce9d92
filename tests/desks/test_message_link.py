"""The signed link of an e-mail or a text message: it takes nothing by itself, and answers once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.alerts import steps
from monitoring.due.clock import now
from monitoring.escalation import contacts
from monitoring.escalation.links import token_for
from monitoring.escalation.models import Contact, Delivery
from tests.alerts.conftest import Patient
from tests.cast import PASSWORD, Cast
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards.models import Membership, Staff

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def sent_to_sam(cast: Cast, critical: Patient) -> Delivery:
    contact = Contact.objects.create(staff=cast.sam, channel="email", address="sam@hospital.example")
    return message(critical, person=cast.sam, contact=contact)


def message(patient: Patient, *, person: Staff | None, contact: Contact) -> Delivery:
    return Delivery.objects.create(
        alert=patient.alert,
        step=1,
        purpose=Delivery.Purpose.CALL,
        person=person,
        contact=contact,
        channel=contact.channel,
        state=Delivery.State.ACCEPTED,
        accepted_at=now(),
        attempts=1,
    )


def link(delivery: Delivery) -> str:
    return reverse("message", args=[token_for(delivery)])


def take(staff: Staff, delivery: Delivery, patient: Patient, step: str = "accept", **sent: object) -> Response:
    values = {"revision": patient.alert.revision, "step": step, **sent}
    return signed_in(staff).post(link(delivery), values)


def taken(staff: Staff, delivery: Delivery, patient: Patient, step: str = "accept", **sent: object) -> str:
    values = {"revision": patient.alert.revision, "step": step, **sent}
    return said(signed_in(staff).post(link(delivery), values, follow=True).content.decode())


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_it(critical: Patient, sent_to_sam: Delivery) -> None:
    client = Client()
    for response in (client.get(link(sent_to_sam)), client.post(link(sent_to_sam), {"step": "accept"})):
        assert response.status_code == 302
        assert response["Location"] == f"/sign-in/?next={link(sent_to_sam)}"
    response = client.post(response["Location"], {"username": "sam", "password": PASSWORD, "next": link(sent_to_sam)})
    assert response["Location"] == link(sent_to_sam)
    sent_to_sam.refresh_from_db()
    assert critical.alert.accepted_at is None


def test_a_mail_scanner_reads_nothing_and_takes_nothing(critical: Patient, sent_to_sam: Delivery) -> None:
    for method in (Client().get, Client().head):
        assert critical.stay.patient.family_name not in method(link(sent_to_sam), follow=True).content.decode()
    sent_to_sam.refresh_from_db()
    assert (sent_to_sam.read_at, sent_to_sam.answered_at) == (None, None)
    assert (critical.alert.accepted_at, critical.alert.acknowledged_at) == (None, None)


def test_following_it_shows_the_minimum_marks_it_read_and_takes_nothing(
    cast: Cast, critical: Patient, sent_to_sam: Delivery
) -> None:
    text = said(read(cast.sam, link(sent_to_sam)))
    assert f"Ward 7B, bed {critical.stay.bed}" in text
    assert "critical" in text
    assert "L4 left 5 → 2" in text
    assert critical.stay.patient.family_name.upper() not in text
    assert critical.stay.patient.record_number not in text
    sent_to_sam.refresh_from_db()
    assert sent_to_sam.state == Delivery.State.READ
    assert sent_to_sam.answered_at is None
    assert critical.alert.accepted_at is None


def test_a_surgeon_accepts_by_it(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    response = take(cast.sam, sent_to_sam, critical)
    assert response["Location"] == f"/alerts/{critical.alert.public_id}/"
    assert critical.alert.accepted_by == cast.sam
    sent_to_sam.refresh_from_db()
    assert sent_to_sam.answered_at is not None


def test_it_answers_once(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    assert contacts.answer(sent_to_sam, by=cast.sam)
    page = read(cast.sam, link(sent_to_sam))
    assert "This link has been used" in said(page)
    assert 'value="accept"' not in page
    assert "This link has been used already." in taken(cast.sam, sent_to_sam, critical)
    assert critical.alert.accepted_at is None


def test_sent_a_second_time_it_says_that_it_was_used_and_not_who_has_the_alert(
    cast: Cast, critical: Patient, sent_to_sam: Delivery
) -> None:
    take(cast.sam, sent_to_sam, critical)
    assert "This link has been used already." in taken(cast.sam, sent_to_sam, critical)


def test_of_two_taps_at_once_the_one_that_finds_it_used_takes_nothing(
    cast: Cast, critical: Patient, sent_to_sam: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "answer", lambda delivery, by: False)
    assert "This link has been used already." in taken(cast.sam, sent_to_sam, critical)
    assert critical.alert.accepted_at is None


def test_a_step_that_is_refused_leaves_the_link_unused(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    stale = critical.alert.revision
    steps.acknowledge(critical.alert, by=cast.alice, revision=stale)
    text = taken(cast.sam, sent_to_sam, critical, revision=stale)
    assert "Nothing was stored." in text
    assert "acknowledged by Alice Ames" in text
    sent_to_sam.refresh_from_db()
    assert sent_to_sam.answered_at is None
    take(cast.sam, sent_to_sam, critical)
    assert critical.alert.accepted_by == cast.sam


@pytest.mark.parametrize("sent", [{"step": "close"}, {"step": ""}, {"revision": ""}])
def test_an_incomplete_page_takes_nothing(
    cast: Cast, critical: Patient, sent_to_sam: Delivery, sent: dict[str, str]
) -> None:
    assert "This page is incomplete." in taken(cast.sam, sent_to_sam, critical, **sent)
    assert critical.alert.accepted_at is None
    assert critical.alert.closed_at is None


def test_a_nurse_cannot_accept_by_it(cast: Cast, critical: Patient) -> None:
    contact = Contact.objects.create(staff=cast.alice, channel="email", address="alice@hospital.example")
    delivery = message(critical, person=cast.alice, contact=contact)
    assert 'value="accept"' not in read(cast.alice, link(delivery))
    assert take(cast.alice, delivery, critical).status_code == 403
    assert critical.alert.accepted_at is None
    assert "You are on it." in taken(cast.alice, delivery, critical, "acknowledge")
    assert critical.alert.acknowledged_by == cast.alice


def test_somebody_elses_link_shows_and_takes_nothing(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    for response in (
        signed_in(cast.alice).get(link(sent_to_sam)),
        take(cast.alice, sent_to_sam, critical, "acknowledge"),
    ):
        assert response.status_code == 403
        text = said(response.content.decode())
        assert "This link was sent to somebody else" in text
        assert "L4 left" not in text
    sent_to_sam.refresh_from_db()
    assert sent_to_sam.read_at is None
    assert critical.alert.acknowledged_at is None


def test_a_wards_phone_is_in_anybodys_hand(cast: Cast, critical: Patient) -> None:
    contact = Contact.objects.create(ward=cast.ward_7b, purpose="ward_phone", channel="sms", address="1700")
    delivery = message(critical, person=None, contact=contact)
    assert "L4 left 5 → 2" in said(read(cast.carol, link(delivery)))
    assert signed_in(cast.nora).get(link(delivery)).status_code == 403
    take(cast.carol, delivery, critical, "acknowledge")
    assert critical.alert.acknowledged_by == cast.carol


@pytest.mark.parametrize("spoil", [lambda t: t + "x", lambda t: t[:-3], lambda t: "1" + t, lambda t: "nonsense"])
def test_a_link_that_was_changed_does_not_work(cast: Cast, sent_to_sam: Delivery, spoil: object) -> None:
    assert callable(spoil)
    url = reverse("message", args=[spoil(token_for(sent_to_sam))])
    response = signed_in(cast.sam).get(url)
    assert response.status_code == 404
    assert "This link does not work" in said(response.content.decode())


def test_nor_does_one_older_than_a_week(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    Delivery.objects.update(created_at=now() - timedelta(days=7, minutes=1))
    assert signed_in(cast.sam).get(link(sent_to_sam)).status_code == 404
    assert take(cast.sam, sent_to_sam, critical).status_code == 404
    assert critical.alert.accepted_at is None


def test_an_alert_that_was_closed_meanwhile_says_how(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    alert = critical.alert
    steps.close(alert, by=cast.sam, revision=alert.revision, outcome="non_neurogenic")
    page = read(cast.sam, link(sent_to_sam))
    assert "by Sam Stone: non-neurogenic. There is nothing left to take." in said(page)
    assert 'value="accept"' not in page
    assert "Sam Stone has closed this alert" in taken(cast.sam, sent_to_sam, critical)


def test_who_has_lost_the_ward_sees_nothing_of_it(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    Membership.objects.filter(staff=cast.sam).delete()
    for response in (signed_in(cast.sam).get(link(sent_to_sam)), take(cast.sam, sent_to_sam, critical)):
        assert response.status_code == 403
        text = said(response.content.decode())
        assert "This alert is no longer on your wards" in text
        assert "L4 left" not in text
        assert "7B" not in text
    assert critical.alert.accepted_at is None


def test_a_test_says_that_it_has_arrived(cast: Cast) -> None:
    contact = Contact.objects.create(staff=cast.sam, channel="email", address="sam@hospital.example")
    test = contacts.send_test(contact, by=cast.sam)
    assert "The test has arrived" in said(read(cast.sam, link(test)))
    contact.refresh_from_db()
    assert contact.last_worked_at is not None


def test_following_it_costs_a_bounded_number_of_queries(cast: Cast, critical: Patient, sent_to_sam: Delivery) -> None:
    read(cast.sam, link(sent_to_sam))
    assert queries_of(lambda: read(cast.sam, link(sent_to_sam))) < 40
