"""How assessments become alerts: latched, one open per stay and kind, marked and never erased (protocol §10).

The public functions run inside `assess_stay`, with the stay and its watch locked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitoring.alerts import pause, support, treated
from monitoring.alerts.evidence import Evidence
from monitoring.alerts.footing import ask_again
from monitoring.alerts.history import History, looks
from monitoring.alerts.marks import Closing, Marks
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.timeline import take_step
from monitoring.checks.queries import attempts_since
from monitoring.due.clock import now
from monitoring.protocol import Level, Moment
from wards.models import Stay

NOTIFYING = frozenset({"level", "actions", "because", "muscles", "flags"})  # a deeper drop alone is only written down
CALLS_SURGEONS = frozenset({"level", "actions"})  # of what is new: surgeons are asked again, as after a return
TOO_MANY_ATTEMPTS = 2  # in a row, with no look between: the charge nurse is told (local default)


def deficit(history: History) -> None:
    """Open, raise, mark or close the stay's deficit alert by what held at any instant since the last assessment.

    Checks assessed together make the alerts that they would have made one by one: where two stable looks come before
    more, the assessment pauses there, because they close what never was critical, and what follows is a new alert.
    """
    support.mark_closed(history)
    for at in (*_pauses(history), history.until):
        as_then = history.as_of(at)
        if alert := _tell(as_then):
            _mark_superseded(alert, as_then)
            _follow_level(alert, as_then)
            treated.note_treatment(alert, as_then)
            _close_if_stable(alert, as_then)


def _pauses(history: History) -> list[datetime]:
    """The times of looks, typed late or not, that are the second stable one after one that was not.

    Not where an open alert has told of something that came only later: it cannot have ended before.
    """
    alert = open_alert(history.stay, Alert.Kind.DEFICIT)
    reopened = alert is not None and alert.reopened_at is not None
    if alert is not None and reopened:
        looked = _looks_at(alert, history)
    else:
        looked = looks(history.moments(history.since if alert is None else min(alert.began_at, history.since)))
    before = [False] * reopened  # what was re-opened counts as not stable
    stable = before + [look.assessment.level == Level.STABLE for look in looked]
    numbered = enumerate(looked, len(before))
    seconds = [look.at for n, look in numbered if stable[max(n - 2, 0) : n + 1] == [False, True, True]]
    changed = [at for at in seconds if history.since <= at < history.until]
    return [at for at in changed if alert is None or not _has_told_of_later(alert, history, at)]


def _has_told_of_later(alert: Alert, history: History, at: datetime) -> bool:
    """Whether an open alert tells of something that stands in the history, and did not yet stand there at `at`."""
    told_until_then = alert.evidence.beyond(support.supported(alert, history.as_of(at)))
    return at <= history.assessed_at and told_until_then != alert.evidence.beyond(support.supported(alert, history))


def _tell(history: History) -> Alert | None:
    """The open alert, opened or raised where there is something to tell."""
    alert = open_alert(history.stay, Alert.Kind.DEFICIT)
    told = history.alerting(history.since)
    if alert is None:
        return _open(history, told)
    _raise(alert, told)
    _keep_onset(alert, told)
    return alert


def overdue(history: History) -> None:
    """Open the overdue alert when a check was not done in time; the look it was waiting for closes it."""
    alert = open_alert(history.stay, Alert.Kind.OVERDUE)
    due_at = history.current.next_check_due
    late = history.stay.is_open and history.current.overdue
    if late and alert is None and due_at is not None:
        alert = _waiting_for_a_look(history, Alert.Kind.OVERDUE, began_at=due_at)
        take_step(alert, AlertEvent.Kind.OPENED, notifies=True, data={"due": due_at.isoformat()})
    elif alert is not None and not late:
        looked = Alert.Outcome.LOOKED if history.stay.is_open else Alert.Outcome.NO_LONGER_DUE
        _close(alert, history, looked)


def not_done(history: History) -> None:
    """Open an alert when a check could not be done twice in a row; the next look, or taking an entry back, closes it.

    Local default: the protocol knows no attempts, they move nothing in it (protocol §8).
    """
    stay = history.stay
    alert = open_alert(stay, Alert.Kind.NOT_DONE)
    attempts = attempts_since(history.last_look_at, stay, history.until) if stay.is_open else []
    if alert is None and len(attempts) >= TOO_MANY_ATTEMPTS:
        alert = _waiting_for_a_look(history, Alert.Kind.NOT_DONE, began_at=attempts[0].tried_at)
        data = {"tries": [attempt.tried_at.isoformat() for attempt in attempts]}
        take_step(alert, AlertEvent.Kind.OPENED, notifies=True, data=data)
    elif alert is not None and len(attempts) < TOO_MANY_ATTEMPTS:
        _close(alert, history, _why_it_waits_no_longer(alert, history))


def _why_it_waits_no_longer(alert: Alert, history: History) -> Alert.Outcome:
    if not history.stay.is_open:
        return Alert.Outcome.NO_LONGER_DUE
    looked = history.last_look_at is not None and history.last_look_at >= alert.began_at
    return Alert.Outcome.LOOKED if looked else Alert.Outcome.TAKEN_BACK


def _waiting_for_a_look(history: History, kind: Alert.Kind, *, began_at: datetime) -> Alert:
    """A new alert that the next look closes, not yet saved."""
    level = Level.WATCH.label
    return Alert(
        stay=history.stay,
        kind=kind,
        level=level,
        level_now=level,
        began_at=began_at,
        protocol_version=history.version,
    )


def open_alert(stay: Stay, kind: Alert.Kind) -> Alert | None:
    """The stay's open alert of this kind, locked, if there is one."""
    open_alerts = Alert.objects.select_for_update(no_key=True).filter(stay=stay, closed_at__isnull=True)
    alert = open_alerts.filter(kind=kind).first()
    if alert is not None:
        alert.stay = stay
    return alert


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
    take_step(alert, AlertEvent.Kind.OPENED, notifies=True, data=evidence.beyond(Evidence()))
    _keep_onset(alert, told)
    return alert


