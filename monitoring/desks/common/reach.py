"""How people and wards are reached: their contacts, what the last test came to, and who on the rota has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from monitoring.escalation.channels import label_of
from monitoring.escalation.contacts import works
from monitoring.escalation.models import Contact, Delivery
from monitoring.escalation.phrases import shown
from wards.models import Duty, Staff

AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Way:
    """One contact, and the last test that was sent to it."""

    contact: Contact
    test: Delivery | None

    @property
    def channel(self) -> str:
        return label_of(self.contact.channel)

    @property
    def works(self) -> bool:
        return works(self.contact)

    @property
    def trouble(self) -> str:
        """Why it does not work; empty where it does, as far as anybody knows."""
        if self.works:
            return ""
        return shown(self.contact.broken_reason) or _("this channel is no longer set up here")

    @property
    def test_words(self) -> str:
        """How far the last test got."""
        if self.test is None:
            return ""
        why = {"why": shown(self.test.error)}
        return {
            Delivery.State.PENDING: _("test is being sent"),
            Delivery.State.SENDING: _("test is being sent"),
            Delivery.State.RETRYING: _("test not sent yet: %(why)s; it is tried again") % why,
            Delivery.State.ACCEPTED: _("test was sent"),
            Delivery.State.DELIVERED: _("test was delivered"),
            Delivery.State.READ: _("test was read"),
            Delivery.State.FAILED: _("test FAILED: %(why)s") % why,
            Delivery.State.WITHDRAWN: _("test was withdrawn"),
        }[Delivery.State(self.test.state)]

    @property
    def test_failed(self) -> bool:
        return self.test is not None and self.test.state in {Delivery.State.FAILED, Delivery.State.RETRYING}


def ways(contacts: Iterable[Contact]) -> list[Way]:
    """The contacts with their last tests: one query more."""
    contacts = list(contacts)
    tests = Delivery.objects.filter(contact__in=contacts, purpose=Delivery.Purpose.TEST)
    last = {test.contact_id: test for test in tests.order_by("contact_id", "-pk").distinct("contact_id")}
    return [Way(contact, last.get(contact.pk)) for contact in contacts]


def next_duty(staff: Staff, at: datetime) -> Duty | None:
    """What the person is on the rota for now, or first within 24 h."""
    soon = Duty.objects.filter(staff=staff, cancelled_at=None, starts_at__lt=at + AHEAD, ends_at__gt=at)
    return soon.select_related("ward").order_by("starts_at").first()
