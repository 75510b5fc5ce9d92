"""Reads of the nurse's desk: a ward's board, and the alerts that were closed lately."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from monitoring.alerts.models import Alert
from monitoring.alerts.queries import with_patients
from monitoring.desks.common.queries import Surgery, surgeries
from monitoring.desks.nurse.board import Card
from wards.access import May, wards_where
from wards.models import Bed, Staff, Stay, Ward

RECENTLY = timedelta(hours=24)


@dataclass(frozen=True)
class Board:
    """A ward at a glance: a card a taken bed, and the empty beds."""

    ward: Ward
    cards: list[Card]
    empty: list[Bed]

    @property
    def watched(self) -> int:
        return sum(card.assessment is not None and not card.not_watched for card in self.cards)

    @property
    def not_watched(self) -> int:
        return len(self.cards) - self.watched

    @property
    def alerting(self) -> int:
        return sum(bool(card.alerts) for card in self.cards)


def board(ward: Ward, *, now: datetime, by_bed: bool = False) -> Board:
    """The ward's board at `now`: four queries, however many beds."""
    beds = list(Bed.objects.filter(ward=ward).order_by("label"))
    stays = list(
        Stay.objects.filter(ward=ward, discharged_at__isnull=True).select_related("patient", "ward", "bed", "watch")
    )
    operated = surgeries(stay.episode_id for stay in stays)
    open_alerts: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in Alert.objects.filter(stay__in=stays, closed_at__isnull=True).select_related("acknowledged_by"):
        open_alerts[alert.stay_id].append(alert)
    cards = [Card(stay, operated.get(stay.episode_id, Surgery()), open_alerts[stay.pk], now) for stay in stays]
    cards.sort(key=(lambda card: card.stay.bed.label) if by_bed else (lambda card: card.urgency))
    taken = {stay.bed_id for stay in stays}
    return Board(ward, cards, [bed for bed in beds if bed.pk not in taken])


def recently_closed(staff: Staff, *, now: datetime) -> QuerySet[Alert]:
    """The deficit alerts of one's wards that were closed in the last day, the latest first."""
    wards = wards_where(staff, May.VIEW_ALERTS)
    closed = Alert.objects.filter(stay__ward__in=wards, kind=Alert.Kind.DEFICIT, closed_at__gte=now - RECENTLY)
    return with_patients(closed).order_by("-closed_at")
