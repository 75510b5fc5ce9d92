"""The record of one episode, read in two statements whatever its length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from django.db.models import Model

from monitoring.checks.queries import timeline_of
from monitoring.desks.common.alert_words import people_mentioned
from monitoring.desks.common.gather import Gathering, join, name_people
from monitoring.desks.common.stay_rows import WHO_SIGNED, join_corrections
from monitoring.pathway.queries import recoveries
from monitoring.pathway.story_queries import sources_of
from monitoring.pathway.story_record import Record
from wards.models import ClinicalEntry, Staff, Stay, Ward

EntryT = TypeVar("EntryT", bound=ClinicalEntry)
WHO_ANSWERED: Final = ("acknowledged_by", "accepted_by", "decided_by", "closed_by")


class EpisodeRows:
    """Ask for it, and read it. `names` are those whom the alerts' timelines mention, by id."""

    names: Mapping[int, Staff]

    def __init__(self, episode_id: int) -> None:
        self._episode = episode_id
        gathering, sources = Gathering(), sources_of([episode_id])
        self.stays = gathering.ask(Stay.objects.filter(episode=episode_id).order_by("admitted_at"))
        self.wards = gathering.ask(Ward.objects.filter(stays__episode=episode_id).distinct())
        self.alerts = gathering.ask(sources.alerts)
        self.events = gathering.ask(sources.events)
        self.milestones = gathering.ask(sources.milestones)
        self.reports = gathering.ask(sources.reports)
        self.checks = gathering.ask(sources.checks)
        self.operations = gathering.ask(sources.operations)
        self.treatments = gathering.ask(sources.treatments)
        self.acceptances = gathering.ask(sources.acceptances)
        self.imaging = gathering.ask(sources.imaging)
        self.plans = gathering.ask(sources.plans)
        self.explorations = gathering.ask(sources.explorations)
        gathering.read()
        self._join()

    @property
    def _entries(self) -> list[Sequence[ClinicalEntry]]:
        """By kind, all that was signed."""
        return [
            self.checks.rows,
            self.operations.rows,
            self.treatments.rows,
            self.acceptances.rows,
            self.imaging.rows,
            self.plans.rows,
            self.explorations.rows,
        ]

    def _join(self) -> None:
        """Put in place what rows name: people, wards, and what has superseded what."""
        named: list[tuple[Sequence[Model], str]] = [(self.alerts.rows, name) for name in WHO_ANSWERED]
        named += [(rows, name) for rows in self._entries for name in WHO_SIGNED]
        named += [(self.events.rows, "by"), (self.milestones.rows, "recorded_by"), (self.reports.rows, "recorded_by")]
        self.names = name_people(named, people_mentioned(self.events.rows))
        for rows in self._entries:
            join_corrections(rows)
        join(self.stays.rows, "ward", {ward.pk: ward for ward in self.wards.rows})

    def record(self, now: datetime) -> Record:
        """All of it, for the story."""
        history = timeline_of(
            [
                *standing(self.checks.rows),
                *standing(self.operations.rows),
                *standing(self.treatments.rows),
                *standing(self.acceptances.rows),
            ],
            self._episode,
        )
        return Record(
            now=now,
            alerts=self.alerts.rows,
            events=self.events.rows,
            milestones=self.milestones.rows,
            reports=self.reports.rows,
            checks=self.checks.rows,
            operations=self.operations.rows,
            treatments=self.treatments.rows,
            acceptances=self.acceptances.rows,
            imaging=self.imaging.rows,
            plans=self.plans.rows,
            explorations=self.explorations.rows,
            recoveries=recoveries(history, self.alerts.rows, now),
        )


def standing(entries: Iterable[EntryT]) -> list[EntryT]:
    """Those that count."""
    return [entry for entry in entries if entry.is_standing]
