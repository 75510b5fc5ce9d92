"""The hand-over sheet of a ward: a message for each patient there is something to say of, a line for each other one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from monitoring.desks.common.brief import Brief, briefs, stays_of
from monitoring.desks.common.drain_words import Clock, summary_words
from monitoring.desks.common.gather import Gathering
from monitoring.desks.common.recovery_queries import RecoveryRows, due_of, may_be_due
from monitoring.desks.common.recovery_words import due_words
from monitoring.desks.common.sbar import Sbar, sbar
from monitoring.pathway.drains import drains_of
from monitoring.pathway.models import DrainEntry
from monitoring.pathway.queries import removal_rule
from wards.models import Post, Staff, Ward
from wards.rota_queries import on_duty_by_post
from wards.times import zone_of

RANK = {"critical": 0, None: 1, "concern": 2, "watch": 3, "stable": 4}  # one who is not assessed may be anything


@dataclass(frozen=True)
class Entry:
    """One patient on the sheet. `also`: drains that lie, outcome checks that are due, a line each."""

    brief: Brief
    also: Sequence[str] = ()

    @cached_property
    def sbar(self) -> Sbar:
        return sbar(self.brief)

    @property
    def severity(self) -> str | None:
        """As on the board: an open alert keeps its level until a person has closed it."""
        alert = self.brief.deficit
        level = self.brief.state.level
        return min((alert.level, level), key=RANK.__getitem__) if alert is not None else level

    @property
    def is_late(self) -> bool:
        due = self.brief.stay.watch.check_due_at
        return due is not None and due < self.brief.now


@dataclass(frozen=True)
class Sheet:
    """A ward at one instant: who needs words, the worst first; the others by bed; who is there to be called."""

    ward: Ward
    told: Sequence[Entry]
    lines: Sequence[Entry]
    on_duty: Sequence[tuple[str, Sequence[Staff]]]

    @property
    def patients(self) -> int:
        return len(self.told) + len(self.lines)


def sheet_of(ward: Ward, now: datetime) -> Sheet:
    """Ten queries, however many beds."""
    found = briefs(list(stays_of(ward)), now)
    also = _also(found, ward, now)
    entries = [Entry(brief, also[brief.stay.episode_id]) for brief in found]
    told = [entry for entry in entries if entry.brief.needs_words]
    told.sort(key=lambda entry: RANK[entry.severity])  # stable: of equals by bed
    there = on_duty_by_post(ward.pk, now)
    return Sheet(
        ward=ward,
        told=told,
        lines=[entry for entry in entries if not entry.brief.needs_words],
        on_duty=[(str(post.label), there[post]) for post in Post],
    )


def _also(found: Sequence[Brief], ward: Ward, now: datetime) -> defaultdict[int, list[str]]:
    """By the episode's id: the drains that lie, with what they gave, and the outcome checks that are due. One query."""
    gathering, clock = Gathering(), Clock(now, zone_of(ward))
    episodes = [brief.stay.episode_id for brief in found]
    lines = gathering.ask(DrainEntry.objects.standing().filter(episode__in=episodes))
    rows = RecoveryRows(gathering, may_be_due([(brief.stay.episode_id, brief.surgery) for brief in found], now))
    gathering.read()
    said: defaultdict[int, list[str]] = defaultdict(list)
    for episode, checks in due_of(rows.outcomes(now)).items():
        said[episode] += [due_words(check, clock.now, clock.zone) for check in checks]
    by_episode: defaultdict[int, list[DrainEntry]] = defaultdict(list)
    for line in lines.rows:
        by_episode[line.episode_id].append(line)
    for episode, own in by_episode.items():
        lying = [drain for drain in drains_of(own) if drain.removed is None]
        said[episode] += summary_words(lying, clock, removal_rule(ward)) if lying else []
    return said
