"""The life of an alert: opened and raised by assessment, acknowledged and closed by people (protocol §10).

`assess_stay` is the heart. It is a function of the stay's rows and the database's clock, under the stay's lock, so that
it may be lost, doubled or run in parallel: the rows come out the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.alerts import latch
from monitoring.alerts.history import History, read_history
from monitoring.alerts.marks import Marks
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.protocol import Level, next_change
from wards import access
from wards.access import May
from wards.models import Staff, Stay

LONGEST_BACK_OFF = 30  # seconds


def assess_stay(stay_id: int) -> None:
    """Assess a stay if that is due: update its Watch, and open, raise, mark or close its alerts.

    Everything from the earliest event changed since the last assessment until now is looked at, so nothing passes
    unseen. Leaves quietly where the assessment is no longer due.
    """
    with transaction.atomic():
        stay, watch = _locked(stay_id)
        if watch.assess_at is not None and watch.assess_at <= now():
            _assess(stay, watch)


def _locked(stay_id: int) -> tuple[Stay, Watch]:
    """The stay and its watch, locked in the order that everybody keeps: Stay → Watch → Alert."""
    stay = Stay.objects.select_for_update(no_key=True).get(pk=stay_id)
    return stay, Watch.objects.select_for_update(no_key=True).get(stay_id=stay_id)


def _assess(stay: Stay, watch: Watch) -> History:
    history = read_history(stay, watch)
    latch.deficit(history)
    latch.overdue(history)
    _update_watch(watch, history)
    publish(topics.ward(stay.ward_id))
    return history


def _update_watch(watch: Watch, history: History) -> None:
    """Keep the assessment where the pages read it, and say when the next one is due."""
    current = history.current
    watch.assessment = history.as_json()
    watch.level = current.level.label
    watch.assessed_at = history.until
    watch.protocol_version = history.version
    watch.assess_at = next_change(history.timeline, history.settings, history.until) if history.stay.is_open else None
    watch.check_due_at = current.next_check_due if history.stay.is_open else None
    watch.changed_since, watch.changes = None, []
    watch.failures, watch.failing_since, watch.last_error = 0, None, ""
    watch.save()


def back_off(stay_id: int, error: Exception) -> None:
    """Note that the stay's assessment raised `error`; try again in a while, and show it until then."""
    with transaction.atomic():
        stay, watch = _locked(stay_id)
        watch.failures += 1
        watch.failing_since = watch.failing_since or now()
        watch.last_error = type(error).__name__  # its text may hold patient data
        watch.assess_at = now() + timedelta(seconds=min(2**watch.failures, LONGEST_BACK_OFF))
        watch.save(update_fields=["failures", "failing_since", "last_error", "assess_at"])
        publish(topics.ward(stay.ward_id))


@transaction.atomic
def acknowledge(alert: Alert, *, by: Staff, revision: int) -> Alert:
    """`by` says: I have seen this and am on it. It quiets nothing for the surgeons.

    Raises ValidationError where the page was stale or somebody was first, `Forbidden` where `by` may not.
    """
    stay, _ = _locked(alert.stay_id)
    access.require(by, May.ACKNOWLEDGE_ALERT, stay.ward)
    alert = _current(alert, revision)
    if alert.acknowledged_at is not None:
        raise ValidationError(f"{alert.acknowledged_by} has acknowledged this alert already.")
    alert.acknowledged_at, alert.acknowledged_by = now(), by
    _save_step(alert, stay, AlertEvent.Kind.ACKNOWLEDGED, by=by, fields=["acknowledged_at", "acknowledged_by"])
    return alert


@transaction.atomic
def close(alert: Alert, *, by: Staff, revision: int, outcome: str, text: str = "") -> Alert:
    """Close a deficit alert with an outcome. What is known now does not alert again; anything worse does.

    The stay is assessed first if that is due, so that nobody closes what they have not seen. Raises ValidationError
    where the page was stale, the outcome is none of a person's, `other` has no text, or the alert waits for a check.
    """
    stay, watch = _locked(alert.stay_id)
    critical = alert.level == Level.CRITICAL.label
    access.require(by, May.CLOSE_CRITICAL_ALERT if critical else May.CLOSE_ALERT_BELOW_CRITICAL, stay.ward)
    if alert.kind != Alert.Kind.DEFICIT:
        raise ValidationError("An overdue check is closed by the check, not by hand.")
    if outcome not in Alert.OUTCOMES_BY_PEOPLE:
        raise ValidationError({"outcome": "Say how it ended."})
    if outcome == Alert.Outcome.OTHER and not text.strip():
        raise ValidationError({"text": "Say in words how it ended."})
    history = _assess(stay, watch) if watch.assess_at and watch.assess_at <= now() else read_history(stay, watch)
    alert = _current(alert, revision)
    alert.marks = Marks.at_closing(history.until, history.current, alert.evidence).to_json()
    alert.closed_at, alert.closed_by, alert.outcome, alert.outcome_text = now(), by, outcome, text.strip()
    fields = ["marks", "closed_at", "closed_by", "outcome", "outcome_text"]
    _save_step(alert, stay, AlertEvent.Kind.CLOSED, by=by, fields=fields, data={"outcome": outcome})
    return alert


def _current(alert: Alert, revision: int) -> Alert:
    """The alert's row, locked, if it is open and still what the person saw."""
    alert = Alert.objects.select_for_update(no_key=True, of=("self",)).get(pk=alert.pk)
    if alert.closed_at is not None:
        raise ValidationError(
            f"{alert.closed_by or 'The software'} has closed this alert: {alert.get_outcome_display()}."
        )
    if alert.revision != revision:
        raise ValidationError(f"This alert has changed meanwhile ({alert.events.last()}). Look again, then decide.")
    return alert


def _save_step(
    alert: Alert,
    stay: Stay,
    kind: AlertEvent.Kind,
    *,
    by: Staff,
    fields: list[str],
    data: dict[str, Any] | None = None,
) -> None:
    """Save a person's step on an alert: the row, its timeline, the audit log, and the open pages."""
    alert.revision += 1
    alert.save(update_fields=[*fields, "revision"])
    AlertEvent.objects.create(alert=alert, kind=kind, by=by, data=data or {})
    record(f"alert.{kind}", by=by, about=alert, patient_id=stay.patient_id, data=data)
    publish(topics.ward(stay.ward_id))
