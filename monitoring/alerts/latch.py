"""How assessments become alerts: latched, one open per stay and kind, marked and never erased (protocol §10).

Both functions run inside `assess_stay`, with the stay and its watch locked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitoring.alerts.evidence import Evidence
from monitoring.alerts.history import History, looks
from monitoring.alerts.marks import Closing, Marks
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.protocol import Level, Moment, Settings
from wards.models import Stay

NOTIFYING = frozenset({"level", "actions", "because", "muscles", "flags"})  # a deeper drop alone is only written down


def deficit(history: History) -> None:
    """Open, raise, mark or close the stay's deficit alert by what held at any instant since the last assessment.

    Checks assessed together make the alerts that they would have made one by one: where two stable looks come before
    more, the assessment pauses there, because they close what never was critical, and what follows is a new alert.
    """
    for look_at in _pauses(history):
        earlier = history.as_of(look_at)
        if alert := _tell(earlier):
            _close_if_stable(alert, earlier)
    if alert := _tell(history):
        _mark_superseded(alert, history)
        _follow_level(alert, history)
        _close_if_stable(alert, history)


def _pauses(history: History) -> list[datetime]:
    """The times of looks that are the second stable one after one that was not.

    With an alert open, only later than the last assessment: it may tell of more than stood there before.
    """
    alert = _open_alert(history.stay, Alert.Kind.DEFICIT)
    since, after = (history.since, history.since) if alert is None else (alert.began_at, history.assessed_at)
    looked = looks(history.moments(min(since, history.since)))
    stable = [look.assessment.level == Level.STABLE for look in looked]
    seconds = [look.at for n, look in enumerate(looked) if stable[max(n - 2, 0) : n + 1] == [False, True, True]]
    return [at for at in seconds if after < at < history.until]


def _tell(history: History) -> Alert | None:
    """The open alert, opened or raised where there is something to tell."""
    alert = _open_alert(history.stay, Alert.Kind.DEFICIT)
    told = history.alerting(history.since)
    if alert is None:
        return _open(history, told)
    _raise(alert, told, history)
    _keep_onset(alert, told)
    return alert


def overdue(history: History) -> None:
    """Open the overdue alert when a check was not done in time; the look it was waiting for closes it."""
    alert = _open_alert(history.stay, Alert.Kind.OVERDUE)
    due_at = history.current.next_check_due
    late = history.stay.is_open and history.current.overdue
    if late and alert is None and due_at is not None:
        alert = Alert.objects.create(
            stay=history.stay,
            kind=Alert.Kind.OVERDUE,
            level=Level.WATCH.label,
            level_now=Level.WATCH.label,
            began_at=due_at,
            protocol_version=history.version,
        )
        _note(alert, history.stay, AlertEvent.Kind.OPENED, notifies=True, data={"due": due_at.isoformat()})
    elif alert is not None and not late:
        looked = Alert.Outcome.LOOKED if history.stay.is_open else Alert.Outcome.NO_LONGER_DUE
        _close(alert, history, looked)


def _open_alert(stay: Stay, kind: Alert.Kind) -> Alert | None:
    open_alerts = Alert.objects.select_for_update(no_key=True).filter(stay=stay, closed_at__isnull=True)
    return open_alerts.filter(kind=kind).first()


def _raised(told: list[Moment]) -> list[Moment]:
    return [moment for moment in told if Evidence.of(moment.assessment).level > Level.STABLE]


def _open(history: History, told: list[Moment]) -> Alert | None:
    """Open an alert from the first moment that says more than stable, if there is one."""
    raised = _raised(told)
    if not raised:
        return None
    evidence = Evidence.over(raised)
    level_now, better_since = _level_now(history, raised[0].at, evidence.level)
    alert = Alert(
        stay=history.stay,
        kind=Alert.Kind.DEFICIT,
        began_at=raised[0].at,
        level_now=level_now.label,
        better_since=better_since,
        protocol_version=history.version,
        protocol_settings=history.settings.to_json(),
    )
    alert.evidence = evidence
    alert.save()
    _keep_onset(alert, told)
    _note(alert, history.stay, AlertEvent.Kind.OPENED, notifies=True, data=evidence.beyond(Evidence()))
    return alert


def _raise(alert: Alert, told: list[Moment], history: History) -> None:
    """A rise in level, a stronger action, a new reason, muscle or flag is a new event, and notifies again."""
    before = alert.evidence
    joined = before.joined(Evidence.over(told))
    if joined == before:
        return
    new = joined.beyond(before)
    alert.evidence = joined
    alert.began_at = min(alert.began_at, _raised(told)[0].at)
    if not new:  # another rule for what has been told
        alert.save(update_fields=["rules", "muscles", "began_at"])
        return
    notifies = not NOTIFYING.isdisjoint(new)
    if notifies:
        alert.raised_at = now()
        alert.acknowledged_at, alert.acknowledged_by = None, None  # who acknowledged, acknowledged the lesser one
    _save(alert, history, AlertEvent.Kind.ROSE, notifies=notifies, data=new)


def _keep_onset(alert: Alert, told: list[Moment]) -> None:
    """Keep when the deficit began, at the latest and at the earliest, for when it is no longer critical."""
    critical = [moment.assessment for moment in told if moment.assessment.seen_at is not None]
    if not critical or (alert.seen_at, alert.last_good_at) == (critical[-1].seen_at, critical[-1].last_good_at):
        return
    alert.seen_at, alert.last_good_at = critical[-1].seen_at, critical[-1].last_good_at
    alert.save(update_fields=["seen_at", "last_good_at"])


def _mark_superseded(alert: Alert, history: History) -> None:
    """After a correction, what no recorded history supports any more is marked, with who and why; it is not erased.

    A change of settings alone marks nothing: what held under the alert's own version counts as held.
    """
    if not history.changes:
        return
    since = min(alert.began_at, history.since)
    own = Settings.from_json(alert.protocol_settings)
    supported = Evidence.over(history.alerting(since)).joined(Evidence.over(history.alerting(since, own)))
    unsupported = alert.evidence.beyond(supported)
    if unsupported != alert.superseded:
        alert.superseded = unsupported
        data = {"no_longer": unsupported, "changes": history.changes}
        _save(alert, history, AlertEvent.Kind.SUPERSEDED, notifies=bool(unsupported), data=data)


def _follow_level(alert: Alert, history: History) -> None:
    """A fall is recorded and never closes; a return to a higher level, though no higher than before, notifies."""
    before = Level.parse(alert.level_now)
    level, better_since = _level_now(history, alert.began_at, Level.parse(alert.level))
    if (level, better_since) == (before, alert.better_since):
        return
    alert.level_now, alert.better_since = level.label, better_since
    if level == before:
        alert.save(update_fields=["better_since"])
        return
    kind = AlertEvent.Kind.FELL if level < before else AlertEvent.Kind.ROSE
    data: dict[str, Any] = {"level_now": level.label, "since": better_since and better_since.isoformat()}
    _save(alert, history, kind, notifies=level > before, data=data)


def _level_now(history: History, since: datetime, highest: Level) -> tuple[Level, datetime | None]:
    """The level that findings 1–9 make now, and since when it has been lower than the alert's, where it is."""
    level, better_since = Level.STABLE, None
    for moment in history.moments(since):
        level = Evidence.of(moment.assessment).level
        better_since = (better_since or moment.at) if level < highest else None
    return level, better_since


