"""An alert as people read it: what fell, the rule, what to do, since when, who did what. No queries here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from monitoring.alerts.models import PAUSE_LASTS, Alert, HandOver
from monitoring.alerts.moves import Facts, Move, is_offered, pending
from monitoring.alerts.pause import correctors
from monitoring.checks.models import Attempt
from monitoring.desks.common import presentation as say
from monitoring.desks.common.alert_progress import Done, State, milestones, states
from monitoring.desks.common.alert_told import Round, rounds, who_was_reached
from monitoring.desks.common.alert_words import Line, timeline
from monitoring.desks.common.closing_words import Closing, closing, reopening, taken_away_since_closing
from monitoring.desks.common.onset_clock import OnsetClock
from monitoring.desks.common.queries import Surgery
from monitoring.desks.common.reading import Reading, evidence_words
from monitoring.escalation.models import Delivery
from wards.access import May
from wards.models import Staff, Stay
from wards.times import zone_of


@dataclass(frozen=True)
class AlertCard:
    """An alert at `now`, for `viewer`, who has these rights on its ward. `names`: whom its timeline mentions by id."""

    alert: Alert
    surgery: Surgery
    now: datetime
    names: Mapping[int, Staff]
    viewer: Staff
    rights: frozenset[May]
    deliveries: Sequence[Delivery] = ()
    attempts: Sequence[Attempt] = ()
    """Of an open one about a check that could not be done: the tries in a row, oldest first."""

    @property
    def stay(self) -> Stay:
        return self.alert.stay

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.stay.ward)

    @property
    def is_open(self) -> bool:
        return self.alert.closed_at is None

    @property
    def waits(self) -> bool:
        """Whether nobody is on it who should be: of a critical alert a surgeon, of any other somebody."""
        if self.alert.level == "critical":
            return not self.alert.has_surgeon
        return self.alert.acknowledged_at is None and not self.alert.has_surgeon

    def _may(self, move: Move, milestone: str = "") -> bool:
        """Whether the page offers the move to the viewer: by the one table that the steps ask too."""
        return is_offered(move, self._facts(milestone), self.rights)

    def _facts(self, milestone: str = "") -> Facts:
        surgeon = May.ACCEPT_ALERT in self.rights
        ways = (May.ACCEPT_ALERT,) if surgeon else (May.ACKNOWLEDGE_ALERT, May.ACCEPT_ALERT)
        return Facts(self.alert, self.viewer, self.now, milestone=milestone, ways=ways)

    @property
    def may_acknowledge(self) -> bool:
        return self._may(Move.ACKNOWLEDGE)

    @property
    def may_accept(self) -> bool:
        return self._may(Move.ACCEPT)

    @property
    def may_decide(self) -> bool:
        return self._may(Move.EXPLORE)

    @property
    def may_record(self) -> bool:
        return self._may(Move.MILESTONE)

    @property
    def may_close(self) -> bool:
        return self._may(Move.CLOSE)

    @property
    def may_reopen(self) -> bool:
        """For the alert's own page: it may take a query."""
        return self._may(Move.REOPEN)

    @cached_property
    def may_offer(self) -> bool:
        """For the alert's own page: it may take queries."""
        return self._may(Move.OFFER)

    @property
    def may_offer_at_once(self) -> bool:
        """The same for a list, without a query: where somebody else has it, only the alert's own page asks further."""
        holder = self.alert.accepted_by_id if self.alert.has_surgeon else None
        return holder in {None, self.viewer.pk} and May.ACCEPT_ALERT in self.rights and self._may(Move.OFFER)

    @cached_property
    def offer(self) -> HandOver | None:
        """The hand-over that waits for an answer."""
        return pending(self.alert)

    @property
    def is_offered_to_viewer(self) -> bool:
        return self.offer is not None and self.offer.offered_to_id == self.viewer.pk

    @property
    def may_withdraw(self) -> bool:
        """Who offered it may take that back, and so may the surgeon who has it by now."""
        if self.offer is None:
            return False
        has_it = self.alert.accepted_by_id if May.ACCEPT_ALERT in self.rights else None
        return self.viewer.pk in {self.offer.offered_by_id, has_it}

    @property
    def pause_waits(self) -> bool:
        """Whether surgical paging pauses for a correction that nobody has confirmed yet (protocol §10)."""
        return self.is_open and self.alert.paused_at is not None and self.alert.pause_confirmed_at is None

    @property
    def pause_ends_at(self) -> datetime | None:
        return None if self.alert.paused_at is None else self.alert.paused_at + PAUSE_LASTS

    @property
    def correctors(self) -> set[int]:
        """Who made corrections that took something from it: a second person confirms a pause, none of them."""
        return correctors(self.alert)

    @property
    def may_confirm_pause(self) -> bool:
        return self._may(Move.CONFIRM_PAUSE)

    @property
    def taken_away_since(self) -> str:
        """What corrections made since the closing have taken away, in words; empty where none has."""
        return evidence_words(taken_away_since_closing(self.alert))

    @property
    def closing(self) -> Closing | None:
        """How it was closed, with the checks that show it."""
        return closing(self.alert, self.reading)

    @property
    def reopening(self) -> str:
        """Who re-opened it, why, and how it had been closed; empty unless a person did."""
        return reopening(self.alert, self.reading)

    @property
    def reading(self) -> Reading:
        return Reading(self.names, self.now, self.zone)

    @property
    def states(self) -> list[State]:
        return states(self.alert)

    @property
    def milestones(self) -> list[Done]:
        return milestones(self.alert)

    @cached_property
    def rounds(self) -> list[Round]:
        """Who was told when, by which channel, and whether it arrived: the latest round first."""
        return rounds(self.deliveries)

    @property
    def reached(self) -> list[str]:
        """The same in a few words for each person."""
        return who_was_reached(self.deliveries, self.now, self.zone)

    @property
    def is_deficit(self) -> bool:
        """Whether it tells of a finding; any other waits for a check."""
        return self.alert.kind == Alert.Kind.DEFICIT

    @property
    def is_overdue(self) -> bool:
        return self.alert.kind == Alert.Kind.OVERDUE

    @property
    def look(self) -> str:
        """What it looks like: its level, or that of a late check."""
        return self.alert.level if self.is_deficit else "overdue"

    @property
    def assessment(self) -> Mapping[str, Any]:
        return self.stay.watch.assessment or {}

    @cached_property
    def muscles(self) -> list[dict[str, Any]]:
        """The deepest fall of each muscle since the alert began, the worst first; `struck` once corrected away."""
        struck = set(self.alert.superseded.get("muscles", []))
        named = [{"muscle": name, "struck": name in struck} | found for name, found in self.alert.muscles.items()]
        return sorted(named, key=lambda muscle: (muscle["struck"], *say.worst_first(muscle)))

    @property
    def flags(self) -> list[dict[str, Any]]:
        struck = set(self.alert.superseded.get("flags", []))
        return [{"words": say.FLAG_WORDS[flag], "struck": flag in struck} for flag in self.alert.flags]

    @property
    def headline(self) -> str:
        """In one line, for those who hear the page instead of seeing it."""
        if not self.is_deficit:
            return self.alert.get_kind_display()
        said = [say.change_words(muscle) for muscle in self.muscles] + [flag["words"] for flag in self.flags]
        return ", ".join(said)

    @property
    def actions(self) -> list[dict[str, Any]]:
        """What to do; `struck` once a correction has taken away what asked for it."""
        if not self.is_deficit:
            return [{"words": _("Do the check now"), "struck": False}]
        due, struck = say.instant(self.assessment.get("reassess_due")), self.alert.superseded.get("actions", [])
        by = say.clock_words(due, now=self.now, zone=self.zone) if due else ""
        return [{"words": say.action_words(action, by=by), "struck": action in struck} for action in self.alert.actions]

    @property
    def rules(self) -> list[str]:
        return [say.rule_words(rule, self.alert.protocol_settings) for rule in self.alert.rules]

    @property
    def reasons(self) -> list[str]:
        gone = self.alert.superseded.get("because", [])
        return [say.REASON_WORDS[reason] for reason in self.alert.because if reason not in gone]

    @property
    def superseded(self) -> str:
        """What a correction has taken away; the alert keeps it, marked."""
        return evidence_words(self.alert.superseded)

    @cached_property
    def onset(self) -> OnsetClock | None:
        """Between when and when it began (protocol §7); None unless it was critical, and rightly so."""
        seen_at, last_good_at = self.alert.seen_at, self.alert.last_good_at
        if seen_at is None or last_good_at is None or self.alert.superseded.get("level") == "critical":
            return None
        return OnsetClock(last_good_at, seen_at, self.now)

    @property
    def causes(self) -> list[tuple[str, int]]:
        return [(say.CAUSE_WORDS[cause["cause"]], cause["percent"]) for cause in self.assessment.get("causes", [])]

    @property
    def timeline(self) -> list[Line]:
        return timeline(self.alert.events.all(), self.reading)
