"""Who a rung calls: roles become people when they are looked up, at the instant of the call and not before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from monitoring.escalation.ladder import Key, Rung, Whom
from monitoring.escalation.models import Contact
from monitoring.escalation.queries import ladder_of
from wards.models import Post, Staff, Stay
from wards.rota_queries import group_members, on_duty_by_post, patients_nurse

POSTS = {
    Whom.NURSES_ON_SHIFT: Post.NURSE,
    Whom.CHARGE_NURSE: Post.CHARGE_NURSE,
    Whom.SURGEON_ON_CALL: Post.SURGEON_ON_CALL,
    Whom.SECOND_ON_CALL: Post.SECOND_ON_CALL,
}
PHONES = {Whom.WARD_PHONE: Contact.Purpose.WARD_PHONE, Whom.SITE_NUMBER: Contact.Purpose.SITE_NUMBER}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person, or a contact of the ward's own (its phone, the site's number)."""

    person: Staff | None = None
    contact: Contact | None = None

    @property
    def key(self) -> str:
        """Tells recipients apart, also in stored JSON."""
        if self.contact is not None:
            return f"contact {self.contact.pk}"
        return f"person {self.person.pk if self.person is not None else 0}"

    @property
    def name(self) -> str:
        """The person's; for a number of the ward's the code of its purpose."""
        return str(self.person) if self.contact is None else self.contact.purpose


class Present:
    """Who is there for one stay at one instant. Reads once, so that all rungs of a look agree."""

    def __init__(self, stay: Stay, at: datetime) -> None:
        self.stay, self.at = stay, at
        self._ward_contacts = list(Contact.objects.filter(ward=stay.ward_id, removed_at__isnull=True))

    def recipients(self, rung: Rung) -> list[Recipient]:
        """Whom the rung calls: each once, whatever roles they hold. Empty: nobody is there."""
        found = [recipient for whom in rung.whom for recipient in self._by_role(whom)]
        found += [Recipient(person) for person in group_members(self.stay.ward_id, rung.groups)] if rung.groups else []
        return list({recipient.key: recipient for recipient in found}.values())

    def _by_role(self, whom: Whom) -> list[Recipient]:
        if whom in PHONES:
            return [Recipient(contact=contact) for contact in self._ward_contacts if contact.purpose == PHONES[whom]]
        if whom in POSTS:
            return [Recipient(person) for person in self._on_duty[POSTS[whom]]]
        person = self._patients_nurse if whom is Whom.PATIENTS_NURSE else self.stay.responsible_surgeon
        return [Recipient(person)] if person is not None and person.is_active else []

    @cached_property
    def _on_duty(self) -> dict[Post, list[Staff]]:
        return on_duty_by_post(self.stay.ward_id, self.at)

    @cached_property
    def _patients_nurse(self) -> Staff | None:
        return patients_nurse(self.stay.pk, self.at)


def reachable(recipients: Iterable[Recipient]) -> bool:
    """Whether any of them can be reached outside the app: in-app alone is no channel."""
    recipients = list(recipients)
    if any(recipient.contact is not None and recipient.contact.broken_since is None for recipient in recipients):
        return True
    people = [recipient.person.pk for recipient in recipients if recipient.person is not None]
    return Contact.objects.filter(staff__in=people, removed_at__isnull=True, broken_since__isnull=True).exists()


def who_would_be_called(stay: Stay, key: Key, at: datetime) -> Sequence[tuple[Rung, list[Recipient]]]:
    """Whom the ward's ladder in force would call for this patient by those who are there at `at`."""
    present = Present(stay, at)
    return [(rung, present.recipients(rung)) for rung in ladder_of(stay.ward_id, key)]
