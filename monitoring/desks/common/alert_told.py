"""Who was told of an alert: when, by which channel, and whether it arrived. No queries here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from monitoring.desks.common import presentation as say
from monitoring.escalation.channels import label_of
from monitoring.escalation.models import Delivery
from monitoring.escalation.phrases import shown as in_words

State = Delivery.State
FAILED = frozenset({State.FAILED, State.RETRYING})
# How far a message got, the best first: what a person is shown by.
BEST = (
    State.READ,
    State.DELIVERED,
    State.ACCEPTED,
    State.SENDING,
    State.PENDING,
    State.RETRYING,
    State.FAILED,
    State.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one recipient by one channel."""

    delivery: Delivery

    @property
    def who(self) -> str:
        return recipient(self.delivery)

    @property
    def channel(self) -> str:
        return label_of(self.delivery.channel)

    @property
    def state(self) -> str:
        return self.delivery.state

    @property
    def mark(self) -> str:
        """A shape for the state, so that colour is not needed."""
        if self.delivery.state in FAILED:
            return "▲"
        return {State.READ: "✓✓", State.DELIVERED: "✓✓", State.ACCEPTED: "✓", State.WITHDRAWN: "–"}.get(
            State(self.delivery.state), "…"
        )

    @property
    def is_bad(self) -> bool:
        return self.delivery.state in FAILED

    @property
    def steps(self) -> list[tuple[str, datetime]]:
        """What is known of its way: sent, delivered, read, each with its time."""
        known = (
            (_("sent"), self.delivery.accepted_at),
            (_("delivered"), None if self.delivery.read_at else self.delivery.delivered_at),
            (_("read"), self.delivery.read_at),
        )
        return [(words, at) for words, at in known if at is not None]

    @property
    def trouble(self) -> str:
        """What went wrong, or what is still to come; empty once it was sent."""
        return {
            State.PENDING: _("to be sent"),
            State.SENDING: _("being sent"),
            State.RETRYING: _("not sent yet%(reason)s; tried again") % {"reason": self._reason},
            State.FAILED: _("NOT SENT%(reason)s") % {"reason": self._reason},
            State.WITHDRAWN: _("withdrawn: no longer true"),
        }.get(State(self.delivery.state), "")

    @property
    def _reason(self) -> str:
        """What stands behind "not sent": ": no answer (3 tries)"."""
        delivery = self.delivery
        reason = _(": %(reason)s") % {"reason": in_words(delivery.error)} if delivery.error else ""
        if delivery.attempts <= 1:
            return reason
        return reason + ngettext(" (%(count)d try)", " (%(count)d tries)", delivery.attempts) % {
            "count": delivery.attempts
        }


@dataclass(frozen=True, slots=True)
class Round:
    """All that was sent in one step of the ladder; of `repeats` equal ones in a row, begun at `since`, the latest."""

    at: datetime
    purpose: str
    why: str
    told: Sequence[Told]
    repeats: int = 1
    since: datetime | None = None

    def is_repeat_of(self, other: Round) -> bool:
        """The same said to the same by the same channels, and nothing went wrong: one of the two is enough to see."""
        same = (self.purpose, self.why, self._to()) == (other.purpose, other.why, other._to())
        return same and not any(told.is_bad for told in (*self.told, *other.told))

    def _to(self) -> list[tuple[str, str]]:
        return sorted((told.who, told.channel) for told in self.told)


def recipient(delivery: Delivery) -> str:
    """The person, or the ward's phone, or the site's number."""
    if delivery.person is not None:
        return str(delivery.person)
    assert delivery.contact is not None  # a constraint: one of the two
    return delivery.contact.get_purpose_display()


def rounds(deliveries: Sequence[Delivery]) -> list[Round]:
    """The deliveries of one alert, step by step, the latest first; a call repeated in vain for hours stands once."""
    shown: list[Round] = []
    for _step, group in groupby(deliveries, attrgetter("step")):
        this = _round(list(group))
        if shown and this.is_repeat_of(shown[-1]):
            before = shown.pop()
            this = replace(this, repeats=before.repeats + 1, since=before.since or before.at)
        shown.append(this)
    return shown[::-1]


def _round(deliveries: Sequence[Delivery]) -> Round:
    first = deliveries[0]
    # An offer says its own: "offered the alert".
    speaks = first.purpose != Delivery.Purpose.HAND_OVER
    reasons = dict.fromkeys(in_words(delivery.why) for delivery in deliveries if delivery.why and speaks)
    why = pgettext("between reasons", "; ").join(reasons)
    return Round(first.created_at, first.get_purpose_display(), why, [Told(one) for one in deliveries])


def who_was_reached(deliveries: Sequence[Delivery], now: datetime, zone: ZoneInfo) -> list[str]:
    """For each recipient how far their latest message got: "Sam Stone read 03:15", "ward's phone NOT REACHED"."""
    latest: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        known = latest.setdefault(recipient(delivery), [])
        if known and known[-1].step != delivery.step:
            known.clear()
        known.append(delivery)
    return [_how_far(who, messages, now, zone) for who, messages in latest.items()]


def _how_far(who: str, messages: Sequence[Delivery], now: datetime, zone: ZoneInfo) -> str:
    best = min(messages, key=lambda message: BEST.index(State(message.state)))
    if best.state in FAILED:
        return _("%(who)s NOT REACHED") % {"who": who}
    if best.state == State.WITHDRAWN:
        return _("%(who)s not needed any more") % {"who": who}
    at = best.read_at or best.delivered_at or best.accepted_at
    if at is None:
        return _("%(who)s being called") % {"who": who}
    said = {"who": who, "state": best.get_state_display(), "time": say.clock_words(at, now=now, zone=zone)}
    return _("%(who)s %(state)s %(time)s") % said
