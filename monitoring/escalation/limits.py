"""How long each step of acting on an alert may take once a surgeon has it. Local defaults; no source but need.

"A lapse resumes the ladder one rung up and says why."
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from monitoring.alerts.models import Alert, Milestone

IMAGING_REQUESTED_WITHIN = timedelta(minutes=30)  # of the acceptance
IMAGING_DONE_WITHIN = timedelta(minutes=120)  # of the acceptance
DECIDED_WITHIN = timedelta(minutes=30)  # of the imaging; of taking on what was not looked at again
IMAGING_ACTIONS = frozenset({"image_and_explore", "urgent_imaging"})

LIMIT_WORDS = {
    "imaging_requested": gettext_noop("imaging not requested within 30 min"),
    "imaging_done": gettext_noop("imaging not done within 120 min"),
    "decision": gettext_noop("no decision within 30 min of the imaging"),
    "look_again": gettext_noop("not looked at again by %(at)s"),
}
"""By limit, what the timeline says once it has passed; `at` is when it did, on the ward's clock."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What must be done until when: `imaging_requested`, `imaging_done`, `decision` or `look_again`."""

    name: str
    at: datetime


def next_limit(alert: Alert, done: Mapping[str, datetime]) -> Limit | None:
    """The limit that runs now, given when each milestone was reached; None where none does.

    They run from the acceptance of an alert that asks for imaging, until a decision, which satisfies all before it. A
    later acceptance begins them anew. Who decides to observe has set a limit, until the next decision.
    """
    kind = Milestone.Kind
    if alert.accepted_at is not None and alert.look_again_at is not None:
        return _look_again(alert, alert.accepted_at, alert.look_again_at)
    if alert.accepted_at is None or alert.decided_at is not None or IMAGING_ACTIONS.isdisjoint(alert.actions):
        return None
    if kind.THEATRE_BOOKED in done or kind.EXPLORATION_BEGUN in done:
        return None
    if kind.IMAGING_DONE in done:
        return Limit("decision", max(done[kind.IMAGING_DONE], alert.accepted_at) + DECIDED_WITHIN)
    if kind.IMAGING_REQUESTED in done:
        return Limit("imaging_done", alert.accepted_at + IMAGING_DONE_WITHIN)
    return Limit("imaging_requested", alert.accepted_at + IMAGING_REQUESTED_WITHIN)


def _look_again(alert: Alert, accepted_at: datetime, look_again_at: datetime) -> Limit | None:
    """Whoever takes on what was not looked at in time has a while to look and to decide. None after the discharge."""
    if alert.stay.discharged_at is not None:
        return None
    return Limit("look_again", look_again_at if accepted_at <= look_again_at else accepted_at + DECIDED_WITHIN)
