"""A line put together from the record of one episode. Pure; what each column means is said here and in `models`.

The index operation is the first standing one; its end is the beginning of all spans, and its day that of the line. Of
several deficits the line tells of one: the first severe one that the patient was operated again for; else the first
that they were; else the first severe one; else the first. What no standing history bears any more, and what was closed
as an entry error, is none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.pathway.intervals import Point, Points
from monitoring.pathway.models import Exploration
from monitoring.pathway.recovery import OutcomeCheck, Recovery
from monitoring.pathway.story_moments import points
from monitoring.pathway.story_record import DEFICITS, Own, Record, own_of
from monitoring.pathway.vocabulary import Indication
from monitoring.protocol import Level, Rule, Settings, Timeline, passage
from monitoring.protocol.vocabulary import SEVERE_RULES
from monitoring.registry.models import Line
from monitoring.registry.vocabulary import Deficit, Ended, Reoperation
from wards.models import Operation, Patient, Stay, Ward, motion_segments
from wards.times import age_on, zone_of

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
FIRST_DAY: Final = 1.0
"""An onset is "taken as 1 where less (the paper counts from day 1)" (protocol §8)."""

ENDED: Final[Mapping[str, Ended]] = {
    Alert.Outcome.EXPLORED: Ended.EXPLORED,
    Alert.Outcome.AMELIORATED: Ended.AMELIORATED,
}
COPIED: Final = (
    "diagnosis",
    "procedure",
    "level_upper",
    "level_lower",
    "symptomatic_side",
    "coagulopathy",
    "deformity_correction",
)


@dataclass(frozen=True, slots=True)
class Lain:
    """A move between two wards."""

    at: datetime
    from_ward: Ward
    to_ward: Ward


@dataclass(frozen=True)
class Followed:
    """What was recorded of an episode in which there may have been a deficit, or another operation."""

    record: Record
    timeline: Timeline


@dataclass(frozen=True)
class Read:
    """One episode with an index operation. `stays` come with their wards, `moves` are those of the index operation's
    stay between wards, in order. `followed` is None where nothing but checks followed.
    """

    episode_id: int
    patient: Patient
    index: Operation
    stays: Sequence[Stay]
    moves: Sequence[Lain] = ()
    checks_done: int = 0
    looks_late: int = 0
    followed: Followed | None = None


def line_of(read: Read, now: datetime) -> Line:
    """The line of one episode as of `now`, not yet stored."""
    ward = ward_at(read.index.ended_at, read)
    operated_on = read.index.ended_at.astimezone(zone_of(ward)).date()
    return Line(
        episode_id=read.episode_id,
        made_at=now,
        ward=ward,
        operated_on=operated_on,
        sex=read.patient.sex,
        age=age_on(operated_on, born=read.patient.date_of_birth),
        segments=fused_segments(read.index.level_upper, read.index.level_lower),
        checks_done=read.checks_done,
        checks_late=min(read.looks_late, read.checks_done),
        **{name: getattr(read.index, name) for name in COPIED},
        **_departure(read),
        **({} if read.followed is None else _what_followed(read.followed, read.index.ended_at)),
    )


def ward_at(at: datetime, read: Read) -> Ward:
    """Where the index operation's stay lay at an instant; a move at that very instant has been made."""
    left = next((move.from_ward for move in read.moves if move.at > at), None)
    return left or {stay.pk: stay.ward for stay in read.stays}[read.index.stay_id]


def fused_segments(upper: str, lower: str) -> int:
    """The fused motion segments: one at least, or it would be no fusion."""
    return max(1, motion_segments(upper, lower))


def _departure(read: Read) -> dict[str, Any]:
    """How the last stay ended. One that goes on in the same patient's other stay has not ended."""
    stays = [stay for stay in read.stays if stay.departure != Stay.Departure.MERGED]
    last = max(stays, key=lambda stay: (stay.is_open, stay.admitted_at, stay.pk), default=None)
    if last is None or last.discharged_at is None:
        return {}
    return {"departure": last.departure, "departure_days": (last.discharged_at - read.index.ended_at) / DAY}


def _what_followed(followed: Followed, operated_at: datetime) -> dict[str, Any]:
    told = _told_by_the_line(_deficits(followed))
    own = None if told is None else told[1]
    reoperation = _reoperation(followed.record, own)
    facts: dict[str, Any] = {}
    if told is not None:
        facts |= {"deficit": told[0], **_of_the_deficit(told[1], operated_at)}
    if reoperation is not None:
        facts |= _of_the_reoperation(reoperation, own, followed.record, operated_at)
    return facts


def _told_by_the_line(told: Sequence[tuple[Deficit, Own]]) -> tuple[Deficit, Own] | None:
    """Whoever was operated for a lesser deficit is no case, though a severe one went before that was not operated."""
    operated = [one for one in told if one[1].operation is not None]
    some = [one for one in operated if one[0] == Deficit.SEVERE] or operated
    some = some or [one for one in told if one[0] == Deficit.SEVERE] or list(told)
    return some[0] if some else None


