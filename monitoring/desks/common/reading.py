"""What the words of an alert's timeline are made with: the names it mentions, the ward's clock, what a line adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.desks.common import presentation as say
from wards.models import Staff


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of a line need beside the line: the people it names by id, and the ward's clock at `now`."""

    names: Mapping[int, Staff]
    now: datetime
    zone: ZoneInfo

    def clock(self, at: str | datetime | None) -> str:
        moment = say.instant(at)
        return "" if moment is None else say.clock_words(moment, now=self.now, zone=self.zone)

    def name(self, person: int) -> str:
        return str(self.names.get(person) or _("somebody"))


def evidence_words(said: Mapping[str, Any]) -> str:
    """What an event adds, or a correction takes away: "critical; L4 left; Image now and explore"."""
    parts = [
        say.level_words(said["level"]) if said.get("level") else "",
        listed(say.FLAG_WORDS[flag] for flag in said.get("flags", [])),
        listed(say.muscle_words(muscle) for muscle in said.get("muscles", [])),
        listed(_("%(muscle)s weaker") % {"muscle": say.muscle_words(muscle)} for muscle in said.get("deeper", [])),
        listed(say.short_action_words(action) for action in said.get("actions", [])),
        say.reason_words(said.get("because", [])),
    ]
    return pgettext("between reasons", "; ").join(part for part in parts if part)


def listed(names: Iterable[str]) -> str:
    return pgettext("between names", ", ").join(names)
