"""One message's way out: claimed, looked at again, sent, and marked.

The claim is committed before anything is sent and is a lease: whoever dies or freezes leaves a row that is taken up
again when it ends, with the same id in the message. A marker that comes too late finds another attempt's number on the
row and leaves.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from monitoring.due.nudge import nudge
from monitoring.escalation.channels import courier
from monitoring.escalation.channels.contract import NotSent, Receipt
from monitoring.escalation.contacts import note_working, topics_of
from monitoring.escalation.messages import message_for
from monitoring.escalation.models import Contact, Delivery
from monitoring.escalation.truth import no_longer_true
from monitoring.live.actions import publish

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.SEND_SECONDS + 10)
PAUSES = (5, 15, 30, 60)  # seconds before the second attempt, the third …; then the last again and again
LONGEST_PAUSE = timedelta(minutes=2)  # that a provider may ask for: an alert cannot wait longer
OTHERS_AFTER = 3  # failed attempts
OTHERS_IF_PAUSE = timedelta(seconds=30)
MOST_TESTS = 3
OUR_FAULT = gettext_noop("a fault of Spinewatch itself")
State = Delivery.State
CALLS = frozenset({Delivery.Purpose.CALL, Delivery.Purpose.HAND_OVER})  # news goes by the same channels as the call


class Attempt(NamedTuple):
    """One attempt at one delivery. `number` is a fencing token: the row's `attempts` while it is this one's."""

    delivery_id: int
    alert_id: int | None
    number: int


def deliver(delivery_id: int) -> None:
    """Send the message if that is due and still true; note what came of it."""
    attempt = claim(delivery_id)
    if attempt is None:
        return
    until = time.monotonic() + settings.SEND_SECONDS
    delivery = _confirmed(attempt)
    if delivery is None:
        return
    try:
        receipt = _send(delivery, until)
    except NotSent as failure:
        note_failure(attempt, failure)
    else:
        note_success(attempt, receipt)


@transaction.atomic
def claim(delivery_id: int) -> Attempt | None:
    """Take the row, until the lease ends. None where it is not due: another has it, it is done, or purged."""
    delivery = _locked(delivery_id)
    at = now()
    if delivery is None or delivery.next_attempt_at is None or delivery.next_attempt_at > at:
        return None
    delivery.state, delivery.attempts, delivery.next_attempt_at = State.SENDING, delivery.attempts + 1, at + LEASE
    delivery.save(update_fields=["state", "attempts", "next_attempt_at"])
    return Attempt(delivery.pk, delivery.alert_id, delivery.attempts)


def _locked(delivery_id: int) -> Delivery | None:
    return Delivery.objects.select_for_update(no_key=True).filter(pk=delivery_id).first()


@transaction.atomic
def _confirmed(attempt: Attempt) -> Delivery | None:
    """The delivery, read again right before it is sent. None where the lease is over, or the message is withdrawn."""
    delivery = _mine(attempt)
    at = now()
    if delivery is None or delivery.next_attempt_at is None or delivery.next_attempt_at <= at:
        return None
    reason = no_longer_true(delivery, at)
    if reason:
        delivery.attempts -= 1  # one that sends nothing is none: who was never called is not told who has it
        _end(delivery, State.WITHDRAWN, at, reason)
        return None
    return delivery


def _send(delivery: Delivery, until: float) -> Receipt:
    """Raises NotSent."""
    contact = delivery.contact
    if contact is not None and contact.removed_at is not None:
        raise NotSent(gettext_noop("this contact was removed"), permanent=True)
    address = "" if contact is None else contact.address
    return courier.send(delivery.channel, message_for(delivery), address, until=until)


def _mine(attempt: Attempt) -> Delivery | None:
    """The row, locked, if it is still this attempt's; with all that a message is made of, read after the lock."""
    mine = Delivery.objects.filter(pk=attempt.delivery_id, state=State.SENDING, attempts=attempt.number)
    if mine.select_for_update(no_key=True).first() is None:
        logger.warning("attempt %s at delivery %s came too late", attempt.number, attempt.delivery_id)
        return None
    named = mine.select_related(
        "alert__stay__ward", "alert__stay__patient", "alert__stay__bed", "person", "contact__ward"
    )
    return named.get()


@transaction.atomic
def note_success(attempt: Attempt, receipt: Receipt) -> None:
    """The provider has it."""
    delivery = _mine(attempt)
    if delivery is None:
        return
    at = now()
    delivery.accepted_at, delivery.next_attempt_at, delivery.error = at, None, ""
    delivery.state, delivery.delivered_at = (State.DELIVERED, at) if receipt.delivered else (State.ACCEPTED, None)
    delivery.save(update_fields=["state", "accepted_at", "delivered_at", "next_attempt_at", "error"])
    note_working(delivery)
    publish(*topics_of(delivery))


