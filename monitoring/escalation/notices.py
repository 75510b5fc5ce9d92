"""News that belongs to no alert, told to people by the channels that each has chosen. It names no patient.

It is sent like any message, in the slow lane, and tried again for a day; in the app the page it is about says it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitoring.due.nudge import nudge
from monitoring.escalation.models import Delivery
from monitoring.escalation.outbox import LONGEST_WHY, contacts_to_use
from monitoring.escalation.phrases import GLASS_BROKEN
from wards.models import Staff

__all__ = ["GLASS_BROKEN", "notify"]


def notify(people: Iterable[Staff], what: str, *, at: datetime) -> list[Delivery]:
    """Write the messages, in the caller's transaction. `what` is one of `phrases`, with its values filled in."""
    contacts = contacts_to_use([person.pk for person in people])
    rows = [
        Delivery(
            purpose=Delivery.Purpose.NOTICE,
            person_id=person_id,
            contact=contact,
            channel=contact.channel,
            why=what[:LONGEST_WHY],
            state=Delivery.State.PENDING,
            created_at=at,
            next_attempt_at=at,
        )
        for person_id, own in sorted(contacts.items())
        for contact in own
    ]
    written = Delivery.objects.bulk_create(rows)
    for row in written:
        nudge("deliver", row.pk)
    return written
