"""What an iCalendar file says: its events in a span of time, each occurrence of a repeating one for itself (RFC 5545).

Pure: no database, no clock. What cannot be read for certain is a problem, said in a sentence, never guessed: this file
decides who is called at night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from icalendar import Calendar
from icalendar.timezone import tzp

from wards.times import day_words

LARGEST = 256 * 1024  # bytes; a year of shifts is some tens of thousands
MOST_EVENTS = 5000
LONGEST_UID = 230
OLDEST_SERIES = timedelta(days=10 * 366)
MARGIN = timedelta(days=2)  # the library compares times without a zone, and days, as it sees fit: ask for more
TIMING = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "UID"}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
RULE_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"}
DAMAGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)  # what the libraries raise over such files
UNREADABLE = lazy("This is no calendar file, or a damaged one. Export it again as iCalendar (.ics).")
Source = Any  # an event as the file has it: the library's types say that each property could be anything

_parsing = Lock()


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence. `key` is the same each time the calendar is read; e-mail addresses are in lower case."""

    key: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    attendees: frozenset[str]
    organizer: str


class Unreadable(ValueError):
    """Why nothing can be taken from the file, in one sentence for who sent it."""


def read(text: bytes, *, zone: ZoneInfo, since: datetime, until: datetime) -> tuple[list[Event], list[str]]:
    """The events that touch the time from `since` until `until`, by start, and the problems; cancelled ones left out.

    Whole days, and times without a zone, are the ward's (`zone`). Raises Unreadable where the file is none, is too
    large, or has no such event.
    """
    try:
        return _read(text, zone, since, until)
    except Unreadable:
        raise
    except DAMAGE as error:
        raise Unreadable(UNREADABLE) from error


def _read(text: bytes, zone: ZoneInfo, since: datetime, until: datetime) -> tuple[list[Event], list[str]]:
    calendar = _parsed(text)
    sources = calendar.walk("VEVENT")
    uids = Counter(str(source.get("UID")) for source in sources if "RECURRENCE-ID" not in source)
    problems = [problem for source in sources for problem in _problems(source, uids, zone, since)]
    if problems:
        return [], problems
    series = {str(source["UID"]) for source in sources if {"RRULE", "RDATE", "RECURRENCE-ID"} & set(source)}
    events = list(_events(calendar, series, zone, since, until))
    counts = Counter(event.key for event in events)
    problems = [
        _("%(what)s: the file has it twice.") % {"what": _named(e.summary, e.starts_at, zone)}
        for e in events
        if counts[e.key] > 1
    ]
    if not events:
        raise Unreadable(_("No event in this file lies ahead, so nothing was changed. Is it the right calendar?"))
    return sorted(events, key=lambda event: (event.starts_at, event.key)), problems


