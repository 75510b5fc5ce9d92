"""What a message says. Outside the app no patient is named, unless the hospital has turned that on (NAMES_OUTSIDE)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from monitoring.alerts.models import Alert
from monitoring.escalation.channels.contract import Message
from monitoring.escalation.links import link_for
from monitoring.escalation.models import Delivery
from monitoring.escalation.phrases import shown
from monitoring.protocol import Level
from wards.names import spoken_name

Purpose = Delivery.Purpose
LONGEST_TITLE = 120
LOUD = {
    "critical": lazy("CRITICAL"),
    "concern": lazy("CONCERN"),
    "watch": lazy("WATCH"),
    "stable": lazy("STABLE"),
}


def message_for(delivery: Delivery) -> Message:
    """The delivery as a channel sends it, in its recipient's language; the same at every attempt but for what the
    link's time stamp adds."""
    alert = delivery.alert
    with override(language_of(delivery)):
        why = shown(delivery.why)
        return Message(
            id=delivery.public_id,
            title=_one_line(_title_of_none(delivery, why) if alert is None else title(alert, delivery.purpose, why)),
            body=_body_of_none(delivery, why) if alert is None else body(alert, delivery.purpose, why),
            link=link_for(delivery),
            at=delivery.created_at.isoformat(),
            urgent=alert is not None and is_urgent(alert, delivery.purpose),
            footer=_("Do not answer this message."),
        )


def language_of(delivery: Delivery) -> str:
    """The person's own; a ward's phone, and who has chosen none, get the house's."""
    return (delivery.person.language if delivery.person else "") or settings.LANGUAGE_CODE


def title(alert: Alert, purpose: str, why: str) -> str:
    """ "CRITICAL, Ward 7B, open Spinewatch". Never a patient: a locked telephone shows it, and mail servers log it."""
    is_deficit = alert.kind == Alert.Kind.DEFICIT
    what = {"about": LOUD[alert.level] if is_deficit else alert.get_kind_display().upper(), "ward": alert.stay.ward}
    if purpose == Purpose.CALL:
        return _("%(about)s, %(ward)s, open Spinewatch") % what
    if purpose == Purpose.PAUSED:
        return _("%(about)s, %(ward)s: paging pauses") % what
    return _("%(about)s, %(ward)s: %(why)s") % {**what, "why": why}


def body(alert: Alert, purpose: str, why: str) -> str:
    """A sentence or two for those who can read more than the title."""
    what = {"ward": alert.stay.ward, "why": f"{why[:1].upper()}{why[1:]}" if purpose == Purpose.PAUSED else why}
    sentence = _sentence(purpose, bool(why)) % what
    return f"{sentence}\n{_patient(alert)}" if settings.NAMES_OUTSIDE else sentence


def _sentence(purpose: str, has_reason: bool) -> str:
    if purpose == Purpose.PAUSED:
        return _("%(why)s. A second person must confirm that, or paging resumes.")
    if purpose != Purpose.CALL:
        return _("%(ward)s: %(why)s. Spinewatch has the rest.")
    if has_reason:
        return _("%(ward)s calls %(why)s. Open Spinewatch, and say that you have it.")
    return _("%(ward)s calls you. Open Spinewatch, and say that you have it.")


def is_urgent(alert: Alert, purpose: str) -> bool:
    """Whether a telephone should be loud."""
    return purpose in {Purpose.CALL, Purpose.HAND_OVER} and alert.level == Level.CRITICAL.label


def _patient(alert: Alert) -> str:
    patient = alert.stay.patient
    name = spoken_name(patient.family_name, patient.given_name)
    return _("%(patient)s, bed %(bed)s") % {"patient": name, "bed": alert.stay.bed}


def _title_of_none(delivery: Delivery, why: str) -> str:
    """Of a message that is about no alert."""
    return why if delivery.purpose == Purpose.NOTICE else _("Spinewatch test")


def _body_of_none(delivery: Delivery, why: str) -> str:
    if delivery.purpose == Purpose.NOTICE:
        return _("%(what)s. Open Spinewatch to review it.") % {"what": why}
    whom = delivery.person or (delivery.contact and delivery.contact.ward)
    return _("This is a test for %(whom)s. If you can read it, this channel works.") % {"whom": whom}


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE]
