"""Reads episodes for their lines: so many statements for a batch, however many are in it.

Most operations are followed by checks alone, which are only counted. The whole record is read of those that were
operated again, or had an alert of concern or more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.checks.models import Check
from monitoring.checks.queries import GRADED, Entry, timeline_of
from monitoring.pathway.queries import recoveries
from monitoring.pathway.story_queries import sources_of
from monitoring.pathway.story_record import DEFICITS, Record
from monitoring.registry.recorded import Followed, Lain, Read
from wards.models import ClinicalEntry, Episode, Move, Operation, Stay

EntryT = TypeVar("EntryT", bound=ClinicalEntry)
LineT = TypeVar("LineT", AlertEvent, Milestone)


def read_episodes(episodes: Collection[int], now: datetime) -> list[Read]:
    """Those of these episodes that have a standing index operation and a stay; of the watchdog none."""
    operations = _by_episode(Operation.objects.standing().filter(episode__in=episodes, episode__gt=0))
    indexes = {episode: index for episode, own in operations.items() if (index := _index_of(own)) is not None}
    stays: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in Stay.objects.select_related("ward").filter(episode__in=indexes).order_by("pk"):
        stays[stay.episode_id].append(stay)
    moves = _moves(indexes)
    checks, late = _checks_done(indexes.values()), _looks_late(indexes)
    again = {episode for episode, own in operations.items() if len(own) > 1}
    followed = _followed(indexes.keys() & (again | _alerted(indexes)), now)
    return [
        Read(
            episode_id=episode.pk,
            patient=episode.patient,
            index=indexes[episode.pk],
            stays=stays[episode.pk],
            moves=moves[indexes[episode.pk].stay_id],
            checks_done=checks[episode.pk],
            looks_late=late[episode.pk],
            followed=followed.get(episode.pk),
        )
        for episode in Episode.objects.select_related("patient").filter(pk__in=stays)
    ]


def _index_of(operations: Iterable[Operation]) -> Operation | None:
    """The first one: there is never more than one, unless somebody wrote past the application."""
    indexes = [one for one in operations if one.kind == Operation.Kind.INDEX]
    return min(indexes, key=lambda one: (one.ended_at, one.place), default=None)


def _by_episode(entries: QuerySet[EntryT]) -> defaultdict[int, list[EntryT]]:
    found: defaultdict[int, list[EntryT]] = defaultdict(list)
    for entry in entries:
        found[entry.episode_id].append(entry)
    return found


def _moves(episodes: Collection[int]) -> defaultdict[int, list[Lain]]:
    """By the stay's id, the moves from ward to ward, in order."""
    moves = Move.objects.select_related("from_bed__ward", "to_bed__ward").filter(stay__episode__in=episodes)
    found: defaultdict[int, list[Lain]] = defaultdict(list)
    for move in moves.exclude(from_bed__ward=F("to_bed__ward")).order_by("moved_at", "pk"):
        found[move.stay_id].append(Lain(move.moved_at, move.from_bed.ward, move.to_bed.ward))
    return found


def _checks_done(indexes: Iterable[Operation]) -> dict[int, int]:
    """By the episode's id, how many standing checks after its index operation graded a muscle."""
    later = {"episode": OuterRef("episode"), "examined_at__gt": OuterRef("ended_at")}
    own = Check.objects.standing().filter(GRADED, **later).order_by().values("episode")
    counted = own.annotate(done=Count("pk")).values("done")
    found = Operation.objects.filter(pk__in=[index.pk for index in indexes])
    return dict(found.values_list("episode").annotate(done=Coalesce(Subquery(counted), 0)))


def _looks_late(episodes: Collection[int]) -> Counter[int]:
    """How many alerts of an overdue check were ended by a look."""
    waited = Alert.objects.filter(kind=Alert.Kind.OVERDUE, outcome=Alert.Outcome.LOOKED, stay__episode__in=episodes)
    return Counter(waited.values_list("stay__episode", flat=True))


def _alerted(episodes: Collection[int]) -> set[int]:
    told = Alert.objects.filter(kind=Alert.Kind.DEFICIT, level__in=DEFICITS, stay__episode__in=episodes)
    return set(told.values_list("stay__episode", flat=True))


def _followed(episodes: Collection[int], now: datetime) -> dict[int, Followed]:
    """By the episode's id, all of which the columns of a line are made. None of it where there are no such episodes."""
    if not episodes:
        return {}
    sources = sources_of(episodes)
    checks, operations = _with_corrections(sources.checks), _with_corrections(sources.operations)
    acceptances, imaging = _with_corrections(sources.acceptances), _with_corrections(sources.imaging)
    explorations = _with_corrections(sources.explorations)
    alerts: defaultdict[int, list[Alert]] = defaultdict(list)
    episode_of: dict[int, int] = {}
    for alert in sources.alerts.select_related("stay"):
        alerts[alert.stay.episode_id].append(alert)
        episode_of[alert.pk] = alert.stay.episode_id
    events, milestones = _of_alerts(sources.events, episode_of), _of_alerts(sources.milestones, episode_of)
    found: dict[int, Followed] = {}
    for episode in episodes:
        entries: list[Entry] = [*checks[episode], *operations[episode], *acceptances[episode]]
        history = timeline_of([entry for entry in entries if entry.is_standing], episode)
        record = Record(
            now=now,
            alerts=alerts[episode],
            events=events[episode],
            milestones=milestones[episode],
            checks=checks[episode],
            operations=operations[episode],
            acceptances=acceptances[episode],
            imaging=imaging[episode],
            explorations=explorations[episode],
            recoveries=recoveries(history, alerts[episode], now),
        )
        found[episode] = Followed(record, history)
    return found


def _with_corrections(entries: QuerySet[EntryT]) -> defaultdict[int, list[EntryT]]:
    """With what supersedes each, so that asking whether it stands is no query."""
    return _by_episode(entries.select_related("superseded_by"))


def _of_alerts(lines: QuerySet[LineT], episode_of: Mapping[int, int]) -> defaultdict[int, list[LineT]]:
    found: defaultdict[int, list[LineT]] = defaultdict(list)
    for line in lines:
        found[episode_of[line.alert_id]].append(line)
    return found
