"""Reads of how re-operations turned out, for lists of patients: in one statement however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from monitoring.alerts.models import Alert
from monitoring.checks.models import Acceptance, Check
from monitoring.checks.queries import Entry, HistoryRow, timeline_of
from monitoring.desks.common.gather import Gathering, join
from monitoring.desks.common.queries import Surgery
from monitoring.desks.common.recovery_words import Outcome, outcomes_of
from monitoring.pathway.models import Exploration
from monitoring.pathway.queries import recoveries
from monitoring.pathway.recovery import DAYS, EARLIER, LATER, OutcomeCheck
from wards.models import Operation, Stay


class RecoveryRows:
    """What the outcomes of some episodes are told from: ask, read the gathering, then `outcomes`."""

    def __init__(self, gathering: Gathering, episodes: Collection[int]) -> None:
        self.operations = gathering.ask(Operation.objects.standing().filter(episode__in=episodes))
        self.checks = gathering.ask(Check.objects.standing().filter(episode__in=episodes))
        self.acceptances = gathering.ask(Acceptance.objects.standing().filter(episode__in=episodes))
        self.explorations = gathering.ask(Exploration.objects.standing().filter(episode__in=episodes))
        self.alerts = gathering.ask(Alert.objects.filter(stay__episode__in=episodes, kind=Alert.Kind.DEFICIT))
        self.stays = gathering.ask(Stay.objects.filter(episode__in=episodes))

    def outcomes(self, now: datetime) -> dict[int, list[Outcome]]:
        """By the episode's id, the last re-operation first."""
        join(self.alerts.rows, "stay", {stay.pk: stay for stay in self.stays.rows})
        entries: defaultdict[int, list[Entry]] = defaultdict(list)
        alerts: defaultdict[int, list[Alert]] = defaultdict(list)
        explored: defaultdict[int, list[Exploration]] = defaultdict(list)
        for operation in self.operations.rows:
            entries[operation.episode_id].append(operation)
        for check in self.checks.rows:
            entries[check.episode_id].append(check)
        for acceptance in self.acceptances.rows:
            entries[acceptance.episode_id].append(acceptance)
        for alert in self.alerts.rows:
            alerts[alert.stay.episode_id].append(alert)
        for exploration in self.explorations.rows:
            explored[exploration.episode_id].append(exploration)
        return {
            episode: outcomes_of(
                recoveries(timeline_of(own, episode), alerts[episode], now),
                [entry for entry in own if isinstance(entry, Operation)],
                explored[episode],
                now,
            )
            for episode, own in entries.items()
        }


def may_be_due(operated: Iterable[tuple[int, Surgery]], now: datetime) -> list[int]:
    """The episodes whose last re-operation ended so long ago that a check of its outcome may be due now."""
    return [episode for episode, surgery in operated if surgery.secondary and _in_a_window(surgery.secondary, now)]


def _in_a_window(operation: Operation, now: datetime) -> bool:
    ends = [operation.ended_at + timedelta(days=day) for day in DAYS]
    return any(at - EARLIER <= now <= at + LATER for at in ends)


def due_checks(operated: Iterable[tuple[int, Surgery]], now: datetime) -> dict[int, list[OutcomeCheck]]:
    """By the episode's id, the outcome checks that are due now: one statement, none where none can be due."""
    gathering = Gathering()
    rows = RecoveryRows(gathering, may_be_due(operated, now))
    gathering.read()
    return due_of(rows.outcomes(now))


def due_of(outcomes: dict[int, list[Outcome]]) -> dict[int, list[OutcomeCheck]]:
    return {episode: [check for one in found for check in one.due] for episode, found in outcomes.items()}


def outcomes_in(
    rows: Iterable[HistoryRow], alerts: Iterable[Alert], explorations: Iterable[Exploration], now: datetime
) -> list[Outcome]:
    """The outcomes of one episode, of whose history all was read already. No queries."""
    standing = [row.entry for row in rows if row.struck is None]
    operations = [entry for entry in standing if isinstance(entry, Operation)]
    if not operations:
        return []
    deficits = [alert for alert in alerts if alert.kind == Alert.Kind.DEFICIT]
    timeline = timeline_of(standing, operations[0].episode_id)
    return outcomes_of(recoveries(timeline, deficits, now), operations, explorations, now)
