"""An alert with what was examined and which treatment was given, for whoever has to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from django.db.models import Exists, F, Model, OuterRef
from django.db.models.functions import Coalesce

from monitoring.alerts.models import Alert
from monitoring.checks.models import Check, Treatment
from monitoring.checks.queries import HistoryRow, in_order
from monitoring.desks.common.alert_card import AlertCard
from monitoring.desks.common.alert_queries import Beside
from monitoring.desks.common.alert_strips import AlertStrip, strips_of
from monitoring.desks.common.drain_words import Clock, drain_notes, summary_words
from monitoring.desks.common.gather import Gathering, name_people
from monitoring.desks.common.history import Spell, spells
from monitoring.desks.common.pathway import Pathway, imaging_words
from monitoring.desks.common.pathway_rows import PathwayRows
from monitoring.desks.common.risks import risks_of, segments_words
from monitoring.desks.common.visit import Visit
from monitoring.pathway.course import Course
from monitoring.pathway.queries import removal_rule
from wards.models import Operation
from wards.times import zone_of

LOOKED_BACK: Final = timedelta(hours=24)  # before an alert without a last good check, as it never was critical


@dataclass(frozen=True)
class Case:
    """One alert with the evidence beside it.

    `last_check` is the last standing one, whatever it looked at; `checks` are the standing ones from the last good one
    until now, or until the alert was closed, in order. `treatments`, `course` and `operations` are all that stands of
    the episode.
    """

    card: AlertCard
    last_check: Check | None
    checks: Sequence[Check]
    treatments: Sequence[Treatment]
    course: Course
    operations: Sequence[Operation]

    @cached_property
    def strips(self) -> list[AlertStrip]:
        """A small chart of each of the muscles that fell furthest."""
        return strips_of(self.card, self.checks, since_of(self.card.alert), until_of(self.card.alert, self.card.now))

    @cached_property
    def given(self) -> list[Spell]:
        """The treatment so far: what, since when, until when; an operation ends it (protocol §6)."""
        surgery = self.card.surgery
        operated = [HistoryRow(one, "operation", None) for one in (surgery.index, surgery.secondary) if one]
        treated = [HistoryRow(one, "treatment", None) for one in self.treatments]
        return spells(sorted([*operated, *treated], key=lambda row: in_order(row.entry), reverse=True))

    @property
    def pathway(self) -> Pathway:
        """Imaging, theatre, and what re-operations found."""
        return Pathway(self.course, self.operations, self.card.rights, self.card.now)

    @property
    def imaging(self) -> list[str]:
        """Each study as far as it has come, in words."""
        return [imaging_words(study.last) for study in self.course.studies]

    @property
    def drains(self) -> list[str]:
        """Each drain in a line, and whether it may come out by the ward's rule."""
        return summary_words(self.course.drains, self._clock, removal_rule(self.card.stay.ward))

    @property
    def drain_notes(self) -> list[str]:
        """Of drains that stopped while a muscle is weaker: information, no finding."""
        return drain_notes(self.course.drains, self.card.alert, self.card.assessment, self._clock)

    @property
    def _clock(self) -> Clock:
        return Clock(self.card.now, zone_of(self.card.stay.ward))

    @property
    def segments(self) -> str:
        """How many segments the fusion spans, in words."""
        return "" if self.card.surgery.index is None else segments_words(self.card.surgery.index)

    @property
    def risks(self) -> list[str]:
        """The paper's risk factors that this patient has, in words."""
        return risks_of(self.card.surgery.index, self.card.stay.patient)


def since_of(alert: Alert) -> datetime:
    """From when on checks tell of the alert: from the last good one (protocol §7)."""
    return alert.last_good_at or alert.began_at - LOOKED_BACK


def until_of(alert: Alert, now: datetime) -> datetime:
    """Until when they do: the alert's closing, or now."""
    return alert.closed_at or now


class CaseRows:
    """What a case says beside its card: ask for it, read the gathering, name the people, make cases."""

    def __init__(self, gathering: Gathering, alerts: Sequence[Alert]) -> None:
        episodes = {alert.stay.episode_id for alert in alerts}
        checks = Check.objects.standing().filter(episode__in=episodes)
        self.checks = gathering.ask(checks.filter(_telling_of(alerts)).order_by("examined_at", "place"))
        self.last_checks = gathering.ask(checks.order_by("episode_id", "-examined_at", "-place").distinct("episode_id"))
        self.treatments = gathering.ask(
            Treatment.objects.standing().filter(episode__in=episodes).order_by("happened_at", "place")
        )
        self.followed = PathwayRows(gathering, episodes)

    @property
    def named(self) -> list[tuple[Sequence[Model], str]]:
        """What its rows name by foreign keys, of what is shown."""
        return self.followed.named

    def case(self, card: AlertCard, operations: Sequence[Operation]) -> Case:
        """`operations`: the standing ones of all the episodes."""
        episode, since, until = card.stay.episode_id, since_of(card.alert), until_of(card.alert, card.now)
        return Case(
            card=card,
            last_check=next((check for check in self.last_checks.rows if check.episode_id == episode), None),
            checks=[one for one in self.checks.rows if one.episode_id == episode and since <= one.examined_at <= until],
            treatments=[one for one in self.treatments.rows if one.episode_id == episode],
            course=self.followed.course(episode),
            operations=[one for one in operations if one.episode_id == episode],
        )


def _telling_of(alerts: Iterable[Alert]) -> Exists:
    """Whether a check is not older than the last good one before one of these alerts of its episode."""
    since = Coalesce(F("last_good_at"), F("began_at") - LOOKED_BACK)
    own = Alert.objects.filter(pk__in=[alert.pk for alert in alerts], stay__episode=OuterRef("episode"))
    return Exists(own.alias(since=since).filter(since__lte=OuterRef("examined_at")))


def cases(alerts: Iterable[Alert], visit: Visit) -> list[Case]:
    """The alerts as cases for whoever asks: two statements beside that of the alerts, however many there are."""
    gathering, alerts = Gathering(), list(alerts)
    beside, rows = Beside(gathering, alerts), CaseRows(gathering, alerts)
    gathering.read()
    names = name_people([*beside.named, *rows.named], beside.mentioned)
    cards = beside.cards(staff=visit.staff, now=visit.at, names=names)
    return [rows.case(card, beside.operations.rows) for card in cards]
