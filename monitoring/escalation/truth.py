"""Is a message still true? Asked again before each attempt: nobody is called to what somebody has, or what is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from monitoring.alerts.models import Alert
from monitoring.audit.synthetic import is_synthetic
from monitoring.escalation.channels import in_app, probe
from monitoring.escalation.ladder import Track
from monitoring.escalation.models import Delivery

CLOSING_IS_NEWS_FOR = timedelta(hours=1)
TEST_IS_WANTED_FOR = timedelta(minutes=10)
NOTICE_IS_WANTED_FOR = timedelta(hours=24)
HOUSE_CHANNELS = frozenset({in_app.NAME, probe.NAME})
OVER = (Delivery.State.FAILED, Delivery.State.WITHDRAWN)
Purpose = Delivery.Purpose


def no_longer_true(delivery: Delivery, at: datetime) -> str:
    """Why the message must not be sent (any more), as it is written down; empty where it is true."""
    synthetic = is_synthetic(delivery.person_id) or is_synthetic(delivery.contact_id)
    if synthetic and delivery.channel not in HOUSE_CHANNELS:
        return gettext_noop("the watchdog's own")
    if delivery.person is not None and not delivery.person.is_active:
        return gettext_noop("no longer here")
    if delivery.alert is None:
        return _of_none(delivery, at)
    if delivery.alert.closed_at is not None:
        return _of_a_closed_alert(delivery, delivery.alert.closed_at, at)
    return _of_an_open_alert(delivery, delivery.alert, at)


def _of_none(delivery: Delivery, at: datetime) -> str:
    """A message about no alert."""
    if delivery.purpose == Purpose.NOTICE:
        return gettext_noop("this is old by now") if at > delivery.created_at + NOTICE_IS_WANTED_FOR else ""
    is_old = at > delivery.created_at + TEST_IS_WANTED_FOR
    return gettext_noop("nobody waits for this test any more") if is_old else ""


def _of_a_closed_alert(delivery: Delivery, closed_at: datetime, at: datetime) -> str:
    is_news = delivery.purpose == Purpose.CLOSED and at <= closed_at + CLOSING_IS_NEWS_FOR
    return "" if is_news else gettext_noop("the alert is closed")


def _of_an_open_alert(delivery: Delivery, alert: Alert, at: datetime) -> str:
    if delivery.purpose == Purpose.CALL:
        return _of_a_call(delivery, alert, at)
    if delivery.purpose == Purpose.CLOSED:
        return gettext_noop("the alert was re-opened")
    if delivery.purpose == Purpose.PAUSED and not alert.is_paused(at):
        return gettext_noop("paging goes on")
    if delivery.purpose == Purpose.HAS_IT and alert.acknowledged_at is None and not alert.has_surgeon:
        return gettext_noop("nobody has it any more")
    if delivery.purpose == Purpose.HAND_OVER and not _is_offered(alert, delivery.person_id):
        return gettext_noop("the offer is over")
    return ""


def _of_a_call(delivery: Delivery, alert: Alert, at: datetime) -> str:
    """ "Two tracks": acknowledging quiets the nursing one, a surgeon who has it the surgical one (protocol §10)."""
    track = delivery.track
    if track == Track.NURSING and alert.acknowledged_at is not None:
        return gettext_noop("acknowledged")
    if track == Track.SURGICAL and alert.has_surgeon:
        return gettext_noop("a surgeon has it")
    if track == Track.SURGICAL and alert.is_paused(at):
        return gettext_noop("surgical paging pauses")
    return gettext_noop("called again since") if _is_repeated(delivery) else ""


def _is_repeated(delivery: Delivery) -> bool:
    """Whether a later call goes to the same contact: after an outage nobody gets a whole night's calls at once."""
    same = Delivery.objects.filter(alert=delivery.alert, contact=delivery.contact, track=delivery.track)
    later = same.filter(purpose=Purpose.CALL, step__gt=delivery.step)
    return delivery.contact is not None and later.exclude(state__in=OVER).exists()


def _is_offered(alert: Alert, person_id: int | None) -> bool:
    return alert.hand_overs.filter(offered_to=person_id, accepted_at=None, declined_at=None).exists()
