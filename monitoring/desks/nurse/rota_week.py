"""A week of the rota: seven days by four posts, who is there from when to when, and where nobody is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from monitoring.desks.common.presentation import day_words, short_day_words
from wards.models import Duty, Post
from wards.rota_queries import uncovered

STRIP = 240  # the width of a day's strip in its own units
Span = tuple[datetime, datetime]
Held = tuple[Duty, bool]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a day's strip: `kind` is held, gap, or past (a gap that nobody can fill any more)."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell: those who come and go together, or with none a gap. `hours`: what of it lies in this day.

    `kind` is held, gap or past as of a `Piece`, or void: somebody who can no longer hold the post.
    """

    hours: str
    kind: str
    since: datetime
    until: datetime
    duties: tuple[Duty, ...] = ()
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    post: Post
    lines: tuple[Line, ...]
    strip: tuple[Piece, ...]

    @property
    def has_gap(self) -> bool:
        return any(line.kind == "gap" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    weekday: str
    words: str
    cells: tuple[Cell, ...]
    now_x: float | None

    @property
    def is_today(self) -> bool:
        return self.now_x is not None


@dataclass(frozen=True, slots=True)
class Week:
    """`before` and `after` are the Mondays of the weeks around it."""

    monday: date
    words: str
    days: tuple[Day, ...]
    is_present: bool

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=7)

    @property
    def posts(self) -> list[Post]:
        return list(Post)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day; a day in which the clocks change has 23 or 25 hours."""
    return datetime.combine(day, time(), zone)


def week_span(monday: date, zone: ZoneInfo) -> Span:
    return midnight(monday, zone), midnight(monday + timedelta(days=7), zone)


def week_of(duties: Iterable[tuple[Duty, bool]], *, monday: date, now: datetime, zone: ZoneInfo) -> Week:
    """`duties` are the standing ones that touch the week, each with whether its holder can hold the post at all."""
    by_post: dict[Post, list[Held]] = {post: [] for post in Post}
    for duty, counts in duties:
        by_post[Post(duty.post)].append((duty, counts))
    days = tuple(_day(monday + timedelta(days=n), by_post, now, zone) for n in range(7))
    sunday = days[-1].date
    words = _("%(first)s – %(last)s") % {"first": short_day_words(monday), "last": day_words(sunday)}
    return Week(monday, words, days, is_present=any(day.is_today for day in days))


def _day(day: date, by_post: dict[Post, list[Held]], now: datetime, zone: ZoneInfo) -> Day:
    since, until = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    cells = tuple(_cell(post, duties, since, until, now) for post, duties in by_post.items())
    now_x = _x(now, since, until) if since <= now < until else None
    return Day(day, str(WEEKDAYS_ABBR[day.weekday()]), short_day_words(day), cells, now_x)


def _cell(post: Post, held: Sequence[Held], since: datetime, until: datetime, now: datetime) -> Cell:
    there = [(duty, counts) for duty, counts in held if duty.starts_at < until and duty.ends_at > since]
    together: dict[tuple[datetime, datetime, bool], list[Duty]] = {}
    for duty, counts in there:
        together.setdefault((duty.starts_at, duty.ends_at, counts), []).append(duty)
    lines = [_line(duties, counts, since, until, now) for (_, _, counts), duties in together.items()]
    for gap in uncovered([(duty.starts_at, duty.ends_at) for duty, counts in there if counts], since, until):
        lines += [Line(_hours(*part, since, until), kind, *part) for kind, part in _split(*gap, now)]
    lines.sort(key=lambda line: (max(line.since, since), line.until))
    pieces = [(line.kind, max(line.since, since), min(line.until, until)) for line in lines if line.kind != "void"]
    strip = (Piece(kind, x := _x(a, since, until), round(_x(b, since, until) - x, 1)) for kind, a, b in pieces)
    return Cell(post, tuple(lines), tuple(strip))


def _line(duties: Sequence[Duty], counts: bool, since: datetime, until: datetime, now: datetime) -> Line:
    start, end = duties[0].starts_at, duties[0].ends_at
    is_now = counts and start <= now < end and since <= now < until
    return Line(_hours(start, end, since, until), "held" if counts else "void", start, end, tuple(duties), is_now)


def _split(start: datetime, end: datetime, now: datetime) -> list[tuple[str, Span]]:
    """A gap at `now` is past before it and open after it."""
    if end <= now:
        return [("past", (start, end))]
    if start >= now:
        return [("gap", (start, end))]
    return [("past", (start, now)), ("gap", (now, end))]


def _hours(start: datetime, end: datetime, since: datetime, until: datetime) -> str:
    """On the day's own clock: "07:00–15:30", "from 22:00", "until 07:00", "all day"."""
    first, last = (f"{at.astimezone(since.tzinfo):%H:%M}" for at in (start, end))
    if start <= since:
        return _("all day") if end >= until else _("until %(time)s") % {"time": last}
    return _("from %(time)s") % {"time": first} if end >= until else f"{first}–{last}"


def _x(at: datetime, since: datetime, until: datetime) -> float:
    """Where an instant lies on the strip. Instants, not wall clocks, are subtracted: a day may have 23 hours."""
    length = until.timestamp() - since.timestamp()
    return round(STRIP * (at.timestamp() - since.timestamp()) / length, 1)
