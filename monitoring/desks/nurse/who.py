"""Who would be called for a patient, rung by rung, at two instants side by side; red where nobody can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.desks.nurse.ladders import RungWords, group_names, in_words
from monitoring.escalation.channels import label_of
from monitoring.escalation.ladder import Key
from monitoring.escalation.models import Contact
from monitoring.escalation.outbox import IN_APP, contacts_to_use
from monitoring.escalation.people import Recipient, who_would_be_called
from monitoring.escalation.phrases import listed
from wards.models import Stay

Contacts = Mapping[int, Sequence[Contact]]


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody whom a rung calls, by which channels. `fault`: why a call would not arrive outside the app."""

    name: str
    channels: str
    fault: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A rung, and whom it calls at each of the instants asked about."""

    words: RungWords
    calls: Sequence[Sequence[Called]]


def who(stay: Stay, key: Key, instants: Sequence[datetime]) -> list[Answer]:
    """What the ward's ladder in force would do for this patient at each of these instants."""
    looks = [who_would_be_called(stay, key, at) for at in instants]
    contacts = _contacts(recipient for look in looks for _, recipients in look for recipient in recipients)
    words = in_words(tuple(rung for rung, _ in looks[0]), group_names(stay.ward))
    return [
        Answer(rung, [[_called(recipient, contacts) for recipient in look[number][1]] for look in looks])
        for number, rung in enumerate(words)
    ]


def _contacts(recipients: Iterable[Recipient]) -> Contacts:
    return contacts_to_use({recipient.person.pk for recipient in recipients if recipient.person is not None})


def _called(recipient: Recipient, contacts: Contacts) -> Called:
    """In-app alone does not count: nobody looks at a screen at three in the morning."""
    if recipient.person is not None:
        theirs = contacts.get(recipient.person.pk, ())
        return Called(str(recipient.person), _channels([IN_APP], theirs), _fault(theirs))
    assert recipient.contact is not None
    contact = recipient.contact
    name = contact.get_purpose_display()
    return Called(name[:1].upper() + name[1:], _channels([], [contact]), _fault([contact]))


def _channels(first: list[str], contacts: Sequence[Contact]) -> str:
    names = [*first, *(contact.channel for contact in contacts)]
    return listed(label_of(name) for name in dict.fromkeys(names))


def _fault(contacts: Sequence[Contact]) -> str:
    if not contacts:
        return _("no channel outside the app")
    if all(contact.broken_since is not None for contact in contacts):
        return _("every channel is broken")
    return ""
