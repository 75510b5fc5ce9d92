"""All that a message about a patient is made of, read for one or for a whole ward in the same few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from monitoring.alerts.models import Alert
from monitoring.checks.models import Attempt, Check, Treatment
from monitoring.checks.queries import BEST_GRADE
from monitoring.desks.common import presentation as say
from monitoring.desks.common.queries import Surgery, surgeries
from monitoring.desks.common.state import State, state_of
from monitoring.protocol import MUSCLES
from wards.models import Absence, ClinicalEntry, Stay, Ward
from wards.queries import protocol_version_of
from wards.times import zone_of

EntryT = TypeVar("EntryT", bound=ClinicalEntry)


@dataclass(frozen=True)
class Brief:
    """One patient at `now`. `check` is the last standing one, whatever it looked at; `attempt` a later one that failed.

    `alerts` are the open ones, the deficit first; `running` the starts of the treatments that run; `absence` where the
    patient is, if not on the ward.
    """

    stay: Stay
    state: State
    surgery: Surgery
    check: Check | None
    running: Sequence[Treatment]
    alerts: Sequence[Alert]
    now: datetime
    absence: Absence | None = None
    attempt: Attempt | None = None

    def clock(self, at: datetime | str | None) -> str:
        """An instant as the ward's clock shows it; empty for none."""
        moment = say.instant(at)
        return "" if moment is None else say.clock_words(moment, now=self.now, zone=zone_of(self.stay.ward))

    @property
    def deficit(self) -> Alert | None:
        return next((alert for alert in self.alerts if alert.kind == Alert.Kind.DEFICIT), None)

    @property
    def needs_words(self) -> bool:
        """Whether more is to be said than a line: above stable, not known, or an alert that nobody has closed."""
        return self.state.level != "stable" or bool(self.alerts)

    @property
    def references(self) -> Mapping[str, Mapping[str, Any]]:
        """By muscle its reference, and whether that is only assumed (protocol §3). Empty before an operation."""
        found: Mapping[str, Mapping[str, Any]] = self.state.assessment.get("references") or {}
        return found

    @property
    def reference_score(self) -> tuple[int, int] | None:
        """The motor score of the references, and the best there is; None before an operation."""
        grades = [held["reference"] for held in self.references.values()]
        return (sum(grades), BEST_GRADE * len(grades)) if grades else None

    @property
    def assumed(self) -> int:
        """Of how many muscles the reference is assumed, because nobody graded them before the operation."""
        return sum(bool(held["assumed"]) for held in self.references.values())

    @property
    def below_normal(self) -> list[tuple[str, int]]:
        """The muscles whose measured reference is not 5, in the order L2…S1."""
        held = [(muscle.value, self.references.get(muscle.value)) for muscle in MUSCLES]
        return [(name, found["reference"]) for name, found in held if found and found["reference"] < BEST_GRADE]


def briefs(stays: Sequence[Stay], now: datetime) -> list[Brief]:
    """Of stays read with patient, ward, bed, watch and responsible surgeon, in their order.

    Six queries and one for each ward, however many stays.
    """
    episodes = [stay.episode_id for stay in stays]
    operated = surgeries(episodes)
    looked = _latest(Check.objects.standing().select_related("recorded_by", "second_examiner"), episodes, "examined_at")
    tried = _latest(Attempt.objects.standing(), episodes, "tried_at")
    treated: defaultdict[int, list[Treatment]] = defaultdict(list)
    for treatment in Treatment.objects.standing().filter(episode_id__in=episodes).order_by("happened_at", "place"):
        treated[treatment.episode_id].append(treatment)
    open_alerts: defaultdict[int, list[Alert]] = defaultdict(list)
    alerts = Alert.objects.filter(stay__in=stays, closed_at__isnull=True).select_related(
        "acknowledged_by", "accepted_by"
    )
    for alert in alerts.order_by("kind", "pk"):  # "deficit" is the first
        open_alerts[alert.stay_id].append(alert)
    away = {absence.stay_id: absence for absence in Absence.objects.filter(stay__in=stays, back_at=None)}
    settings = {ward: _words(ward) for ward in {stay.ward for stay in stays}}
    return [
        Brief(
            stay=stay,
            state=state_of(stay, now=now, settings=settings[stay.ward]),
            surgery=(surgery := operated.get(stay.episode_id, Surgery())),
            check=(check := looked.get(stay.episode_id)),
            running=running(treated[stay.episode_id], surgery),
            alerts=open_alerts[stay.pk],
            now=now,
            absence=away.get(stay.pk),
            attempt=_since(tried.get(stay.episode_id), check),
        )
        for stay in stays
    ]


def running(treatments: Sequence[Treatment], surgery: Surgery) -> list[Treatment]:
    """Of standing treatments in their order, the starts of those that run. An operation ends all (protocol §6)."""
    operation = surgery.secondary or surgery.index
    started: dict[str, Treatment] = {}
    for treatment in treatments:
        if operation is not None and treatment.happened_at < operation.ended_at:
            continue
        if treatment.action == Treatment.Action.STARTED:
            started.setdefault(treatment.kind, treatment)
        else:
            started.pop(treatment.kind, None)
    return list(started.values())


def _latest(entries: QuerySet[EntryT], episodes: Sequence[int], when: str) -> dict[int, EntryT]:
    """Of each episode the last entry, in one query."""
    newest = entries.filter(episode_id__in=episodes).order_by("episode_id", f"-{when}", "-place")
    return {entry.episode_id: entry for entry in newest.distinct("episode_id")}


def _since(attempt: Attempt | None, check: Check | None) -> Attempt | None:
    """The attempt, unless a check has come since."""
    if attempt is None or check is None:
        return attempt
    return attempt if attempt.at > check.at else None


def _words(ward: Ward) -> dict[str, Any]:
    """The settings that the words of the rules name."""
    _version, settings = protocol_version_of(ward)
    return {"major_drop_grades": settings.major_drop_grades}


def stays_of(ward: Ward) -> QuerySet[Stay]:
    """Who lies on the ward, by bed, with all that `briefs` wants."""
    present = Stay.objects.filter(ward=ward, discharged_at__isnull=True)
    named = present.select_related("patient", "ward", "bed", "watch", "responsible_surgeon")
    return named.order_by("bed__label", "pk")
