"""The ways to reach somebody: people keep their own, a ward's leads keep the ward's. And what has come back by them.

An address is never logged nor audited.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert
from monitoring.audit.actions import record
from monitoring.audit.synthetic import is_synthetic
from monitoring.due.clock import now
from monitoring.due.nudge import nudge
from monitoring.escalation.channels import CHANNELS, in_app, probe
from monitoring.escalation.channels.contract import Channel
from monitoring.escalation.models import Contact, Delivery
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.access import Forbidden, May, require
from wards.models import Staff, Ward

LONGEST_ADDRESS = 254
MOST_CONTACTS = 10  # of one person, or of one ward
ONE_TEST_IN = timedelta(minutes=1)
State = Delivery.State


def contacts_of(staff: Staff) -> QuerySet[Contact]:
    """The person's present contacts, back-ups last."""
    return Contact.objects.filter(staff=staff, removed_at__isnull=True)


def contacts_of_ward(ward: Ward) -> QuerySet[Contact]:
    """The ward's present contacts: its phone, the site's number."""
    return Contact.objects.filter(ward=ward, removed_at__isnull=True)


def works(contact: Contact) -> bool:
    """Whether messages may be expected to go through. One that was never tried counts; `last_worked_at` tells."""
    return contact.removed_at is None and contact.broken_since is None and contact.channel in CHANNELS


@transaction.atomic
def add_contact(
    *,
    by: Staff,
    channel: str,
    address: str,
    staff: Staff | None = None,
    ward: Ward | None = None,
    purpose: str = "",
    is_backup: bool = False,
) -> Contact:
    """Add a way to reach `staff`, who is `by`, or a `ward` for a purpose: exactly one of the two.

    Raises Forbidden for somebody else's; ValidationError where the channel is none that is offered, the address is none
    of its kind or is there already, or there are ten.
    """
    if (staff is None) == (ward is None):
        raise TypeError("a contact belongs to a person or to a ward")
    _lock_owner(staff, ward)
    _require_own(by, staff, ward)
    if ward is not None and purpose not in Contact.Purpose:
        raise ValidationError({"purpose": [_("Say whose number this is: the ward's, or the site's.")]})
    address = _valid_address(_channel(channel, staff), address)
    present = Contact.objects.filter(staff=staff, ward=ward, removed_at__isnull=True)
    if present.filter(channel=channel, address=address, purpose=purpose).exists():
        raise ValidationError({"address": [_("This is there already.")]})
    if present.count() >= MOST_CONTACTS:
        raise ValidationError(_("%(most)d contacts are enough. Remove one first.") % {"most": MOST_CONTACTS})
    contact = Contact.objects.create(
        staff=staff,
        ward=ward,
        purpose=purpose,
        channel=channel,
        address=address,
        is_backup=is_backup,
        recorded_by=by,
    )
    record("contact.added", by=by, about=contact, data={"channel": channel, "is_backup": is_backup})
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, by: Staff) -> Contact:
    """Take it out of use; messages on their way to it go elsewhere. Twice is once. Raises Forbidden."""
    contact = _locked(contact)
    _require_own(by, contact.staff, contact.ward)
    if contact.removed_at is None:
        contact.removed_at = now()
        contact.save(update_fields=["removed_at"])
        record("contact.removed", by=by, about=contact, data={"channel": contact.channel})
    return contact


@transaction.atomic
def send_test(contact: Contact, *, by: Staff) -> Delivery:
    """Send a test to it, on the way that an alert goes. Raises Forbidden; ValidationError where it was removed, or had
    one less than a minute ago.
    """
    contact = _locked(contact)
    _require_own(by, contact.staff, contact.ward)
    at = now()
    if contact.removed_at is not None:
        raise ValidationError(_("This contact was removed."))
    tests = Delivery.objects.filter(contact=contact, purpose=Delivery.Purpose.TEST)
    if tests.filter(created_at__gt=at - ONE_TEST_IN).exists():
        raise ValidationError(_("A test was sent less than a minute ago. Wait for that one."))
    test = Delivery.objects.create(
        purpose=Delivery.Purpose.TEST,
        person=contact.staff,
        contact=contact,
        channel=contact.channel,
        created_at=at,
        next_attempt_at=at,
    )
    record("contact.tested", by=by, about=contact, data={"channel": contact.channel})
    nudge("deliver", test.pk)
    return test


