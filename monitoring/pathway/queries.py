"""Reads: what followed in an episode, and how a re-operation turned out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitoring.alerts.models import Alert
from monitoring.pathway.course import Course, course_of
from monitoring.pathway.drains import RemovalRule
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from monitoring.pathway.recovery import FELL_BY, Recovery, recovery
from monitoring.protocol import Muscle, Operation, Timeline
from wards.models import Ward


def course(episode_id: int) -> Course:
    """All that stands of one episode. Four queries."""
    return course_of(
        Imaging.objects.standing().filter(episode=episode_id).select_related("recorded_by"),
        TheatrePlan.objects.standing().filter(episode=episode_id).select_related("recorded_by"),
        Exploration.objects.standing().filter(episode=episode_id).select_related("recorded_by"),
        DrainEntry.objects.standing().filter(episode=episode_id).select_related("recorded_by"),
    )


def drain_lines(episode_id: int) -> list[DrainEntry]:
    """All that was ever written about the episode's drains, with who did and who took it back. One query."""
    people = ("recorded_by", "retracted_by", "superseded_by__recorded_by")
    return list(DrainEntry.objects.filter(episode=episode_id).select_related(*people))


def removal_rule(ward: Ward) -> RemovalRule:
    """When a drain may come out on this ward; the paper's rule unless the ward has set another."""
    return RemovalRule(ward.drain_limit_ml, ward.drain_days)


def recoveries(timeline: Timeline, alerts: Iterable[Alert], now: datetime) -> list[Recovery]:
    """The outcome of each re-operation in the history, the first one first, given the episode's deficit alerts."""
    alerts = list(alerts)
    operations = [event for event in timeline.standing() if isinstance(event, Operation) and event.at <= now]
    found: list[Recovery] = []
    for number, operation in enumerate(operations):
        if operation.kind == "secondary":
            since = operations[number - 1].at if number else None
            before = [alert for alert in alerts if _told_between(alert, since, operation.at)]
            found.append(recovery(timeline, operation, fallen_muscles(before), now))
    return found


def _told_between(alert: Alert, since: datetime | None, until: datetime) -> bool:
    """Whether it was open in that time; one that began before an earlier operation may have gone on after it."""
    return alert.began_at <= until and (since is None or alert.closed_at is None or alert.closed_at > since)


def fallen_muscles(alerts: Iterable[Alert]) -> set[Muscle]:
    """The muscles that fell by two grades or more, or to 0, by what these alerts told and no correction took away."""
    return {
        Muscle.parse(name)
        for alert in alerts
        for name, found in alert.muscles.items()
        if name not in alert.superseded.get("muscles", []) and (found["drop"] >= FELL_BY or found["latest"] == 0)
    }