@transaction.atomic
def note_failure(attempt: Attempt, failure: NotSent) -> None:
    """It did not go through: for good, or to be tried again. Where that leaves somebody waiting, others are called.

    The alert is locked before the delivery, as everywhere.
    """
    alert = None if attempt.alert_id is None else Alert.objects.select_for_update(no_key=True).get(pk=attempt.alert_id)
    delivery = _mine(attempt)
    if delivery is None:
        return
    at = now()
    pause = pause_after(attempt.number, failure.retry_after)
    for_good = failure.permanent or (delivery.purpose == Delivery.Purpose.TEST and attempt.number >= MOST_TESTS)
    if for_good:
        _end(delivery, State.FAILED, at, failure.reason)
    else:
        delivery.state, delivery.next_attempt_at, delivery.error = State.RETRYING, at + pause, failure.reason
        delivery.save(update_fields=["state", "next_attempt_at", "error"])
        publish(*topics_of(delivery))
    if failure.permanent:
        _mark_broken(delivery, at, failure.reason)
    too_slow = attempt.number >= OTHERS_AFTER or pause > OTHERS_IF_PAUSE
    if alert is not None and delivery.purpose in CALLS and (for_good or too_slow):
        _call_another_way(delivery, alert, at)


def pause_after(attempts: int, retry_after: timedelta | None) -> timedelta:
    """How long to wait after so many failed attempts: what the provider asks for, within reason, if that is longer."""
    ours = timedelta(seconds=PAUSES[min(attempts, len(PAUSES)) - 1])
    return ours if retry_after is None else max(ours, min(retry_after, LONGEST_PAUSE))


def _end(delivery: Delivery, state: Delivery.State, at: datetime, reason: str) -> None:
    """No further attempt."""
    delivery.state, delivery.next_attempt_at, delivery.ended_at, delivery.error = state, None, at, reason
    delivery.save(update_fields=["state", "attempts", "next_attempt_at", "ended_at", "error"])
    publish(*topics_of(delivery))


def _mark_broken(delivery: Delivery, at: datetime, reason: str) -> None:
    """The contact shows as broken, since when it first failed, until something goes through."""
    if delivery.contact is not None and delivery.contact.removed_at is None:
        row = Contact.objects.filter(pk=delivery.contact.pk)
        row.update(broken_since=Coalesce("broken_since", at), broken_reason=reason)


def _call_another_way(failed: Delivery, alert: Alert, at: datetime) -> None:
    """Try the recipient's next contact in this step at once. Where none is left, the climb passes on.

    The alert's row is locked, so nobody else writes a message of it meanwhile.
    """
    contact = _untried(failed)
    if contact is not None:
        another = Delivery.objects.create(
            alert=alert,
            step=failed.step,
            purpose=failed.purpose,
            track=failed.track,
            why=failed.why,
            person=failed.person,
            contact=contact,
            channel=contact.channel,
            created_at=at,
            next_attempt_at=at,
        )
        nudge("deliver", another.pk)
    elif failed.state == State.FAILED and alert.closed_at is None:
        alert.next_step_at = at
        alert.save(update_fields=["next_step_at"])
        nudge("climb", alert.pk)


def _untried(failed: Delivery) -> Contact | None:
    """Of the same person, or of the same phone of the ward: back-ups after the others, broken ones last."""
    if failed.person is not None:
        contacts = Contact.objects.filter(staff=failed.person)
    elif failed.contact is not None:
        contacts = Contact.objects.filter(ward=failed.contact.ward, purpose=failed.contact.purpose)
    else:
        return None
    tried = Delivery.objects.filter(alert=failed.alert, step=failed.step, contact=OuterRef("pk"))
    left = contacts.filter(~Exists(tried), removed_at__isnull=True)
    return left.order_by(F("broken_since").asc(nulls_first=True), "is_backup", "pk").first()


@transaction.atomic
def back_off(delivery_id: int, error: Exception) -> None:
    """Note that `deliver` itself raised; the row is tried again in a while.

    A lease that runs is left to end by itself: it may be another attempt's, which is sending.
    """
    delivery = _locked(delivery_id)
    at = now()
    if delivery is None or delivery.next_attempt_at is None:
        return
    delivery.error = f"{OUR_FAULT} ({type(error).__name__})"  # its text may hold patient data
    if delivery.state != State.SENDING or delivery.next_attempt_at <= at:
        delivery.state = State.RETRYING
        delivery.next_attempt_at = at + pause_after(max(delivery.attempts, 1), None)
    delivery.save(update_fields=["state", "next_attempt_at", "error"])
