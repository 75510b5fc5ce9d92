"""Days and times in templates as `wards.times` says them: in every language, day and month cannot be mistaken."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from wards.models import Ward
from wards.times import day_words, said, short_day_words, zone_of

register = template.Library()


@register.filter
def day(value: date) -> str:
    """07-Mar-1963."""
    return day_words(value)


@register.filter
def moment(at: datetime, ward: Ward) -> str:
    """03:14 on 07-Mar-2026, in the ward's zone."""
    return said(at, ward)


@register.filter
def short_day(at: datetime, ward: Ward) -> str:
    """07-Mar, in the ward's zone."""
    return short_day_words(at.astimezone(zone_of(ward)).date())
