"""Reads of the ward's board, for the nurse's page and the display on the wall: as many for 400 beds as for 4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from monitoring.alerts.models import Alert
from monitoring.checks.models import Attempt, Check
from monitoring.desks.common.queries import Surgery, surgeries
from monitoring.desks.common.recovery_queries import due_checks
from monitoring.desks.nurse.board import Board, Card, Order, Whose
from wards.models import Bed, Staff, Stay, Ward
from wards.rota_queries import nurse_of_each


def board(
    ward: Ward, *, now: datetime, staff: Staff | None = None, order: Order = "urgency", whose: Whose = "all"
) -> Board:
    """The ward's board at `now`, as `staff` asks to see it; None: as the display on the wall does. Five queries.

    One more where the outcome of a re-operation may be due for a check.
    """
    beds = list(Bed.objects.filter(ward=ward, closed_at=None).order_by("label"))
    stays = list(present(ward, now))
    operated = surgeries(stay.episode_id for stay in stays)
    alerts, attempts = open_alerts(stays), last_attempts(stays)
    outcomes = due_checks(operated.items(), now)
    cards = [
        Card(
            stay,
            operated.get(stay.episode_id, Surgery()),
            alerts[stay.pk],
            now,
            absence=getattr(stay, "away", None),  # Django sets it only where there is one
            attempt=attempts.get(stay.pk),
            outcome_checks=outcomes.get(stay.episode_id, ()),
            is_mine=staff is not None and staff.pk in {getattr(stay, "nurse_now", None), stay.responsible_surgeon_id},
        )
        for stay in stays
    ]
    cards.sort(key=(lambda card: card.stay.bed.label) if order == "bed" else (lambda card: card.urgency))
    taken = {stay.bed_id for stay in stays}
    return Board(ward, cards, [bed for bed in beds if bed.pk not in taken], order, whose)


def present(ward: Ward, now: datetime) -> QuerySet[Stay]:
    """Who lies on the ward: `away` is where they are if not in bed, `nurse_now` the id of whoever has them."""
    away = FilteredRelation("absences", condition=Q(absences__back_at=None))  # at most one: a constraint says so
    stays = Stay.objects.filter(ward=ward, discharged_at=None).annotate(away=away, nurse_now=nurse_of_each(now))
    return stays.select_related("patient", "ward", "bed", "watch", "away")  # type: ignore[misc]  # a FilteredRelation


def open_alerts(stays: Iterable[Stay]) -> defaultdict[int, list[Alert]]:
    """By the stay's id, the deficit before the rest."""
    found: defaultdict[int, list[Alert]] = defaultdict(list)
    rows = Alert.objects.filter(stay__in=list(stays), closed_at=None).select_related("acknowledged_by", "accepted_by")
    for alert in rows.order_by("kind", "pk"):
        found[alert.stay_id].append(alert)
    return found


def last_attempts(stays: Iterable[Stay]) -> dict[int, Attempt]:
    """By the stay's id, the last check that could not be done, while none was done since."""
    done = Check.objects.standing().filter(episode=OuterRef("episode"), examined_at__gte=OuterRef("tried_at"))
    tried = Attempt.objects.standing().filter(~Exists(done), stay__in=list(stays))
    return {attempt.stay_id: attempt for attempt in tried.order_by("stay", "-tried_at", "-place").distinct("stay")}
