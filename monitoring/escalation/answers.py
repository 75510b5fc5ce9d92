"""What each line of an alert's timeline means for its ladder: begin again, tell those who were called, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_noop

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.escalation import outbox, phrases
from monitoring.escalation.ascent import Ascent
from monitoring.escalation.ladder import Key, Track
from monitoring.escalation.models import Delivery
from monitoring.escalation.people import Recipient
from monitoring.escalation.queries import calls_of, who_had_it
from wards.models import Staff

Kind = AlertEvent.Kind
Purpose = Delivery.Purpose


class Ladderer(Protocol):
    """What an answer may do. It is `climb.Look`."""

    alert: Alert
    at: datetime
    ascent: Ascent
    had_it: set[Staff]

    def begin(self, at: datetime) -> Ascent: ...
    def begin_again(self, at: datetime) -> Ascent: ...
    def next_step(self) -> int: ...
    def tell(self, told: list[Delivery], purpose: Delivery.Purpose, why: str) -> None: ...


def answer(event: AlertEvent, look: Ladderer) -> None:
    """Do what the event asks for. Without an answer are the ladder's own lines, and a fall, which tells nobody."""
    if found := ANSWERS.get(Kind(event.kind)):
        found(event, look)


def _opened(event: AlertEvent, look: Ladderer) -> None:
    look.ascent = look.begin(event.at)


def _rose(event: AlertEvent, look: Ladderer) -> None:
    """A higher level, a stronger action, or a return to the highest level begins the ladder from its first rung.

    Anything else new is told to all who were called, and the nursing rungs begin again, because what was acknowledged
    was less.
    """
    if not event.notifies:
        return
    look.had_it |= set(who_had_it(look.alert, before=event))
    if {"level", "actions"} & event.data.keys():
        look.ascent = look.begin_again(event.at)
    else:
        look.tell(calls_of(look.alert), Purpose.NEWS, outbox.MORE)
        look.ascent = look.ascent.restarted(Track.NURSING, event.at)


def _superseded(event: AlertEvent, look: Ladderer) -> None:
    """Where a correction removed all that was critical, surgeons are told of the pause that follows, and not twice."""
    pauses = event.data.get("no_longer", {}).get("level") == Key.CRITICAL
    if event.notifies:
        told = calls_of(look.alert, track=Track.NURSING if pauses else None)
        look.tell(told, Purpose.NEWS, gettext_noop("an entry was corrected"))


def _acknowledged(event: AlertEvent, look: Ladderer) -> None:
    told = calls_of(look.alert, track=Track.NURSING, besides=event.by_id)
    look.tell(told, Purpose.HAS_IT, phrases.ON_IT % {"who": event.by})


def _taken(event: AlertEvent, look: Ladderer) -> None:
    look.tell(calls_of(look.alert, besides=event.by_id), Purpose.HAS_IT, phrases.HAS_IT % {"who": event.by})


def _handed_over(event: AlertEvent, look: Ladderer) -> None:
    """From surgeon to surgeon all hear of it; from nurse to nurse those of the nursing rungs."""
    track = Track.NURSING if event.data["as"] == "nurse" else None
    told = calls_of(look.alert, track=track, besides=event.by_id)
    look.tell(told, Purpose.HAS_IT, phrases.HAS_IT % {"who": event.by})


def _decided(event: AlertEvent, look: Ladderer) -> None:
    look.tell(calls_of(look.alert, besides=event.by_id), Purpose.NEWS, phrases.DECIDED % {"who": event.by})


def _paused(_event: AlertEvent, look: Ladderer) -> None:
    told = calls_of(look.alert, track=Track.SURGICAL)
    look.tell(told, Purpose.PAUSED, gettext_noop("a correction removed all that was critical"))


def _resumed(_event: AlertEvent, look: Ladderer) -> None:
    """Those who were told to wait are called again, unless a surgeon has it."""
    if not look.alert.has_surgeon:
        look.ascent = look.ascent.called_again(Track.SURGICAL, look.at)


def _offered(event: AlertEvent, look: Ladderer) -> None:
    """Offering calls the colleague like a rung would, and quiets nothing."""
    colleague = Staff.objects.filter(pk=event.data["to"], is_active=True).first()
    if colleague is not None:
        why = phrases.OFFERS % {"who": event.by}
        step = look.next_step()
        outbox.offer(look.alert, Recipient(colleague), step=step, at=look.at, why=why)


def _closed(event: AlertEvent, look: Ladderer) -> None:
    why = phrases.CLOSED if event.by is None else phrases.CLOSED_BY % {"who": event.by}
    look.tell(calls_of(look.alert, besides=event.by_id), Purpose.CLOSED, why)


def _reopened(event: AlertEvent, look: Ladderer) -> None:
    """The ladder begins again, but for the track of whoever took it up by this. Who was called before, or had it, is
    told, once."""
    told = calls_of(look.alert, besides=event.by_id)
    knowing = {row.person_id for row in told} | {event.by_id}
    look.had_it |= {staff for staff in who_had_it(look.alert, before=event) if staff.pk not in knowing}
    look.tell(told, Purpose.NEWS, phrases.REOPENED % {"who": event.by})
    look.ascent = look.begin_again(event.at)


def _mended(event: AlertEvent, look: Ladderer) -> None:
    """Who was called hears that the alert stands on another record. One that goes on at another bed begins its ladder
    anew: that may be another ward's."""
    if not event.notifies:
        return
    look.tell(calls_of(look.alert, besides=event.by_id), Purpose.NEWS, phrases.MENDED)
    if event.data["how"] == "goes_on":
        look.ascent = look.begin_again(event.at)


ANSWERS: dict[AlertEvent.Kind, Callable[[AlertEvent, Ladderer], None]] = {
    Kind.OPENED: _opened,
    Kind.ROSE: _rose,
    Kind.SUPERSEDED: _superseded,
    Kind.ACKNOWLEDGED: _acknowledged,
    Kind.ACCEPTED: _taken,
    Kind.HANDED_OVER: _handed_over,
    Kind.DECIDED: _decided,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.HAND_OVER_OFFERED: _offered,
    Kind.CLOSED: _closed,
    Kind.REOPENED: _reopened,
    Kind.MENDED: _mended,
}
