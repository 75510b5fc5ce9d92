"""The board of a ward, and one bed's card on it: what it shows, and how urgent it is. No queries here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert
from monitoring.checks.models import Attempt
from monitoring.desks.common import presentation
from monitoring.desks.common.queries import Surgery
from monitoring.due.models import Watch
from monitoring.pathway.recovery import OutcomeCheck
from wards.models import Absence, Bed, Patient, Stay, Ward
from wards.times import age_on, zone_of

# Where nobody knows how the legs are stands between concern and watch; a late check just after it.
UNKNOWN, LATE, NOT_WATCHED = 1.5, 1.6, 2.5
SOON = timedelta(minutes=30)
RANK = {"critical": 0.0, "concern": 1.0, "watch": 2.0, "stable": 3.0}


Order = Literal["urgency", "bed"]
Whose = Literal["all", "mine"]


@dataclass(frozen=True)
class Card:
    """A stay as the board shows it at `now`: the alert latched, the assessment as it stands.

    `absence`: where the patient is, if not on the ward. `attempt`: the last check that could not be done, while none
    was done since. `is_mine`: allocated now to whoever looks, or theirs as the responsible surgeon. `outcome_checks`:
    those of a re-operation that are due now.
    """

    stay: Stay
    surgery: Surgery
    alerts: Sequence[Alert]
    now: datetime
    absence: Absence | None = None
    attempt: Attempt | None = None
    is_mine: bool = False
    outcome_checks: Sequence[OutcomeCheck] = ()

    @property
    def patient(self) -> Patient:
        return self.stay.patient

    @property
    def watch(self) -> Watch:
        return self.stay.watch

    @property
    def assessment(self) -> dict[str, Any] | None:
        assessment: dict[str, Any] | None = self.watch.assessment
        return assessment

    @property
    def age(self) -> int:
        today = self.now.astimezone(zone_of(self.stay.ward)).date()
        return age_on(today, born=self.patient.date_of_birth)

    @property
    def level(self) -> str | None:
        """The level now; None while not yet assessed, which is never shown as stable."""
        return None if self.assessment is None else self.watch.level

    @property
    def pending(self) -> bool:
        """Whether something was recorded that the level does not yet tell of: what is old is not shown as new."""
        return self.watch.changed_since is not None and self.assessment is not None

    @cached_property
    def deficit(self) -> Alert | None:
        return next((alert for alert in self.alerts if alert.kind == Alert.Kind.DEFICIT), None)

    @property
    def severity(self) -> str | None:
        """What the card is coloured by: an open alert keeps its level until a person has closed it."""
        return self.deficit.level if self.deficit else self.level

    @cached_property
    def fallen(self) -> list[dict[str, Any]]:
        return presentation.fallen_muscles(presentation.findings_of(self.assessment))

    @property
    def said(self) -> str:
        """What is read aloud when the card has a new alert: who, where, what."""
        level = presentation.level_words(self.severity) if self.severity else presentation.NOT_YET_ASSESSED
        known = {"level": level, "name": self.patient.display_name, "bed": self.stay.bed}
        if self.fallen:
            known["what"] = presentation.change_words(self.fallen[0])
            return _("%(level)s: %(name)s, bed %(bed)s, %(what)s") % known
        if self.is_late:
            return _("%(level)s: %(name)s, bed %(bed)s, check overdue") % known
        return _("%(level)s: %(name)s, bed %(bed)s") % known

    @property
    def flags(self) -> list[str]:
        return presentation.flags_of(presentation.findings_of(self.assessment))

    @property
    def untested(self) -> list[str]:
        """Muscles and flags that nobody has tested for too long (protocol §4.10)."""
        found = [f for f in presentation.findings_of(self.assessment) if f["rule"] == "untested"]
        names = [presentation.muscle_words(name) for finding in found for name in finding["muscles"]]
        return names + [presentation.FLAG_WORDS[flag] for finding in found for flag in finding["flags"]]

    @property
    def lems(self) -> str:
        return str(self.assessment["lems"]) if self.assessment else ""

    @property
    def not_watched(self) -> str | None:
        return presentation.not_watched(self.assessment)

    @property
    def todo(self) -> list[str]:
        """What to do, in words: the open alert's actions, or what the assessment asks for."""
        actions = (self.assessment or {}).get("actions", [])
        if self.deficit is not None:
            gone = self.deficit.superseded.get("actions", [])
            actions = [action for action in self.deficit.actions if action not in gone]
        by = presentation.instant((self.assessment or {}).get("reassess_due"))
        until = presentation.clock_words(by, now=self.now, zone=zone_of(self.stay.ward)) if by else ""
        return [presentation.action_words(action, by=until) for action in actions if action != "recheck"]

    @property
    def treatment_since(self) -> datetime | None:
        return presentation.instant((self.assessment or {}).get("treatment_running_since"))

    @property
    def reassess_due(self) -> datetime | None:
        """By when whoever is treated must be examined again (protocol §6)."""
        return presentation.instant((self.assessment or {}).get("reassess_due"))

    @property
    def next_is_reassessment(self) -> bool:
        """Whether the next check that is due is that one: then it is counted down once, under this name."""
        return self.reassess_due is not None and self.reassess_due == self.watch.check_due_at

    @property
    def is_late(self) -> bool:
        return self.watch.check_due_at is not None and self.watch.check_due_at < self.now

    @property
    def is_due_soon(self) -> bool:
        """Whether somebody may be at the bedside for a check: only then can one turn out to be impossible."""
        return self.watch.check_due_at is not None and self.watch.check_due_at - self.now < SOON

    @property
    def urgency(self) -> tuple[float, bool, float, str]:
        """Sorts the board: the worst first; of equals the unacknowledged, then the check due soonest."""
        due = self.watch.check_due_at
        acknowledged = self.deficit is None or self.deficit.acknowledged_at is not None
        return self._rank, acknowledged, due.timestamp() if due else float("inf"), self.stay.bed.label

    @property
    def _rank(self) -> float:
        rank = RANK[self.severity] if self.severity is not None else UNKNOWN
        if self.watch.failing_since is not None or self.pending:
            rank = min(rank, UNKNOWN)
        if self.is_late or any(alert.kind != Alert.Kind.DEFICIT for alert in self.alerts):
            rank = min(rank, LATE)
        return min(rank, NOT_WATCHED) if self.not_watched else rank


