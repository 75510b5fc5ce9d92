"""A post's rota from an iCalendar file. The file that is read last is the post's rota from now on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.due import clock
from wards import calendar_file
from wards.access import May, require
from wards.calendar_file import Event, Unreadable
from wards.changes import people_changed
from wards.locks import lock_rota
from wards.models import Duty, Post, Staff, Ward
from wards.rota_queries import who_may_hold
from wards.rota_rules import LONGEST_DUTY, on_the_wall
from wards.times import said, zone_of

AHEAD = timedelta(days=183)
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a calendar file changed; nothing at all where it has problems, each said in a sentence."""

    added: int = 0
    unchanged: int = 0
    cancelled: int = 0
    problems: tuple[str, ...] = ()


def import_calendar(*, by: Staff, ward: Ward, post: str, text: bytes, until: datetime | None = None) -> ImportResult:
    """Make a calendar file the rota of a post of the ward, from now until `until`, at most half a year ahead.

    An event that was read before is unchanged where the file still says the same of it, whatever was done to its duty
    by hand; where the file says otherwise, its duty is cancelled and added anew; where the file has it no more, it is
    cancelled, unless it has begun. Duties entered by hand stay. Where anything cannot be read for certain, or names
    nobody who may hold the post, nothing is changed at all.
    """
    require(by, May.EDIT_ROTA, ward)
    now = clock.now()
    horizon = now + AHEAD if until is None else min(until, now + AHEAD)
    if horizon <= now:
        raise ValidationError({"until": [_("This is already over.")]})
    try:
        events, problems = calendar_file.read(text, zone=zone_of(ward), since=now, until=horizon)
    except Unreadable as error:
        return ImportResult(problems=(str(error),))
    return _import(by, ward, Post(post), events, problems, now, horizon)


@transaction.atomic
def _import(
    by: Staff, ward: Ward, post: Post, events: list[Event], problems: list[str], now: datetime, horizon: datetime
) -> ImportResult:
    ward = lock_rota(ward.pk)
    require(by, May.EDIT_ROTA, ward)
    people, asked, wrong = _People(ward, post), [], [*problems]
    for event in events:
        try:
            asked.append(_duty(event, people, by))
        except Unreadable as problem:
            wrong.append(f"“{event.summary[:60]}”, {said(event.starts_at, ward)}: {problem}")
    if wrong:
        return ImportResult(problems=_shortened(wrong))
    result = _apply(asked, ward, post, by, now, horizon)
    if result.added or result.cancelled:
        people_changed(ward.pk)
    return result


def _shortened(problems: list[str]) -> tuple[str, ...]:
    more = len(problems) - MOST_PROBLEMS
    return (*problems[:MOST_PROBLEMS], *([_("And %(n)d more.") % {"n": more}] if more > 0 else []))


def _apply(asked: list[Duty], ward: Ward, post: Post, by: Staff, now: datetime, horizon: datetime) -> ImportResult:
    """Bring the rota to what the file says, with one audit entry that names all lines it changed."""
    keys = {duty.source_uid for duty in asked}
    of_post = Duty.objects.filter(ward=ward, post=post)
    ahead = Q(starts_at__gt=now, starts_at__lt=horizon)
    known = {duty.source_uid: duty for duty in of_post.filter(Q(source_uid__in=keys) | ahead, in_file=True)}
    added = [duty for duty in asked if not _says_the_same(known.get(duty.source_uid), duty)]
    off = [uid for uid in known if uid not in keys] + [duty.source_uid for duty in added if duty.source_uid in known]
    gone = of_post.filter(source_uid__in=off, cancelled_at=None, ends_at__gt=now)
    cancelled = sorted(gone.values_list("pk", flat=True))
    gone.update(cancelled_at=now, cancelled_by=by)
    of_post.filter(source_uid__in=off, in_file=True).update(in_file=False)
    Duty.objects.bulk_create(added)
    if added or cancelled:
        data = {"post": post, "added": [duty.pk for duty in added], "cancelled": cancelled}
        audit.record("calendar.imported", by=by, about=ward, data=data)
    return ImportResult(added=len(added), unchanged=len(asked) - len(added), cancelled=len(cancelled))


def _says_the_same(known: Duty | None, asked: Duty) -> bool:
    facts = (asked.staff_id, asked.starts_at, asked.ends_at)
    return known is not None and (known.staff_id, known.starts_at, known.ends_at) == facts


def _duty(event: Event, people: _People, by: Staff) -> Duty:
    """The line that an event makes. Raises Unreadable where it would be none."""
    if on_the_wall(event.starts_at, event.ends_at, people.ward) > LONGEST_DUTY:
        raise Unreadable(_("it is longer than %(most)d days.") % {"most": LONGEST_DUTY.days})
    return Duty(
        ward=people.ward,
        post=people.post,
        staff=people.named_in(event),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        recorded_by=by,
        source_uid=event.key,
        in_file=True,
    )


class _People:
    """Who may hold the post, by what a calendar calls them."""

    def __init__(self, ward: Ward, post: Post) -> None:
        self.ward, self.post = ward, post
        self.staff = list(who_may_hold(ward.pk, post))

    def named_in(self, event: Event) -> Staff:
        """The one person whom the event names: by an attendee's e-mail or as its title, else by the organizer's e-mail.

        The organizer comes last: that can be the secretary who keeps the calendar. Raises Unreadable where nobody is
        named, or several are.
        """
        named = set(self._with_address(event.attendees)) | set(self._called(event.summary))
        named = named or set(self._with_address({event.organizer}))
        if not named:
            raise Unreadable(
                _("it names nobody who may be %(post)s on %(ward)s.") % {"post": self.post.label, "ward": self.ward}
            )
        if len(named) > 1:
            names = ", ".join(sorted(str(staff) for staff in named))
            raise Unreadable(_("it names several people: %(names)s. Make an event for each.") % {"names": names})
        return named.pop()

    def _with_address(self, addresses: Iterable[str]) -> Iterator[Staff]:
        return (staff for staff in self.staff if staff.email and staff.email.casefold() in addresses)

    def _called(self, name: str) -> Iterator[Staff]:
        wanted = name.casefold()
        return (s for s in self.staff if wanted and wanted in {s.username.casefold(), s.get_full_name().casefold()})
