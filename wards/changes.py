"""What follows a change to a history: it is assessed again. What follows a change of who is there: open alerts look
again whom they call. Open pages hear of both.
"""

from __future__ import annotations

from datetime import datetime

from monitoring.due import clock
from monitoring.due.actions import mark_changed, mark_due
from monitoring.due.nudge import nudge
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.models import Staff, Stay, Ward


def history_changed(stay: Stay, *, by: Staff, since: datetime, what: str, why: str = "") -> None:
    """Make the stay's assessment due in this transaction, and once it commits, tell a worker and the ward's pages.

    `stay` is the episode's current one, locked; `since` the clinical time of the earliest event that changed; `what`
    and `why` are for the alert's timeline (the code "check.corrected", the reason given).
    """
    mark_changed(stay.pk, since=since, change={"by": by.pk, "what": what, "why": why})
    nudge("assess", stay.pk)
    publish(topics.ward(stay.ward_id))


def look_again(stay: Stay) -> None:
    """Make the stay's assessment due though its history is as it was: what is beside the history has changed.

    `stay` is the episode's current one, locked.
    """
    mark_due(stay.pk)
    nudge("assess", stay.pk)
    publish(topics.ward(stay.ward_id))


def people_changed(ward_id: int) -> None:
    """Make the ward's open alerts look again whom they call, in this transaction, and tell the ward's pages.

    Call it last: the ward's row is the last lock of all, after Stay, Watch, Alert and Delivery.
    """
    Ward.objects.filter(pk=ward_id).update(retarget_at=clock.now())
    nudge("retarget", ward_id)
    publish(topics.ward(ward_id))
