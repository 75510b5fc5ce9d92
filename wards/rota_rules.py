"""What must be true of a line of the rota, an allocation, a group. Each rule raises ValidationError by field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wards.access import CLINICAL, NURSES
from wards.models import Duty, Post, Staff, Ward
from wards.rota_queries import eligible, standing_duties, who_may_hold
from wards.times import said, zone_of

LONGEST_DUTY = timedelta(days=7)  # on the ward's clock: a week on call ends at the hour at which it began
LONGEST_SHIFT = timedelta(hours=24)
FURTHEST = timedelta(days=366)  # later is a wrong year


def require_span(starts_at: datetime, ends_at: datetime, longest: timedelta, now: datetime, ward: Ward) -> None:
    """From before until, not over yet, and no longer nor later than somebody would plan."""
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": [_("The end must be after the start.")]})
    if ends_at <= now:
        raise ValidationError({"ends_at": [_("This is already over.")]})
    if starts_at > now + FURTHEST:
        raise ValidationError({"starts_at": [_("This is more than a year ahead. Check the date.")]})
    if on_the_wall(starts_at, ends_at, ward) > longest:
        hours = longest // timedelta(hours=1)
        if hours <= 24:
            words = _("That would be longer than %(hours)d hours. Check both dates.") % {"hours": hours}
        else:
            words = _("That would be longer than %(days)d days. Check both dates.") % {"days": longest.days}
        raise ValidationError({"ends_at": [words]})


def on_the_wall(starts_at: datetime, ends_at: datetime, ward: Ward) -> timedelta:
    """How long it is by the clock on the ward's wall: a day is 24 hours also when the clocks change."""
    start, end = (at.astimezone(zone_of(ward)).replace(tzinfo=None) for at in (starts_at, ends_at))
    return end - start


def require_holder(staff: Staff, post: str, ward: Ward, *, field: str) -> None:
    """Who holds a post is active, and has a role on the ward that fits it: a nurse cannot be surgeon on call."""
    if not who_may_hold(ward.pk, post).filter(pk=staff.pk).exists():
        words = _("%(who)s cannot be %(post)s on %(ward)s. Choose somebody else.")
        raise ValidationError({field: [words % {"who": staff, "post": Post(post).label, "ward": ward}]})


def require_not_there(
    staff: Staff, post: str, starts_at: datetime, ends_at: datetime, ward: Ward, *, field: str
) -> None:
    """Nobody stands twice in one post at a time: what ends then would be taken for what goes on."""
    held = standing_duties(ward.pk, starts_at, ends_at).filter(post=post, staff=staff).order_by("starts_at").first()
    if held is not None:
        raise ValidationError({field: [f"{staff} is {Post(post).label} already: {said_span(held, ward)}."]})


def require_inside(at: datetime, duty: Duty, ward: Ward) -> None:
    if not duty.starts_at <= at < duty.ends_at:
        raise ValidationError({"at": [_("This is outside the duty, %(span)s.") % {"span": said_span(duty, ward)}]})


def require_nurse(staff: Staff, ward: Ward) -> None:
    if not eligible(ward.pk, NURSES).filter(pk=staff.pk).exists():
        raise ValidationError(
            {"nurse": [_("%(who)s is no nurse of %(ward)s. Choose one who is.") % {"who": staff, "ward": ward}]}
        )


def require_members(members: Iterable[Staff], ward: Ward) -> list[Staff]:
    """Who is in a group can see the ward's alerts. Returns them, each once."""
    asked = {staff.pk: staff for staff in members}
    if not asked:
        raise ValidationError({"members": [_("Choose at least one person.")]})
    fitting = set(eligible(ward.pk, CLINICAL).filter(pk__in=asked).values_list("pk", flat=True))
    for pk, staff in asked.items():
        if pk not in fitting:
            raise ValidationError(
                {"members": [_("%(who)s is no nurse or surgeon of %(ward)s.") % {"who": staff, "ward": ward}]}
            )
    return list(asked.values())


def said_span(duty: Duty, ward: Ward) -> str:
    return _("from %(start)s until %(end)s") % {
        "start": said(duty.starts_at, ward),
        "end": said(duty.ends_at, ward),
    }
