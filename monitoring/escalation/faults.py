"""What is wrong with who could be called, seen before it matters: gaps in the rota, people without a channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from monitoring.escalation.ladder import WHOM_WORDS, Key, Whom
from monitoring.escalation.models import Contact
from monitoring.escalation.people import PHONES, POSTS
from monitoring.escalation.phrases import shown
from monitoring.escalation.queries import ladders_of
from wards.models import Staff, Stay, Ward
from wards.rota_queries import gaps, group_members, standing_duties
from wards.times import said

AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend on a ward, in a sentence. `now`: it matters already, not only within the next day."""

    ward: Ward
    words: str
    now: bool


def faults(at: datetime) -> list[Fault]:
    """The faults of all wards; not of the watchdog's own."""
    return [fault for ward in Ward.objects.filter(pk__gt=0) for fault in faults_of(ward, at)]


def faults_of(ward: Ward, at: datetime) -> list[Fault]:
    """What is wrong on a ward now or within 24 h, what matters now first."""
    ladders = ladders_of(ward.pk)
    rungs = [*ladders[Key.CRITICAL], *ladders[Key.CONCERN]]
    named = {whom for rung in rungs for whom in rung.whom}
    groups = [group for rung in rungs for group in rung.groups]
    people = [*_unreachable(ward, at), *_unreachable_off_duty(ward, named, groups, at)]
    found = [*_posts(ward, named, at), *people, *_phones(ward, named), *_broken(ward)]
    return sorted(found, key=lambda fault: not fault.now)


def _posts(ward: Ward, named: Iterable[Whom], at: datetime) -> Iterable[Fault]:
    """Posts that the ladders name and nobody holds, now or at some time within a day."""
    for whom in (whom for whom in POSTS if whom in named):
        for since, until in gaps(ward, POSTS[whom], at, at + AHEAD)[:1]:
            span = {"post": _post(whom), "since": said(since, ward), "until": said(until, ward)}
            now, ends = since <= at, until < at + AHEAD
            yield Fault(ward, _gap_words(now=now, ends=ends) % span, now=now)


def _gap_words(*, now: bool, ends: bool) -> str:
    if now:
        return _("Nobody is %(post)s until %(until)s.") if ends else _("Nobody is %(post)s for at least a day.")
    if ends:
        return _("Nobody is %(post)s from %(since)s until %(until)s.")
    return _("Nobody is %(post)s from %(since)s for at least a day.")


def _post(whom: Whom) -> str:
    return _("a nurse on shift") if whom is Whom.NURSES_ON_SHIFT else _(WHOM_WORDS[whom])


def _unreachable(ward: Ward, at: datetime) -> Iterable[Fault]:
    """People on the rota whom nothing outside the app would reach: in-app alone is no channel."""
    people = _without_channel().filter(pk__in=standing_duties(ward.pk, at, at + AHEAD).values("staff"))
    here = set(standing_duties(ward.pk, at, at + timedelta(microseconds=1)).values_list("staff", flat=True))
    for person in people:
        words = _("%(who)s comes on duty within a day and has no working channel.")
        if person.pk in here:
            words = _("%(who)s is on duty and has no working channel.")
        yield Fault(ward, words % {"who": person}, now=person.pk in here)


def _unreachable_off_duty(ward: Ward, named: Iterable[Whom], groups: Sequence[str], at: datetime) -> Iterable[Fault]:
    """People whom the ladders call wherever they are: the responsible surgeons of the patients, and groups."""
    others = _without_channel().exclude(pk__in=standing_duties(ward.pk, at, at + AHEAD).values("staff"))
    if Whom.RESPONSIBLE_SURGEON in named:
        stays = Stay.objects.filter(ward=ward, discharged_at__isnull=True)
        for person in others.filter(pk__in=stays.values("responsible_surgeon")):
            words = _("%(who)s is a patient's responsible surgeon and has no working channel.")
            yield Fault(ward, words % {"who": person}, now=True)
    for person in others.filter(pk__in=[member.pk for member in group_members(ward.pk, groups)]):
        words = _("%(who)s is in a group that is called and has no working channel.")
        yield Fault(ward, words % {"who": person}, now=True)


def _without_channel() -> QuerySet[Staff]:
    """Everybody whom nothing outside the app would reach, by name."""
    working = Contact.objects.filter(removed_at__isnull=True, broken_since__isnull=True, staff__isnull=False)
    people = Staff.objects.filter(is_active=True).exclude(pk__in=working.values("staff"))
    return people.order_by("last_name", "first_name", "pk")


def _phones(ward: Ward, named: Iterable[Whom]) -> Iterable[Fault]:
    there = set(Contact.objects.filter(ward=ward, removed_at__isnull=True).values_list("purpose", flat=True))
    for whom in (whom for whom in PHONES if whom in named and PHONES[whom] not in there):
        yield Fault(ward, _("No contact is set for %(whom)s.") % {"whom": _(WHOM_WORDS[whom])}, now=True)


def _broken(ward: Ward) -> Iterable[Fault]:
    for contact in Contact.objects.filter(ward=ward, removed_at__isnull=True, broken_since__isnull=False):
        broken = {"whose": contact.get_purpose_display(), "why": shown(contact.broken_reason)}
        yield Fault(ward, _("The contact of %(whose)s is broken: %(why)s.") % broken, now=True)