def _parsed(text: bytes) -> Calendar:
    if len(text) > LARGEST:
        raise Unreadable(_("This file is larger than %(size)d KB. Export fewer months.") % {"size": LARGEST // 1024})
    with _parsing:
        tzp.use_default()  # the library would keep a file's own time zones for the next file that uses their names
        calendar = Calendar.from_ical(text)
    if not isinstance(calendar, Calendar):
        raise Unreadable(UNREADABLE)
    return calendar


def _problems(source: Source, uids: Counter[str], zone: ZoneInfo, since: datetime) -> Iterator[str]:
    """What keeps an event, as the file has it, from being read for certain; at most one thing."""
    broken = next((name for name, _ in source.errors if name in TIMING), None)
    doubled = next((name for name in TIMING - {"RRULE", "RDATE", "EXDATE"} if isinstance(source.get(name), list)), None)
    uid = str(source.get("UID", ""))
    dates = (name for name in ("DTSTART", "DTEND", "RECURRENCE-ID") if name in source)
    undated = broken or doubled or next((name for name in dates if not isinstance(source[name].dt, date)), None)
    if undated:
        yield _("%(what)s: %(part)s cannot be read.") % {"what": _title(source), "part": undated}
    elif "DTSTART" not in source:
        yield _("%(what)s: it has no start.") % {"what": _title(source)}
    elif not uid or len(uid) > LONGEST_UID:
        yield _("%(what)s: it has no identifier (UID) that can be kept.") % {"what": _title(source)}
    elif "RECURRENCE-ID" not in source and uids[uid] > 1:
        yield _("%(what)s: several events of the file have its identifier (UID).") % {"what": _title(source)}
    else:
        yield from _problems_of_time(source, zone, since)


def _problems_of_time(source: Source, zone: ZoneInfo, since: datetime) -> Iterator[str]:
    start = source["DTSTART"].dt
    named = _named(_text(source, "SUMMARY"), _instant(start, zone), zone)
    timed = [source[name] for name in ("DTSTART", "DTEND", "RECURRENCE-ID") if name in source]
    if any("TZID" in value.params and getattr(value.dt, "tzinfo", UTC) is None for value in timed):
        yield _("%(what)s: its time zone is not known.") % {"what": named}
    elif _ends_too_early(source, zone):
        yield _("%(what)s: it has no end after its start.") % {"what": named}
    elif "RANGE" in getattr(source.get("RECURRENCE-ID"), "params", {}):
        yield _("%(what)s: it changes all later ones too, which cannot be read. Change each of them.") % {"what": named}
    elif not all(_is_plain(rule) for rule in _all(source, "RRULE")):
        yield _("%(what)s: it repeats in a way that cannot be read. Use daily, weekly, monthly or yearly.") % {
            "what": named
        }
    elif "RRULE" in source and _instant(start, zone) < since - OLDEST_SERIES:
        yield _("%(what)s: it has repeated for more than ten years. Begin it anew.") % {"what": named}


def _ends_too_early(source: Source, zone: ZoneInfo) -> bool:
    start = source["DTSTART"].dt
    if "DTEND" in source:
        return _instant(source["DTEND"].dt, zone) <= _instant(start, zone)
    if "DURATION" in source:
        return not source["DURATION"].dt > timedelta()
    return isinstance(start, datetime)  # a day without an end is that day; a time without an end is nothing


def _is_plain(rule: Any) -> bool:
    """Whether a rule repeats at most daily, in ways that calendars of shifts do. Others could go on for ever."""
    days = rule.get("BYMONTHDAY", [])
    return (
        set(rule.get("FREQ", [])) <= FREQUENCIES
        and len(rule.get("FREQ", [])) == 1
        and set(rule) <= RULE_PARTS
        and all(1 <= abs(int(day)) <= 31 for day in days)
    )


def _events(calendar: Calendar, series: set[str], zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Event]:
    """All occurrences in the span that are not cancelled."""
    found = recurring_ical_events.of(calendar).between(since - MARGIN, until + MARGIN)
    if len(found) > MOST_EVENTS:
        raise Unreadable(_("This file makes more than %(most)d duties. Export fewer months.") % {"most": MOST_EVENTS})
    for source in found:
        starts_at, ends_at = (_instant(source[name].dt, zone) for name in ("DTSTART", "DTEND"))
        if _text(source, "STATUS").upper() == "CANCELLED" or ends_at <= since or starts_at >= until:
            continue
        uid, place = str(source["UID"]), _instant(source["RECURRENCE-ID"].dt, zone)
        yield Event(
            key=f"{uid}#{place:%Y%m%dT%H%M%SZ}" if uid in series else uid,
            starts_at=starts_at,
            ends_at=ends_at,
            summary=_text(source, "SUMMARY"),
            attendees=frozenset(
                _address(who) for who in _all(source, "ATTENDEE") if who.params.get("PARTSTAT") != "DECLINED"
            ),
            organizer=next((_address(who) for who in _all(source, "ORGANIZER")), ""),
        )


def _instant(when: date, zone: ZoneInfo) -> datetime:
    """In UTC. A day begins at midnight; of an hour that comes twice it is the first (RFC 5545, 3.3.5)."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def _all(source: Source, name: str) -> list[Any]:
    value = source.get(name, [])
    return value if isinstance(value, list) else [value]


def _text(source: Source, name: str) -> str:
    return " ".join(str(next(iter(_all(source, name)), "")).split())


def _address(who: Any) -> str:
    return str(who).casefold().removeprefix("mailto:").strip()


def _title(source: Source) -> str:
    return f"“{_text(source, 'SUMMARY')[:60]}”"


def _named(summary: str, starts_at: datetime, zone: ZoneInfo) -> str:
    here = starts_at.astimezone(zone)
    return f"“{summary[:60]}”, {day_words(here.date())} {here:%H:%M}"
