"""What nobody would do any more if somebody went: posts of the rota, patients. Said before a role is taken away or an
account is closed, and done then only by who has read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wards.access import NURSES, POSTS, SURGEONS
from wards.models import Allocation, Duty, Post, Role, Staff, Stay, Ward
from wards.rota_queries import standing_duties, uncovered, who_may_hold
from wards.times import said

Source = Callable[[Staff, Ward, frozenset[Role]], Iterable[str]]
"""Says in sentences what else of the ward somebody has in hand, and would leave behind with only these roles."""

_sources: list[Source] = []


def register(source: Source) -> None:
    """For upper rooms: calls go up, imports do not."""
    if source not in _sources:
        _sources.append(source)


def left_behind(staff: Staff, ward: Ward, *, keeps: Iterable[Role], at: datetime) -> list[str]:
    """In sentences, what the ward is left without where somebody keeps only these roles there. Empty: nothing."""
    kept = frozenset(keeps)
    lost = [post for post in Post if kept.isdisjoint(POSTS[post])]
    others = [words for source in _sources for words in source(staff, ward, kept)]
    return [*_posts(staff, ward, lost, at), *_patients(staff, ward, kept, at), *others]


def _posts(staff: Staff, ward: Ward, lost: Iterable[Post], at: datetime) -> Iterable[str]:
    """For each post, the first time at which nobody else holds it while this person would have."""
    for post in lost:
        held = Duty.objects.filter(ward=ward, post=post, staff=staff, cancelled_at=None, ends_at__gt=at)
        for duty in held.order_by("starts_at"):
            since = max(duty.starts_at, at)
            others = standing_duties(ward.pk, since, duty.ends_at).filter(
                post=post, staff__in=who_may_hold(ward.pk, post).exclude(pk=staff.pk).order_by()
            )
            gap = next(iter(uncovered(others.values_list("starts_at", "ends_at"), since, duty.ends_at)), None)
            if gap is not None:
                yield _post_words(post, ward, *gap, now=gap[0] <= at)
                break


def _post_words(post: Post, ward: Ward, since: datetime, until: datetime, *, now: bool) -> str:
    words = {"post": post.label, "ward": ward, "since": said(since, ward), "until": said(until, ward)}
    if now:
        return _("Nobody else is %(post)s on %(ward)s from now until %(until)s.") % words
    return _("Nobody else is %(post)s on %(ward)s from %(since)s until %(until)s.") % words


def _patients(staff: Staff, ward: Ward, kept: frozenset[Role], at: datetime) -> Iterable[str]:
    stays = Stay.objects.filter(ward=ward, discharged_at=None)
    treated = stays.filter(responsible_surgeon=staff).count() if kept.isdisjoint(SURGEONS) else 0
    if treated:
        words = ngettext(
            "%(count)d patient on %(ward)s is left without a responsible surgeon.",
            "%(count)d patients on %(ward)s are left without a responsible surgeon.",
            treated,
        )
        yield words % {"count": treated, "ward": ward}
    given = Allocation.objects.filter(stay__in=stays, nurse=staff, cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
    nursed = given.values("stay").distinct().count() if kept.isdisjoint(NURSES) else 0
    if nursed:
        words = ngettext(
            "%(count)d patient on %(ward)s is left without a nurse.",
            "%(count)d patients on %(ward)s are left without a nurse.",
            nursed,
        )
        yield words % {"count": nursed, "ward": ward}
