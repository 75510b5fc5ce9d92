"""Calls in the app that somebody has not opened yet: a red bar on every page of theirs until they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert
from monitoring.desks.common import presentation as say
from monitoring.escalation.contacts import in_app_seen
from monitoring.escalation.models import Delivery
from monitoring.escalation.outbox import IN_APP
from wards.access import May, may_somewhere
from wards.models import Staff, Stay

SHOWN = ("alert__stay__ward", "alert__stay__bed", "alert__accepted_by", "alert__acknowledged_by")
ASKING = (Delivery.Purpose.CALL, Delivery.Purpose.HAND_OVER)


@dataclass(frozen=True, slots=True)
class Call:
    """An open alert about which the person was called, and when last."""

    alert: Alert
    at: datetime
    is_offer: bool

    @property
    def stay(self) -> Stay:
        return self.alert.stay

    @property
    def is_deficit(self) -> bool:
        return self.alert.kind == Alert.Kind.DEFICIT

    @property
    def taken(self) -> str:
        """Who has taken it meanwhile, if anybody."""
        if self.alert.has_surgeon:
            return _("%(who)s has it") % {"who": self.alert.accepted_by}
        return _("%(who)s is on it") % {"who": self.alert.acknowledged_by} if self.alert.acknowledged_by else ""

    @property
    def what(self) -> str:
        """In as few words as can be shouted."""
        return (say.level_words(self.alert.level) if self.is_deficit else self.alert.get_kind_display()).upper()


def unread_calls(staff: Staff) -> list[Call]:
    """The person's unopened calls about open alerts, one an alert, the gravest first.

    Whoever was sent an open alert reaches it, wherever the patient lies (`escalation.reasons`), as long as they have a
    role that looks at alerts.
    """
    if not may_somewhere(staff, May.VIEW_ALERTS):
        return []
    unread = Delivery.objects.filter(
        person=staff,
        channel=IN_APP,
        purpose__in=ASKING,
        read_at__isnull=True,
        alert__closed_at__isnull=True,
    ).exclude(state=Delivery.State.WITHDRAWN)
    newest: dict[int, Call] = {}
    for delivery in unread.select_related(*SHOWN).order_by("-created_at", "-pk"):
        alert = delivery.alert
        assert alert is not None  # the join asks for an open one
        newest.setdefault(alert.pk, Call(alert, delivery.created_at, delivery.purpose == Delivery.Purpose.HAND_OVER))
    return sorted(newest.values(), key=lambda call: call.alert.level != "critical")


def seen(staff: Staff, alerts: Iterable[Alert]) -> None:
    """The person has opened a page that shows these alerts: what they were told of them in the app is read."""
    in_app_seen(staff, *alerts)