@dataclass(frozen=True)
class Board:
    """A ward at a glance: a card a taken bed, in order, and the empty beds.

    What it counts it counts of the whole ward, whosever patients are shown.
    """

    ward: Ward
    cards: Sequence[Card]
    empty: Sequence[Bed]
    order: Order = "urgency"
    whose: Whose = "all"

    @cached_property
    def mine(self) -> list[Card]:
        return [card for card in self.cards if card.is_mine]

    @property
    def shown(self) -> Sequence[Card]:
        return self.mine if self.whose == "mine" else self.cards

    @property
    def kept_back(self) -> int:
        """How many patients with an open alert are not among those shown."""
        return self.alerting - sum(bool(card.alerts) for card in self.shown)

    @property
    def watched(self) -> int:
        return sum(card.assessment is not None and not card.not_watched for card in self.cards)

    @property
    def not_watched(self) -> int:
        return len(self.cards) - self.watched

    @property
    def alerting(self) -> int:
        return sum(bool(card.alerts) for card in self.cards)

    @property
    def here(self) -> str:
        return asked(self.order, self.whose)

    @property
    def by_urgency(self) -> str:
        return asked("urgency", self.whose)

    @property
    def by_bed(self) -> str:
        return asked("bed", self.whose)

    @property
    def of_all(self) -> str:
        return asked(self.order, "all")

    @property
    def of_mine(self) -> str:
        return asked(self.order, "mine")


def asked(order: Order, whose: Whose) -> str:
    """What an address ends with to show the board so: only what differs from the usual."""
    said = {"by": order if order != "urgency" else "", "whose": whose if whose != "all" else ""}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"?{query}" if query else ""
