"""The house's calendar, which says when an account's last day has passed."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from monitoring.due.clock import now
from wards.models import Staff

FAR_AWAY = timedelta(days=3)  # more than this machine's clock is wrong by


def today() -> date:
    """The date in the house's zone (settings.HOUSE_ZONE)."""
    return now().astimezone(settings.HOUSE_ZONE).date()


def has_ended(staff: Staff) -> bool:
    """Whether the account's last day is over. Asked at every request: the database's clock only where that is near."""
    last = staff.ends_on
    if last is None or last > timezone.now().date() + FAR_AWAY:
        return False
    return last < today()
