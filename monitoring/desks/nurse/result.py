"""What stands on the result of a check beside the level: the message to read out, and the form that logs the call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from monitoring.alerts.models import Alert
from monitoring.desks.common.brief import briefs
from monitoring.desks.common.numbers import whom_to_call
from monitoring.desks.common.report_form import fresh_form, report_context
from monitoring.desks.common.sbar import sbar
from monitoring.desks.common.state import State
from wards.access import May, may
from wards.models import Staff, Stay
from wards.rota_queries import on_duty_by_post

TOLD_OF = frozenset({"concern", "critical"})  # the levels at which a doctor has to hear of it


def what_to_say(staff: Staff, stay: Stay, state: State, now: datetime) -> dict[str, Any]:
    """For a level at which a doctor is told. For any other there is nothing to read out, but an alert may be open.

    `report` is there only where there is an open alert to log the call on, and the person may.
    """
    if state.level not in TOLD_OF:
        return {"alert": stay.alerts.filter(kind=Alert.Kind.DEFICIT, closed_at__isnull=True).first()}
    calls = state.calls or whom_to_call(stay, on_duty_by_post(stay.ward_id, now))
    [brief] = briefs([stay], now)
    brief = replace(brief, state=state)
    alert = brief.deficit
    said: dict[str, Any] = {"numbers": calls, "sbar": sbar(brief, caller=staff), "alert": alert}
    if alert is None:
        return said
    said["reports"] = list(alert.reports.select_related("recorded_by"))
    if may(staff, May.RECORD_MILESTONE, stay):
        said["report"] = report_context(fresh_form(calls, stay.ward), stay.ward)
    return said
