"""All that was recorded of an episode, and what of it belongs to one deficit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.alerts.models import Alert, AlertEvent, Milestone, SpokenReport
from monitoring.checks.models import Acceptance, Check, Flag, Treatment
from monitoring.pathway.models import Exploration, Imaging, TheatrePlan
from monitoring.pathway.recovery import Recovery
from monitoring.pathway.story_answers import Answers, answers
from monitoring.pathway.vocabulary import Indication
from monitoring.protocol import Level, Muscle
from wards.models import Operation

DEFICITS = frozenset({Level.CONCERN.label, Level.CRITICAL.label})


@dataclass(frozen=True)
class Record:
    """One episode, whatever counts no longer included, with the people that it names.

    Events, and the versions of an entry, are in the order in which they were written. `recoveries` are those of the
    standing re-operations (`queries.recoveries`).
    """

    now: datetime
    alerts: Sequence[Alert] = ()
    events: Sequence[AlertEvent] = ()
    milestones: Sequence[Milestone] = ()
    reports: Sequence[SpokenReport] = ()
    checks: Sequence[Check] = ()
    operations: Sequence[Operation] = ()
    treatments: Sequence[Treatment] = ()
    acceptances: Sequence[Acceptance] = ()
    imaging: Sequence[Imaging] = ()
    plans: Sequence[TheatrePlan] = ()
    explorations: Sequence[Exploration] = ()
    recoveries: Sequence[Recovery] = ()

    @property
    def deficit_alerts(self) -> list[Alert]:
        """The alerts about a deficit that reached concern, the first one first."""
        told = [alert for alert in self.alerts if alert.kind == Alert.Kind.DEFICIT and alert.level in DEFICITS]
        return sorted(told, key=lambda alert: (alert.began_at, alert.opened_at))


@dataclass(frozen=True)
class Own:
    """What belongs to one deficit: all from its last good check until its closing, the next deficit, or now.

    `good` is the check that last found the strength of before, or the operation where none did since. `seen` is the
    check that found the deficit, as it stands now; `versions` all that was ever written of it. `operation` is the
    re-operation for this deficit, `exploration` what stands of its findings; `operations` are all of that time.
    """

    alert: Alert
    since: datetime
    until: datetime
    answers: Answers
    events: Sequence[AlertEvent]
    milestones: Sequence[Milestone]
    reports: Sequence[SpokenReport]
    good: Check | Operation | None
    seen: Check | None
    versions: Sequence[Check]
    checks: Sequence[Check]
    treatments: Sequence[Treatment]
    treated: Treatment | None
    acceptances: Sequence[Acceptance]
    imaging: Sequence[Imaging]
    plans: Sequence[TheatrePlan]
    operations: Sequence[Operation]
    explorations: Sequence[Exploration]
    operation: Operation | None
    exploration: Exploration | None

    @property
    def seen_at(self) -> datetime:
        """When it was first seen (protocol §7); of one that never was critical, when the alert's first finding held."""
        return seen_at(self.alert)


def seen_at(alert: Alert) -> datetime:
    return alert.seen_at or alert.began_at


