"""What follows every change to a history: it is assessed again, and open pages hear of it."""

from __future__ import annotations

from datetime import datetime

from monitoring.due.actions import mark_changed
from monitoring.due.nudge import nudge
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.models import Staff, Stay


def history_changed(stay: Stay, *, by: Staff, since: datetime, what: str, why: str = "") -> None:
    """Make the stay's assessment due in this transaction, and once it commits, tell a worker and the ward's pages.

    `stay` is the episode's current one, locked; `since` the clinical time of the earliest event that changed; `what`
    and `why` are for the alert's timeline ("check corrected", the reason given).
    """
    mark_changed(stay.pk, since=since, change={"by": by.pk, "what": what, "why": why})
    nudge("assess", stay.pk)
    publish(topics.ward(stay.ward_id))
