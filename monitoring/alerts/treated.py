"""Conservative treatment that was recorded for a patient with an open alert is one of the alert's milestones.

It is recorded as treatment (`checks`), and nobody writes it down twice: the assessment notes it here, with the time at
which it was started, as done by whoever recorded it.
"""

from __future__ import annotations

from monitoring.alerts.history import History
from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.alerts.timeline import take_step
from monitoring.checks.models import Treatment
from monitoring.protocol import Treatment as Treated


def note_treatment(alert: Alert, history: History) -> None:
    """Record the milestone "treatment started" of an open deficit alert, where treatment was started since it began.

    Once, and of the one that was recorded first: so it is the same whether all is assessed together or one by one.
    """
    kind = Milestone.Kind.TREATMENT_STARTED
    if not _started(alert, history) or alert.milestones.filter(kind=kind).exists():
        return
    first = _first_recorded(alert, history)
    if first is None:
        return
    Milestone.objects.create(alert=alert, kind=kind, at=first.happened_at, recorded_by=first.recorded_by)
    data = {"kind": kind.value, "at": first.happened_at.isoformat(), "note": ""}
    take_step(alert, AlertEvent.Kind.MILESTONE, by=first.recorded_by, data=data, fields=[])


def _started(alert: Alert, history: History) -> bool:
    """Whether the history holds such a treatment: most hold none, and then nothing is asked of the database."""
    return any(
        isinstance(event, Treated) and event.action == "started" and alert.began_in_minute <= event.at <= history.until
        for event in history.timeline.events
    )


def _first_recorded(alert: Alert, history: History) -> Treatment | None:
    started = Treatment.objects.standing().filter(
        episode=history.stay.episode_id,
        action=Treatment.Action.STARTED,
        happened_at__gte=alert.began_in_minute,
        happened_at__lte=history.until,
    )
    return started.select_related("recorded_by").order_by("place").first()