def _close_if_stable(alert: Alert, history: History) -> None:
    """An alert that "never rose above concern is also closed by the software after two looks in a row at stable"."""
    if Level.parse(alert.level) > Level.CONCERN:
        return
    last_two = looks(history.moments(alert.began_at))[-2:]
    if len(last_two) == 2 and all(look.assessment.level == Level.STABLE for look in last_two):
        _close(alert, history, Alert.Outcome.RESOLVED)


def _close(alert: Alert, history: History, outcome: Alert.Outcome) -> None:
    alert.closed_at, alert.outcome = now(), outcome
    if alert.kind == Alert.Kind.DEFICIT:
        marks = Marks.at_closing(history.until, history.current, alert.evidence)
        alert.marks = marks.to_json()
        history.closings.append(Closing(alert.evidence, marks))
    _save(alert, history, AlertEvent.Kind.CLOSED, data={"outcome": outcome})


def _save(
    alert: Alert, history: History, kind: AlertEvent.Kind, *, data: dict[str, Any], notifies: bool = False
) -> None:
    alert.revision += 1
    alert.save()
    _note(alert, history.stay, kind, notifies=notifies, data=data)


def _note(alert: Alert, stay: Stay, kind: AlertEvent.Kind, *, data: dict[str, Any], notifies: bool = False) -> None:
    """One line of the alert's timeline, and the audit entry of what the system did."""
    AlertEvent.objects.create(alert=alert, kind=kind, notifies=notifies, data=data)
    record(f"alert.{kind}", by=None, about=alert, patient_id=stay.patient_id, data=data)