@transaction.atomic
def mark_read(delivery: Delivery, *, by: Staff) -> None:
    """`by` has followed the link in the message: it has arrived, whatever the provider said. Twice is once.

    Of a message to somebody else nothing is noted; a ward's phone may be in anybody's hand.
    """
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if delivery.person_id not in {None, by.pk} or delivery.read_at is not None:
        return
    at = now()
    delivery.read_at, delivery.delivered_at = at, delivery.delivered_at or at
    if delivery.state != State.WITHDRAWN:
        delivery.state, delivery.next_attempt_at, delivery.error = State.READ, None, ""
    delivery.save(update_fields=["read_at", "delivered_at", "state", "next_attempt_at", "error"])
    note_working(delivery)
    publish(*topics_of(delivery))


@transaction.atomic
def answer(delivery: Delivery, *, by: Staff) -> bool:
    """Use up the link in the message: whether this was its first and only use, by whom it was sent to."""
    mine = Q(person=by) | Q(person__isnull=True)
    unused = Delivery.objects.filter(mine, pk=delivery.pk, answered_at__isnull=True)
    return unused.update(answered_at=now()) == 1


@transaction.atomic
def in_app_seen(staff: Staff, *alerts: Alert) -> None:
    """`staff` has these alerts on their screen: what they were told of them in the app is read. One statement."""
    unread = Delivery.objects.filter(person=staff, alert__in=alerts, channel=in_app.NAME, read_at__isnull=True)
    if unread.update(state=State.READ, read_at=Now(), delivered_at=Now()):
        publish(topics.person(staff.pk), *{topics.ward(alert.stay.ward_id) for alert in alerts})


def note_working(delivery: Delivery) -> None:
    """A message has gone through: its contact works. Call it with the delivery's row locked."""
    if delivery.contact is not None:
        rows = Contact.objects.filter(pk=delivery.contact.pk)
        rows.update(last_worked_at=now(), broken_since=None, broken_reason="")


def topics_of(delivery: Delivery) -> list[str]:
    """Whose pages show this delivery."""
    told = [] if delivery.person_id is None else [topics.person(delivery.person_id)]
    return told if delivery.alert is None else [*told, topics.ward(delivery.alert.stay.ward_id)]


def _lock_owner(staff: Staff | None, ward: Ward | None) -> None:
    """What two forms add in parallel is counted one after the other."""
    if staff is not None:
        Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    if ward is not None:
        Ward.objects.select_for_update(no_key=True).get(pk=ward.pk)


def _locked(contact: Contact) -> Contact:
    rows = Contact.objects.select_for_update(no_key=True, of=("self",)).select_related("staff", "ward")
    return rows.get(pk=contact.pk)


def _require_own(by: Staff, staff: Staff | None, ward: Ward | None) -> None:
    if ward is not None:
        require(by, May.EDIT_WARD_CONTACTS, ward)
    elif staff != by:
        raise Forbidden(_("Only you keep your own contacts."))


def _channel(name: str, staff: Staff | None) -> Channel:
    """The watchdog's synthetic people have the probe and nothing else; nobody else has the probe."""
    if staff is not None and is_synthetic(staff.pk):
        return CHANNELS[probe.NAME]
    channel = CHANNELS.get(name)
    if channel is None or not channel.offered:
        raise ValidationError({"channel": [_("There is no such channel here.")]})
    return channel


def _valid_address(channel: Channel, address: str) -> str:
    try:
        valid = channel.validate(address)
    except ValidationError as refused:
        raise ValidationError({"address": refused.messages}) from None
    if len(valid) > LONGEST_ADDRESS:
        words = _("An address has at most %(most)d characters.") % {"most": LONGEST_ADDRESS}
        raise ValidationError({"address": [words]})
    return valid
