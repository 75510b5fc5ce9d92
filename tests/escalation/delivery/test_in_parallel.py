"""Eight workers and a sweep on the same message: it goes out once."""

from __future__ import annotations

import time

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts.models import Alert
from monitoring.escalation.channels import courier
from monitoring.escalation.channels.contract import Message, NotSent, Receipt
from monitoring.escalation.contacts import add_contact
from monitoring.escalation.deliver import deliver
from monitoring.escalation.models import Contact, Delivery
from tests.cast import Cast
from tests.escalation.delivery.conftest import Environment
from tests.escalation.delivery.test_deliver import attempt, call, contact_of
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_that_many_take_up_is_sent_once(cast: Cast, critical: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Message] = []

    def send(channel: str, message: Message, address: str, *, until: float) -> Receipt:
        sent.append(message)
        time.sleep(0.2)
        return Receipt()

    monkeypatch.setattr(courier, "send", send)
    row = call(critical, contact_of(cast.sam))
    together(*[lambda: deliver(row.pk)] * 8)
    row.refresh_from_db()
    assert (row.state, row.attempts, len(sent)) == (Delivery.State.ACCEPTED, 1, 1)


def test_a_contact_that_is_added_twice_at_once_is_there_once(cast: Cast, environment: Environment) -> None:
    environment(EMAIL_URL="smtp://127.0.0.1")

    def add() -> Contact:
        return add_contact(by=cast.sam, staff=cast.sam, channel="email", address="sam@hospital.example")

    answers = together(*[add] * 4)
    assert len([answer for answer in answers if isinstance(answer, ValidationError)]) == 3
    assert Contact.objects.count() == 1


def test_contacts_that_fail_at_the_same_time_call_the_next_one_once(
    cast: Cast, critical: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(channel: str, message: Message, address: str, *, until: float) -> Receipt:
        time.sleep(0.1)
        raise NotSent("HTTP 404", permanent=True)

    monkeypatch.setattr(courier, "send", send)
    rows = [call(critical, contact_of(cast.sam, address=f"{name}@hospital.example")) for name in "abc"]
    backup = contact_of(cast.sam, "sms", "+4930123456", is_backup=True)
    together(*[lambda row=row: deliver(row.pk) for row in rows])
    assert Delivery.objects.filter(contact=backup).count() == 1
    assert attempt(Delivery.objects.get(contact=backup)).state == Delivery.State.FAILED
    critical.refresh_from_db()
    assert critical.next_step_at is not None
