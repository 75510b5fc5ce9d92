"""Reads of the surgeon's desk: the alerts, each with its evidence beside it."""

from __future__ import annotations

from datetime import datetime

from monitoring.alerts.queries import inbox
from monitoring.desks.common.alert_queries import cards
from monitoring.desks.common.case import Case, cases_of
from wards.models import Staff


def cases(staff: Staff, *, now: datetime) -> list[Case]:
    """The surgeon's inbox, in a number of queries that does not depend on how many alerts there are."""
    return cases_of(cards(inbox(staff).select_related("stay__responsible_surgeon"), staff=staff, now=now))
