"""Messages are rows before they are sent: written in the transaction that decides on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from monitoring.alerts.models import Alert
from monitoring.due.nudge import nudge
from monitoring.escalation.ladder import Track
from monitoring.escalation.models import Contact, Delivery
from monitoring.escalation.people import Recipient
from monitoring.live import topics
from monitoring.live.actions import publish

IN_APP = "in_app"
MORE = gettext_noop("there is more")
LONGEST_WHY = 120  # a rung may name many
UNFINISHED = (Delivery.State.PENDING, Delivery.State.SENDING, Delivery.State.RETRYING)


def call(
    alert: Alert, recipients: Sequence[Recipient], *, step: int, at: datetime, track: Track, why: str
) -> list[Delivery]:
    """Call these people: in the app, and by the channels that each has chosen."""
    return _send(alert, recipients, Delivery.Purpose.CALL, step=step, at=at, track=track, why=why)


def offer(alert: Alert, recipient: Recipient, *, step: int, at: datetime, why: str) -> list[Delivery]:
    """Tell somebody that a colleague hands the alert to them, by all their channels."""
    return _send(alert, [recipient], Delivery.Purpose.HAND_OVER, step=step, at=at, track="", why=why)


def inform(alert: Alert, recipients: Sequence[Recipient], *, step: int, at: datetime) -> list[Delivery]:
    """Tell people that there is more, whether they were called or not."""
    return _send(alert, recipients, Delivery.Purpose.NEWS, step=step, at=at, track="", why=MORE)


def _send(
    alert: Alert,
    recipients: Sequence[Recipient],
    purpose: Delivery.Purpose,
    *,
    step: int,
    at: datetime,
    track: Track | str,
    why: str,
) -> list[Delivery]:
    contacts = contacts_to_use([recipient.person.pk for recipient in recipients if recipient.person is not None])
    rows = []
    for recipient in recipients:
        if recipient.person is not None:
            rows.append(_row(person_id=recipient.person.pk, channel=IN_APP))
            rows += [_to(contact) for contact in contacts[recipient.person.pk]]
        elif recipient.contact is not None:
            rows.append(_to(recipient.contact))
    return _write(rows, alert, purpose, step=step, at=at, track=track, why=why)


def tell(
    alert: Alert, told: Iterable[Delivery], purpose: Delivery.Purpose, *, step: int, at: datetime, why: str
) -> list[Delivery]:
    """Tell those who were called something more, by the same channels; by none that has not been tried yet."""
    before = {(row.person_id, row.contact_id, row.channel) for row in told if row.channel == IN_APP or row.attempts}
    rows = [_row(person_id=person, contact_id=contact, channel=channel) for person, contact, channel in before]
    return _write(rows, alert, purpose, step=step, at=at, track="", why=why)


def contacts_to_use(people: Iterable[int]) -> dict[int, list[Contact]]:
    """By person: the contacts to call first. Back-ups where all others are broken; where all are, all of them again."""
    of_person: defaultdict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(staff__in=list(people), removed_at__isnull=True):
        assert contact.staff_id is not None
        of_person[contact.staff_id].append(contact)
    return defaultdict(list, {person: _first_choice(contacts) for person, contacts in of_person.items()})


def _first_choice(contacts: list[Contact]) -> list[Contact]:
    working = [contact for contact in contacts if contact.broken_since is None]
    return [contact for contact in working if not contact.is_backup] or working or contacts


def _to(contact: Contact) -> Delivery:
    return _row(person_id=contact.staff_id, contact_id=contact.pk, channel=contact.channel)


def _row(*, person_id: int | None, channel: str, contact_id: int | None = None) -> Delivery:
    return Delivery(person_id=person_id, contact_id=contact_id, channel=channel)


def _write(
    rows: list[Delivery],
    alert: Alert,
    purpose: Delivery.Purpose,
    *,
    step: int,
    at: datetime,
    track: Track | str,
    why: str,
) -> list[Delivery]:
    """Save the rows. What is in the app has arrived by being written; the rest is sent once this commits."""
    for row in rows:
        row.alert, row.purpose, row.step, row.track, row.why = alert, purpose, step, str(track), why[:LONGEST_WHY]
        if row.channel == IN_APP:
            row.state, row.accepted_at = Delivery.State.ACCEPTED, at
        else:
            row.state, row.next_attempt_at = Delivery.State.PENDING, at
    written = Delivery.objects.bulk_create(sorted(rows, key=lambda row: (row.person_id or 0, row.contact_id or 0)))
    for row in written:
        if row.next_attempt_at is not None:
            nudge("deliver", row.pk)
    publish(*[topics.person(row.person_id) for row in written if row.person_id is not None and row.channel == IN_APP])
    return written
