"""The hand-over sheet of a ward: a message for each patient there is something to say of, a line for each other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from monitoring.desks.common.brief import Brief, briefs, stays_of
from monitoring.desks.common.sbar import Sbar, sbar
from wards.models import Post, Staff, Ward
from wards.rota_queries import on_duty_by_post

RANK = {"critical": 0, None: 1, "concern": 2, "watch": 3, "stable": 4}  # one who is not assessed may be anything


@dataclass(frozen=True)
class Entry:
    """One patient on the sheet."""

    brief: Brief

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
    """Nine queries, however many beds."""
    entries = [Entry(brief) for brief in briefs(list(stays_of(ward)), now)]
    told = [entry for entry in entries if entry.brief.needs_words]
    told.sort(key=lambda entry: RANK[entry.severity])  # stable: of equals by bed
    there = on_duty_by_post(ward.pk, now)
    return Sheet(
        ward=ward,
        told=told,
        lines=[entry for entry in entries if not entry.brief.needs_words],
        on_duty=[(str(post.label), there[post]) for post in Post],
    )
