"""Times as the ward reads them on its own clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from wards.models import Ward

NOW_IS_WITHIN = timedelta(minutes=1)
MONTHS = (
    pgettext_lazy("short month", "Jan"),
    pgettext_lazy("short month", "Feb"),
    pgettext_lazy("short month", "Mar"),
    pgettext_lazy("short month", "Apr"),
    pgettext_lazy("short month", "May"),
    pgettext_lazy("short month", "Jun"),
    pgettext_lazy("short month", "Jul"),
    pgettext_lazy("short month", "Aug"),
    pgettext_lazy("short month", "Sep"),
    pgettext_lazy("short month", "Oct"),
    pgettext_lazy("short month", "Nov"),
    pgettext_lazy("short month", "Dec"),
)


def was_now(at: datetime, recorded_at: datetime) -> bool:
    """Whether a stored time was once given as "now": sent again, "now" means what it meant at first."""
    return abs(recorded_at - at) <= NOW_IS_WITHIN


def age_on(day: date, *, born: date) -> int:
    """Completed years. Who was born on a 29 February is a year older on 1 March, where there is no 29."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def zone_of(ward: Ward) -> ZoneInfo:
    return ZoneInfo(ward.time_zone)


def day_words(day: date) -> str:
    """As on a wristband: 07-Mar-1963, 1963年3月7日. Day and month cannot be mistaken for each other."""
    return _("%(day)02d-%(month)s-%(year)04d") % {"day": day.day, "month": MONTHS[day.month - 1], "year": day.year}


def short_day_words(day: date) -> str:
    """A day of this year: 07-Mar, 3月7日."""
    return _("%(day)02d-%(month)s") % {"day": day.day, "month": MONTHS[day.month - 1]}


def said(at: datetime, ward: Ward) -> str:
    """An instant in a message: "03:14 on 07-Mar-2026", in the ward's zone."""
    here = at.astimezone(zone_of(ward))
    return _("%(time)s on %(day)s") % {"time": f"{here:%H:%M}", "day": day_words(here.date())}
