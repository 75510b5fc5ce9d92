"""How far an alert has come: its states in order, and what was done about it. No queries here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.alerts.models import Alert, Milestone


@dataclass(frozen=True, slots=True)
class State:
    """One of an alert's states (protocol §10). `at` is None until it is reached; `is_now`: the last one reached."""

    name: str
    meaning: str
    at: datetime | None
    by: str
    is_now: bool
    trouble: str = ""


def states(alert: Alert) -> list[State]:
    """Open → acknowledged → accepted → decided → closed; what waits for a check knows no surgeon's states."""
    lapsed = alert.accepted_at is not None and not alert.has_surgeon
    surgeons = [
        (_("accepted"), _("a surgeon has it"), alert.accepted_at, _name(alert.accepted_by), _("lapsed") * lapsed),
        (_("decided"), _("explore or observe"), alert.decided_at, _decision(alert), ""),
    ]
    found = [
        (pgettext("state of an alert", "open"), "", alert.opened_at, _("by the software"), ""),
        (_("acknowledged"), _("a nurse is on it"), alert.acknowledged_at, _name(alert.acknowledged_by), ""),
        *(surgeons if alert.kind == Alert.Kind.DEFICIT else []),
        (_("closed"), _("with an outcome"), alert.closed_at, _closing(alert), ""),
    ]
    last = max(number for number, state in enumerate(found) if state[2] is not None)
    return [
        State(name, meaning, at, by, number == last, trouble)
        for number, (name, meaning, at, by, trouble) in enumerate(found)
    ]


def _name(person: object | None) -> str:
    return "" if person is None else str(person)


def _decision(alert: Alert) -> str:
    if not alert.decided_at:
        return ""
    return _("%(what)s, %(who)s") % {"what": alert.get_decision_display(), "who": alert.decided_by}


def _closing(alert: Alert) -> str:
    if not alert.closed_at:
        return ""
    return _("%(what)s, %(who)s") % {
        "what": alert.get_outcome_display(),
        "who": alert.closed_by or _("by the software"),
    }


@dataclass(frozen=True, slots=True)
class Done:
    """One kind of milestone, and whether it was reached."""

    kind: str
    words: str
    milestone: Milestone | None


def milestones(alert: Alert) -> list[Done]:
    """All six, in the order in which they are usually reached."""
    reached: Mapping[str, Milestone] = {milestone.kind: milestone for milestone in alert.milestones.all()}
    return [Done(kind.value, str(kind.label), reached.get(kind.value)) for kind in Milestone.Kind]
