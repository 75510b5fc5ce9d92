"""What steps on an alert have in common: what the person saw, whose names stand on the alert, what is written down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.alerts.timeline import BESIDE, take_step
from monitoring.due.clock import now
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.models import Staff, Stay

ACKNOWLEDGEMENT = ("acknowledged_at", "acknowledged_by")
ACCEPTANCE = ("accepted_at", "accepted_by", "lapsed_at")
DECISION = ("decided_at", "decided_by", "decision", "decision_reason", "look_again_at")


def as_seen(alert: Alert, stay: Stay, revision: int | None) -> Alert:
    """The alert's row, locked after its stay, if it is still what the person saw; None: whatever they saw.

    The revision is what a page gives back of what it showed. Raises ValidationError that says who did what meanwhile.
    """
    alert = Alert.objects.select_for_update(no_key=True, of=("self",)).get(pk=alert.pk)
    alert.stay = stay
    if revision not in (None, alert.revision):
        raise ValidationError(_("This alert has changed meanwhile (%(how)s). Look again, then decide.") % _last(alert))
    return alert


def _last(alert: Alert) -> dict[str, str]:
    """How a page has become old: the last thing that happened to the alert."""
    last = alert.events.exclude(kind__in=BESIDE).latest("pk")
    said = {"what": last.get_kind_display(), "who": last.by or _("the software")}
    return {"how": _("%(what)s by %(who)s") % said}


def be_on_it(alert: Alert, nurse: Staff) -> None:
    """Put a nurse's name to the alert, not yet saved."""
    alert.acknowledged_at, alert.acknowledged_by = now(), nurse


def take_on(alert: Alert, surgeon: Staff) -> None:
    """Put a surgeon's name to the alert, not yet saved; what lapsed before counts no longer."""
    alert.accepted_at, alert.accepted_by, alert.lapsed_at = now(), surgeon, None


def ask_again(alert: Alert, *, surgeons: bool) -> None:
    """Who acknowledged, accepted or decided, did so on something else. What they said stays on the timeline."""
    alert.acknowledged_at, alert.acknowledged_by = None, None
    if surgeons:
        alert.accepted_at, alert.accepted_by, alert.lapsed_at = None, None, None
        alert.decided_at, alert.decided_by, alert.decision, alert.decision_reason = None, None, "", ""
        alert.look_again_at = None


def save_step(
    alert: Alert,
    kind: AlertEvent.Kind,
    *,
    by: Staff,
    fields: Iterable[str],
    data: dict[str, Any] | None = None,
    notifies: bool = False,
) -> None:
    """Save a person's step on an alert, and tell the open pages."""
    take_step(alert, kind, by=by, fields=fields, data=data, notifies=notifies)
    publish(topics.ward(alert.stay.ward_id))
