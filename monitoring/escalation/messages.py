"""What a message says. Outside the app no patient is named, unless the hospital has turned that on (NAMES_OUTSIDE)."""

from __future__ import annotations

from django.conf import settings

from monitoring.alerts.models import Alert
from monitoring.escalation.channels.contract import Message
from monitoring.escalation.links import link_for
from monitoring.escalation.models import Delivery
from monitoring.protocol import Level

Purpose = Delivery.Purpose
LONGEST_TITLE = 120


def message_for(delivery: Delivery) -> Message:
    """The delivery as a channel sends it; the same at every attempt but for what the link's time stamp adds."""
    alert = delivery.alert
    return Message(
        id=delivery.public_id,
        title=_one_line(_test_title() if alert is None else title(alert, delivery.purpose, delivery.why)),
        body=_test_body(delivery) if alert is None else body(alert, delivery.purpose, delivery.why),
        link=link_for(delivery),
        at=delivery.created_at.isoformat(),
        urgent=alert is not None and is_urgent(alert, delivery.purpose),
    )


def title(alert: Alert, purpose: str, why: str) -> str:
    """ "CRITICAL, Ward 7B, open Spinewatch". Never a patient: a locked telephone shows it, and mail servers log it."""
    about = "CHECK OVERDUE" if alert.kind == Alert.Kind.OVERDUE else alert.level.upper()
    head = f"{about}, {alert.stay.ward}"
    if purpose == Purpose.CALL:
        return f"{head}, open Spinewatch"
    if purpose == Purpose.PAUSED:
        return f"{head}: paging pauses"
    return f"{head}: {why}"


def body(alert: Alert, purpose: str, why: str) -> str:
    """A sentence or two for those who can read more than the title."""
    ward = alert.stay.ward
    sentences = {
        Purpose.CALL: f"{ward} calls {why or 'you'}. Open Spinewatch, and say that you have it.",
        Purpose.PAUSED: f"{why[:1].upper()}{why[1:]}. A second person must confirm that, or paging resumes.",
    }
    sentence = sentences.get(Purpose(purpose), f"{ward}: {why}. Spinewatch has the rest.")
    return f"{sentence}\n{_patient(alert)}" if settings.NAMES_OUTSIDE else sentence


def is_urgent(alert: Alert, purpose: str) -> bool:
    """Whether a telephone should be loud."""
    return purpose in {Purpose.CALL, Purpose.HAND_OVER} and alert.level == Level.CRITICAL.label


def _patient(alert: Alert) -> str:
    patient = alert.stay.patient
    return f"{patient.given_name} {patient.family_name}, bed {alert.stay.bed}"


def _test_title() -> str:
    return "Spinewatch test"


def _test_body(delivery: Delivery) -> str:
    whom = delivery.person or (delivery.contact and delivery.contact.ward)
    return f"This is a test for {whom}. If you can read it, this channel works."


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE]