def _deficits(followed: Followed) -> list[tuple[Deficit, Own]]:
    """What stands of the episode's deficits, the first one first."""
    record = followed.record
    judged = [(alert, deficit_told(alert, followed.timeline, record.now)) for alert in record.deficit_alerts]
    told = {alert: deficit for alert, deficit in judged if deficit != Deficit.NONE}
    following = dict(pairwise(told))
    return [(deficit, own_of(alert, record, following.get(alert))) for alert, deficit in told.items()]


def deficit_told(alert: Alert, timeline: Timeline, now: datetime) -> Deficit:
    """What an alert told and the standing history still bears. What another alert took over is told by that one."""
    if alert.level not in DEFICITS or alert.outcome in {Alert.Outcome.ENTRY_ERROR, Alert.Outcome.MERGED}:
        return Deficit.NONE
    rules = {Rule(name) for name in alert.rules}
    if alert.superseded:
        rules &= _rules_held(alert, timeline, alert.closed_at or now)
    if rules & SEVERE_RULES:
        return Deficit.SEVERE
    return Deficit.BELOW if any(rule.level >= Level.CONCERN for rule in rules) else Deficit.NONE


def _rules_held(alert: Alert, timeline: Timeline, until: datetime) -> set[Rule]:
    """The findings that held at any instant of the alert, by its own version of the protocol."""
    moments = passage(timeline, Settings.from_json(alert.protocol_settings), alert.began_at, until)
    return {finding.rule for moment in moments for finding in moment.assessment.findings}


def _of_the_deficit(own: Own, operated_at: datetime) -> dict[str, Any]:
    moments, told_at = points(own), _told_at(own)
    return {
        "onset_days": max(FIRST_DAY, (own.seen_at - operated_at) / DAY),
        "ended": Ended.OPEN if own.alert.closed_at is None else ENDED.get(own.alert.outcome, Ended.OTHER),
        "minutes_to_alert": (told_at - own.seen_at) / MINUTE,
        "minutes_to_acknowledged": _minutes(own, _acknowledged_at(moments, told_at)),
        "minutes_to_imaging": _minutes(own, moments.get(Point.IMAGING_DONE)),
        "minutes_to_theatre": _minutes(own, moments.get(Point.OPERATION_STARTED)),
    }


def _minutes(own: Own, until: datetime | None) -> float | None:
    return None if until is None else (until - own.seen_at) / MINUTE


def _told_at(own: Own) -> datetime:
    """When the alert told of it at its height: it was opened so, or rose to it.

    An alert that stays open may have told of an earlier deficit before this one was seen.
    """
    kinds = {AlertEvent.Kind.OPENED, AlertEvent.Kind.ROSE}
    lines = [one.at for one in own.events if one.kind in kinds and one.data.get("level") == own.alert.level]
    return min((at for at in lines if at >= own.seen_at), default=own.alert.opened_at)


def _acknowledged_at(moments: Points, told_at: datetime) -> datetime | None:
    """The first time that anybody did after it was told so: what was acknowledged before was less."""
    answers = [moments.get(Point.ACKNOWLEDGED), moments.get(Point.ACKNOWLEDGED_AGAIN)]
    return min((at for at in answers if at is not None and at >= told_at), default=None)


def _reoperation(record: Record, own: Own | None) -> Operation | None:
    """The one for the deficit, else the first."""
    if own is not None and own.operation is not None:
        return own.operation
    again = [one for one in record.operations if one.kind == Operation.Kind.SECONDARY and one.is_standing]
    return min(again, key=lambda one: one.ended_at, default=None)


def _of_the_reoperation(operation: Operation, own: Own | None, record: Record, operated_at: datetime) -> dict[str, Any]:
    found = _findings(operation, record.explorations)
    facts: dict[str, Any] = {
        "reoperation": Reoperation.UNKNOWN if found is None else Reoperation(found.indication),
        "reoperation_days": (operation.ended_at - operated_at) / DAY,
        "finding": "" if found is None else found.finding,
    }
    if found is not None and found.indication != Indication.DEFICIT:
        return facts
    if own is not None and own.operation is operation and own.alert.last_good_at is not None:
        facts["good_to_decompression_hours"] = (operation.ended_at - own.alert.last_good_at) / HOUR
    recovery = next((one for one in record.recoveries if one.operated_at == operation.ended_at), None)
    return facts if recovery is None else facts | _of_the_strength(recovery)


def _findings(operation: Operation, explorations: Collection[Exploration]) -> Exploration | None:
    own = (one for one in explorations if one.is_standing and one.operation_place == operation.place)
    return next(own, None)


def _of_the_strength(recovery: Recovery) -> dict[str, Any]:
    day3, day7 = recovery.checks
    return {
        "grade_at_deficit": min(recovery.at_deficit.values(), default=None),
        "grade_day3": _lowest(day3),
        "grade_day7": _lowest(day7),
        "relief": recovery.relief,
    }


def _lowest(outcome: OutcomeCheck) -> int | None:
    """Of the deficit's muscles; unknown where one of them was not graded that day: it might have been the lowest."""
    graded = [grade for grade in outcome.grades.values() if isinstance(grade, int)]
    return min(graded, default=None) if len(graded) == len(outcome.grades) else None
