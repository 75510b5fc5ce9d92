"""What an assessment looks at: the standing history of a stay's episode, and every moment of it that may alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from monitoring.alerts.marks import Closing, Marks, unknown
from monitoring.alerts.models import Alert
from monitoring.checks.queries import lems, timeline
from monitoring.due.actions import Change
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.protocol import Assessment, Check, Moment, Settings, Timeline, Treatment, passage
from wards.models import Stay
from wards.queries import protocol_version_of


@dataclass(frozen=True)
class History:
    """A stay's history as of `until`, read under its lock, with the assessments from `since` on.

    `since` is the earliest event changed since the last assessment, or that assessment itself, made at `assessed_at`
    (protocol §10).
    `changes` tells who changed the history, and how, since then.
    """

    stay: Stay
    timeline: Timeline
    settings: Settings
    version: str
    assessed_at: datetime
    since: datetime
    until: datetime
    closings: list[Closing]
    changes: list[Change]

    @cached_property
    def current(self) -> Assessment:
        return self.moments(self.until)[-1].assessment

    @property
    def last_look_at(self) -> datetime | None:
        """When a muscle was last graded, before an operation or after it."""
        checks = (event for event in self.timeline.standing() if isinstance(event, Check) and event.at <= self.until)
        return max((check.at for check in checks if _grades_a_muscle(check)), default=None)

    def as_of(self, at: datetime) -> History:
        """The same history as if it were then."""
        return replace(self, until=at)

    def known_before(self, made_at: datetime) -> History:
        """The same history without the closings made later: of another stay's alerts, or of this one's."""
        return replace(self, closings=[closing for closing in self.closings if closing.made_at <= made_at])

    def moments(self, since: datetime, settings: Settings | None = None) -> tuple[Moment, ...]:
        """Every moment from `since` until now at which the assessment changed, or an event happened."""
        return passage(self.timeline, settings or self.settings, min(since, self.until), self.until)

    def alerting(self, since: datetime, settings: Settings | None = None) -> list[Moment]:
        """The moments from `since` on, with what stood there, that an alert must tell of: all that was not known."""
        since = min(since, self.until)
        moments: list[Moment] = []
        told: list[Moment] = []
        for before, start, end, after in self._between_closings(since):
            segment = passage(self.timeline, settings or self.settings, start, end)
            moments += segment
            told += unknown(segment, before, after)
        standing = [moment for moment in moments if moment.at < since][-1:]
        return [moment for moment in told if moment.at >= since or moment in standing]

    def _between_closings(self, since: datetime) -> Iterator[tuple[Closing | None, datetime, datetime, list[Closing]]]:
        """The stretches of time between one closing and the next, from the last one before `since` until now: each
        with the closing before, its start and end, and all closings after.

        A closing later than now was made before the clock was set back: what it knew is known all the same.
        """
        before, start = None, since
        closings = sorted(self.closings, key=lambda closing: closing.at)
        for number, closing in enumerate(closings):
            closed_at = min(closing.at, self.until)
            if closing.at >= since:
                yield before, start, closed_at, closings[number:]
            before, start = closing, closed_at
        yield before, start, self.until, []

    def as_json(self) -> dict[str, Any]:
        """The assessment of now as protocol §9 writes it, with what the pages show beside it."""
        current = self.current
        written = current.to_json(None)
        del written["id"]
        since = treatment_running_since(self.timeline, current.operation_at, self.until)
        return written | {
            "latest": {muscle.value: grade for muscle, grade in current.latest.items()},
            "references": {
                muscle.value: {"reference": reference, "assumed": assumed}
                for muscle, (reference, assumed) in current.references.items()
            },
            "present_flags": sorted(current.present_flags),
            "known_flags": sorted(current.known_flags),
            "has_operation": current.has_operation,
            "has_baseline": current.has_baseline,
            "operation_at": current.operation_at and current.operation_at.isoformat(),
            "treatment_running_since": since and since.isoformat(),
            "lems": lems({muscle.value: grade for muscle, grade in current.latest.items()}),
        }


def read_history(stay: Stay, watch: Watch, *, past: Timeline | None = None, at: datetime | None = None) -> History:
    """Read what an assessment needs; the stay and its watch are locked before. A discharged stay ends at discharge.

    `past`: the timeline, and `at`: the present instant, where a page that only shows has read them already.
    """
    present = at or now()
    until = present if stay.discharged_at is None else min(present, stay.discharged_at)
    version, settings = protocol_version_of(stay.ward)
    assessed = watch.assessed_at or min(stay.admitted_at, until)
    closed = Alert.objects.filter(stay__episode_id=stay.episode_id, marks__isnull=False).order_by("closed_at", "pk")
    return History(
        stay=stay,
        timeline=timeline(stay) if past is None else past,
        settings=settings,
        version=version,
        assessed_at=assessed,
        since=assessed if watch.changed_since is None else min(assessed, watch.changed_since),
        until=until,
        closings=[
            Closing(alert.evidence, Marks.from_json(alert.marks), alert.closed_at)
            for alert in closed
            if alert.marks and alert.closed_at
        ],
        changes=watch.changes,
    )


def treatment_running_since(timeline: Timeline, operation_at: datetime | None, until: datetime) -> datetime | None:
    """When the conservative treatment that is running now was started, if one is (protocol §6)."""
    since: datetime | None = None
    for event in timeline.standing():
        if not isinstance(event, Treatment) or event.at > until or operation_at is None or event.at < operation_at:
            continue
        since = None if event.action == "stopped" else since or event.at
    return since


def looks(moments: tuple[Moment, ...]) -> list[Moment]:
    """The moments that are looks: checks that graded a muscle (protocol §8)."""
    return [moment for moment in moments if isinstance(moment.event, Check) and _grades_a_muscle(moment.event)]


def _grades_a_muscle(check: Check) -> bool:
    return any(isinstance(grade, int) for grade in check.grades.values())
