"""What of an alert's evidence the standing history supports; what it does not is marked superseded (protocol §10).

Marked is not erased: the evidence stays as it was latched. While an alert is open the latch marks it, afterwards
`mark_closed`: "Correcting, retracting, back-dating or merging re-assesses. What then no longer holds is marked".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitoring.alerts.evidence import Evidence
from monitoring.alerts.history import History
from monitoring.alerts.marks import Marks
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.timeline import note
from monitoring.protocol import Settings


def supported(alert: Alert, history: History) -> Evidence:
    """What the history supports, by today's settings or the alert's own, of what an open alert may have told.

    A closing made while it is open, of an earlier stay's alert, takes nothing from it.
    """
    return _since(min(alert.began_at, history.since), alert, history)


def _since(since: datetime, alert: Alert, history: History) -> Evidence:
    history = history.known_before(alert.opened_at)
    own = Settings.from_json(alert.protocol_settings)
    return Evidence.over(history.alerting(since)).joined(Evidence.over(history.alerting(since, own)))


def mark_closed(history: History) -> None:
    """Mark the closed deficit alerts of the stay's episode by the history up to their closing, after it has changed.

    Nobody is called, and nothing else of them changes. It looks as far back as their stay goes, wherever the change
    was, so that changes assessed together mark what they would have marked one by one.
    """
    if not history.changes:
        return
    alerts = Alert.objects.select_for_update(no_key=True, of=("self",)).select_related("stay")
    episode = history.stay.episode_id
    closed = alerts.filter(stay__episode=episode, kind=Alert.Kind.DEFICIT, marks__isnull=False)
    for alert in closed.order_by("pk"):
        unsupported = _unsupported_at_closing(alert, history)
        if unsupported != alert.superseded:
            _mark(alert, unsupported, history)


def _unsupported_at_closing(alert: Alert, history: History) -> dict[str, Any]:
    assert alert.marks is not None
    as_then = history.as_of(min(Marks.from_json(alert.marks).closed_at, history.until))
    return alert.evidence.beyond(_since(min(alert.began_at, alert.stay.admitted_at), alert, as_then))


def _mark(alert: Alert, unsupported: dict[str, Any], history: History) -> None:
    alert.superseded = unsupported
    alert.revision += 1
    alert.save(update_fields=["superseded", "revision"])
    note(alert, AlertEvent.Kind.SUPERSEDED, data={"no_longer": unsupported, "changes": history.changes})
