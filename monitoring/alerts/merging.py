"""Alerts whose stay was mended: what one of them tells goes on, on the record where it belongs; nothing falls silent.

All run in the transaction that mends, with the patients' stays locked, before the stays are assessed anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitoring.alerts import latch
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.timeline import note, take_step
from monitoring.due.clock import now
from monitoring.due.models import Watch
from wards.models import Staff, Stay


def carry_over(others: Iterable[Stay], *, to: Stay, by: Staff, why: str) -> None:
    """Let the open alerts of a patient's other stays go on on the one that is watched.

    Where it has an open deficit alert, that one takes over all that the other tells, at its height (protocol §10: it
    never falls), and the other is closed as merged into it; where it has none, the alert itself goes on there. An alert
    that waits for a check is closed where it was, for the assessment opens it where the check is still due.
    """
    for stay in others:
        for alert in _open_alerts(stay):
            own = latch.open_alert(to, Alert.Kind(alert.kind))
            if own is not None:
                _merge(alert, own, by=by, why=why)
            elif alert.kind == Alert.Kind.DEFICIT:
                _go_on(alert, to, by=by, why=why)
            else:
                _wait_no_longer(alert, by=by)
        _watch_no_more(stay, to)


def tell_moved(stay: Stay, *, by: Staff, why: str) -> None:
    """Write on the timeline of the stay's open alerts that it stands on another record now: whom it calls, looks."""
    for alert in _open_alerts(stay):
        data = {"how": "moved", "why": why}
        take_step(alert, AlertEvent.Kind.MENDED, by=by, data=data, notifies=True, fields=[])


def _open_alerts(stay: Stay) -> Iterable[Alert]:
    alerts = Alert.objects.select_for_update(no_key=True, of=("self",)).filter(stay=stay, closed_at=None)
    for alert in alerts.order_by("pk"):
        alert.stay = stay
        yield alert


def _merge(alert: Alert, own: Alert, *, by: Staff, why: str) -> None:
    if alert.kind == Alert.Kind.DEFICIT:
        latch.raise_to(own, alert.evidence, began_at=alert.began_at)
        _keep_its_beginning(alert, own)
    note(own, AlertEvent.Kind.MENDED, by=by, data={"how": "joined", "alert": alert.pk, "why": why})
    alert.merged_into = own
    _close(alert, Alert.Outcome.MERGED, by=by, why=why)


def _keep_its_beginning(alert: Alert, own: Alert) -> None:
    """The earlier of both, though all was told already; and the onset, where it alone knows one."""
    own.began_at = min(own.began_at, alert.began_at)
    if own.seen_at is None:
        own.seen_at, own.last_good_at = alert.seen_at, alert.last_good_at
    own.save(update_fields=["began_at", "seen_at", "last_good_at"])


def _go_on(alert: Alert, to: Stay, *, by: Staff, why: str) -> None:
    was, alert.stay = alert.stay_id, to
    data = {"how": "goes_on", "stay": was, "why": why}
    take_step(alert, AlertEvent.Kind.MENDED, by=by, data=data, notifies=True, fields=["stay"])


def _wait_no_longer(alert: Alert, *, by: Staff) -> None:
    _close(alert, Alert.Outcome.NO_LONGER_DUE, by=by, why="")


def _close(alert: Alert, outcome: Alert.Outcome, *, by: Staff, why: str) -> None:
    """Without marks: what it told is not known by this, it is told by the other alert."""
    alert.closed_at, alert.closed_by, alert.outcome = now(), by, outcome
    data = {"outcome": outcome, "into": alert.merged_into_id, "why": why}
    fields = ["closed_at", "closed_by", "outcome", "merged_into"]
    take_step(alert, AlertEvent.Kind.CLOSED, by=by, data=data, fields=fields)


def _watch_no_more(stay: Stay, to: Stay) -> None:
    """One stay of an episode is watched. What was not assessed yet of the other is assessed there."""
    here, there = (Watch.objects.select_for_update(no_key=True).get(stay=one) for one in (to, stay))
    if there.changed_since is not None:
        here.changed_since = min(there.changed_since, here.changed_since or there.changed_since)
        here.changes = [*here.changes, *there.changes]
        here.save(update_fields=["changed_since", "changes"])
    there.assess_at, there.check_due_at, there.changed_since, there.changes = None, None, None, []
    there.failures, there.failing_since, there.last_error = 0, None, ""
    there.save()
