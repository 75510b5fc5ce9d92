"""Reads of the surgeon's desk: beside each alert, what was last examined and which treatment was given."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from monitoring.alerts.queries import inbox
from monitoring.checks.models import Check, Treatment
from monitoring.desks.common.alert_card import AlertCard
from monitoring.desks.common.alert_queries import cards
from wards.models import Staff


@dataclass(frozen=True)
class Case:
    """One alert with the evidence beside it. `check` is the last standing one, whatever it looked at."""

    card: AlertCard
    check: Check | None
    treatments: list[Treatment]


def cases(staff: Staff, *, now: datetime) -> list[Case]:
    """The surgeon's inbox, in a number of queries that does not depend on how many alerts there are."""
    shown = cards(inbox(staff).select_related("stay__responsible_surgeon"), staff=staff, now=now)
    episodes = [card.stay.episode_id for card in shown]
    last_checks = {
        check.episode_id: check
        for check in Check.objects.standing()
        .filter(episode_id__in=episodes)
        .order_by("episode_id", "-examined_at", "-place")
        .distinct("episode_id")
    }
    treatments: defaultdict[int, list[Treatment]] = defaultdict(list)
    for treatment in Treatment.objects.standing().filter(episode_id__in=episodes).order_by("happened_at", "place"):
        treatments[treatment.episode_id].append(treatment)
    return [Case(card, last_checks.get(card.stay.episode_id), treatments[card.stay.episode_id]) for card in shown]