def _raise(alert: Alert, told: list[Moment]) -> None:
    if raised := _raised(told):
        raise_to(alert, Evidence.over(told), began_at=raised[0].at)


def raise_to(alert: Alert, more: Evidence, *, began_at: datetime) -> None:
    """A rise in level, a stronger action, a new reason, muscle or flag is a new event, and notifies again."""
    before = alert.evidence
    joined = before.joined(more)
    if joined == before:
        return
    new = joined.beyond(before)
    alert.evidence = joined
    alert.began_at = min(alert.began_at, began_at)
    if not new:  # another rule for what has been told
        alert.save(update_fields=["rules", "muscles", "began_at"])
        return
    notifies = not NOTIFYING.isdisjoint(new)
    if notifies:
        alert.raised_at = now()
        ask_again(alert, surgeons=not CALLS_SURGEONS.isdisjoint(new))
    take_step(alert, AlertEvent.Kind.ROSE, notifies=notifies, data=new)


def _keep_onset(alert: Alert, told: list[Moment]) -> None:
    """Keep when the deficit began, at the latest and at the earliest, for when it is no longer critical."""
    critical = [moment.assessment for moment in told if moment.assessment.seen_at is not None]
    if not critical or (alert.seen_at, alert.last_good_at) == (critical[-1].seen_at, critical[-1].last_good_at):
        return
    alert.seen_at, alert.last_good_at = critical[-1].seen_at, critical[-1].last_good_at
    alert.save(update_fields=["seen_at", "last_good_at"])


def _mark_superseded(alert: Alert, history: History) -> None:
    """After a correction, what no recorded history supports any more is marked, with who and why; it is not erased.

    A change of settings alone marks nothing: what held under the alert's own version counts as held. What is marked can
    come to hold again by the clock alone.
    """
    if not history.changes and not alert.superseded:
        return
    unsupported, before = alert.evidence.beyond(support.supported(alert, history)), alert.superseded
    if unsupported != before:
        alert.superseded = unsupported
        data = {"no_longer": unsupported, "changes": history.changes}
        take_step(alert, AlertEvent.Kind.SUPERSEDED, notifies=bool(unsupported), data=data)
    pause.follow(alert, before=before, changes=history.changes)


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
    returns, to_its_height = level > before, level == Level.parse(alert.level)
    if returns:
        ask_again(alert, surgeons=to_its_height)
    kind = AlertEvent.Kind.ROSE if returns else AlertEvent.Kind.FELL
    data: dict[str, Any] = {"level_now": level.label, "since": better_since and better_since.isoformat()}
    if returns and to_its_height:
        data["level"] = level.label  # as a rise to it: the ladder begins again
    take_step(alert, kind, notifies=returns, data=data)


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
    last_two = _looks_at(alert, history)[-2:]
    if len(last_two) == 2 and all(look.assessment.level == Level.STABLE for look in last_two):
        _close(alert, history, Alert.Outcome.RESOLVED)


def _looks_at(alert: Alert, history: History) -> list[Moment]:
    """The looks since the alert began. One that a person has re-opened is not closed by looks from before that."""
    since = alert.reopened_at
    looked = looks(history.moments(alert.began_at if since is None else max(alert.began_at, since)))
    return looked if since is None else [look for look in looked if look.at > since]


def _close(alert: Alert, history: History, outcome: Alert.Outcome) -> None:
    alert.closed_at, alert.outcome = now(), outcome
    if alert.kind == Alert.Kind.DEFICIT:
        marks = Marks.at_closing(history.until, history.current, alert.evidence)
        alert.marks = marks.to_json()
        history.closings.append(Closing(alert.evidence, marks, alert.closed_at))
    take_step(alert, AlertEvent.Kind.CLOSED, data={"outcome": outcome})
