"""An alert with what was last examined and which treatment was given, for whoever has to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.checks.models import Check, Treatment
from monitoring.desks.common.alert_card import AlertCard


@dataclass(frozen=True)
class Case:
    """One alert with the evidence beside it. `check` is the last standing one, whatever it looked at."""

    card: AlertCard
    check: Check | None
    treatments: list[Treatment]


def cases_of(cards: Sequence[AlertCard]) -> list[Case]:
    """In two queries, however many alerts there are."""
    episodes = [card.stay.episode_id for card in cards]
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
    return [Case(card, last_checks.get(card.stay.episode_id), treatments[card.stay.episode_id]) for card in cards]