def own_of(alert: Alert, record: Record, following: Alert | None) -> Own:
    """What of the record belongs to a deficit; `following` is the next one of the episode."""
    since = min(alert.last_good_at or alert.began_at, seen_at(alert))
    until = alert.closed_at or (record.now if following is None else following.began_at)
    operation = operation_for(alert, record, following)
    operations = [
        one
        for one in record.operations
        if one.kind == Operation.Kind.SECONDARY
        and (since < one.ended_at <= until or (operation is not None and one.place == operation.place))
    ]
    places = {one.place for one in operations}
    explorations = [one for one in record.explorations if one.operation_place in places]
    studies = {one.study for one in record.imaging if since <= one.happened_at <= until}
    events = [one for one in record.events if one.alert_id == alert.pk]
    seen = check_at(seen_at(alert), record.checks)
    treated = first_treatment(alert, record, until)
    return Own(
        alert=alert,
        since=since,
        until=until,
        answers=answers(alert, events),
        events=events,
        milestones=[one for one in record.milestones if one.alert_id == alert.pk],
        reports=[one for one in record.reports if one.alert_id == alert.pk],
        good=good_before(alert, record),
        seen=seen,
        versions=[one for one in record.checks if seen is not None and one.place == seen.place],
        checks=[one for one in record.checks if since <= one.examined_at <= until],
        treatments=[one for one in record.treatments if since <= one.happened_at <= until or one is treated],
        treated=treated,
        acceptances=[one for one in record.acceptances if since <= one.accepted_at <= until],
        imaging=[one for one in record.imaging if one.study in studies],
        plans=[one for one in record.plans if since <= one.recorded_at <= until],
        operations=operations,
        explorations=explorations,
        operation=operation,
        exploration=_standing_exploration(operation, explorations),
    )


def operation_for(alert: Alert, record: Record, following: Alert | None) -> Operation | None:
    """The first re-operation after the deficit was seen, unless it was for something else than a deficit.

    One that began after the alert was closed belongs to it only where the outcome was "explored", and one that began
    after the next deficit did belongs to that.
    """
    for operation in sorted(record.operations, key=lambda one: one.ended_at):
        explored = _standing_exploration(operation, record.explorations)
        if (
            operation.kind == Operation.Kind.SECONDARY
            and operation.is_standing
            and operation.ended_at > seen_at(alert)
            and (following is None or operation.started_at < following.began_at)
            and (explored is None or explored.indication == Indication.DEFICIT)
            and (alert.closed_at is None or operation.started_at <= alert.closed_at or alert.outcome == "explored")
        ):
            return operation
    return None


def _standing_exploration(operation: Operation | None, explorations: Iterable[Exploration]) -> Exploration | None:
    if operation is None:
        return None
    own = [one for one in explorations if one.is_standing and one.operation_place == operation.place]
    return next(iter(own), None)


def check_at(at: datetime, checks: Iterable[Check]) -> Check | None:
    """The check of an instant: the one that stands, or else what stood there last."""
    same = [check for check in checks if check.examined_at == at]
    return next((check for check in same if check.is_standing), same[-1] if same else None)


def good_before(alert: Alert, record: Record) -> Check | Operation | None:
    """What stands at `last_good_at`: the check, or the operation's end (protocol §7)."""
    if alert.last_good_at is None:
        return None
    operations = [one for one in record.operations if one.ended_at == alert.last_good_at and one.is_standing]
    return check_at(alert.last_good_at, record.checks) or next(iter(operations), None)


def shows_deficit(check: Check, alert: Alert) -> bool:
    """Whether a check has one of the alert's muscles below what it was held to, or one of its red flags."""
    grades = [(check.grade(Muscle(name)), found["reference"]) for name, found in alert.muscles.items()]
    below = any(isinstance(grade, int) and grade < reference for grade, reference in grades)
    return below or any(getattr(check, flag) == Flag.PRESENT for flag in alert.flags)


def first_treatment(alert: Alert, record: Record, until: datetime) -> Treatment | None:
    """The treatment of the deficit: the one that was running when it was seen, or else the first one started after.

    An operation ends what was running before it (protocol §6).
    """
    running: dict[str, Treatment] = {}
    entries: list[Treatment | Operation] = [*record.treatments, *record.operations]
    standing = [one for one in entries if one.is_standing and one.at <= until]
    for one in sorted(standing, key=lambda one: (one.at, one.place)):
        if one.at > seen_at(alert) and running:
            break
        if isinstance(one, Operation):
            running.clear()
        elif one.action == Treatment.Action.STARTED:
            running.setdefault(one.kind, one)
        else:
            running.pop(one.kind, None)
    return min(running.values(), key=lambda one: one.happened_at, default=None)
