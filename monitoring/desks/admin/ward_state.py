"""How a ward is set up, part by part, each with what is wrong with it: for the one page that leads to all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.desks.common.reach import ways
from monitoring.escalation.contacts import contacts_of_ward
from monitoring.escalation.ladder import Key, Rung
from monitoring.escalation.models import Contact, LadderVersion
from monitoring.escalation.people import PHONES, POSTS
from monitoring.escalation.phrases import listed
from monitoring.escalation.queries import ladders_of
from wards.models import Bed, Duty, Group, Membership, Role, Stay, Ward
from wards.queries import protocol_version_of
from wards.rota_queries import group_members, on_duty_by_post


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a ward's set-up. `state` says how it stands; `wrong` what is to be mended; `more` other addresses."""

    title: str
    url: str
    state: str
    wrong: Sequence[str] = ()
    more: Sequence[tuple[str, str]] = ()


def parts_of(ward: Ward, at: datetime) -> list[Part]:
    """All of them, in the order in which a new ward is set up."""
    return [
        _people(ward),
        _beds(ward),
        _rota(ward, at),
        _ladders(ward, at),
        _groups(ward),
        _numbers(ward),
        _limits(ward),
        _displays(ward),
        _protocol(ward),
    ]


def _people(ward: Ward) -> Part:
    held = Membership.objects.filter(ward=ward, staff__is_active=True, staff__gt=0)
    roles = Counter(held.values_list("role", flat=True))
    said = [f"{roles[role]} × {role.label}" for role in Role if roles[role]]
    missing = [role.label for role in (Role.NURSE, Role.SURGEON) if not roles[role]]
    wrong = [_("Nobody here is %(role)s.") % {"role": role} for role in missing]
    if roles[Role.ADMINISTRATOR] == 1:
        wrong.append(_("There is one administrator: nobody can do this in their place."))
    query = f"{reverse('staff')}?ward={ward.code}"
    more = [
        (_("Add a person"), reverse("staff-new")),
        (_("Give a role to somebody of another ward"), reverse("ward-colleague", args=[ward.code])),
    ]
    return Part(_("People and roles"), query, ", ".join(said), wrong, more)


def _beds(ward: Ward) -> Part:
    beds = Bed.objects.filter(ward=ward)
    counts = beds.aggregate(
        used=Count("pk", filter=Q(closed_at=None)), out=Count("pk", filter=Q(closed_at__isnull=False))
    )
    taken = Stay.objects.filter(ward=ward, discharged_at=None).count()
    state = _("%(used)d in use, %(taken)d of them taken") % {"used": counts["used"], "taken": taken}
    if counts["out"]:
        state = _("%(state)s; %(out)d out of use") % {"state": state, "out": counts["out"]}
    wrong = [] if counts["used"] else [_("No bed yet: nobody can be admitted.")]
    return Part(_("Beds"), reverse("beds", args=[ward.code]), state, wrong)


def _rota(ward: Ward, at: datetime) -> Part:
    there = on_duty_by_post(ward.pk, at)
    now = [f"{post.label}: {', '.join(map(str, people))}" for post, people in there.items() if people]
    last = Duty.objects.filter(ward=ward, cancelled_at=None, ends_at__gt=at).order_by("-ends_at").first()
    wrong = [] if last else [_("Nobody is on the rota.")]
    more = [(_("Who is called now"), reverse("rota-who", args=[ward.code]))]
    state = "; ".join(now) or _("Nobody is on duty at this moment")
    return Part(_("Rota"), reverse("rota-ward", args=[ward.code]), state, wrong, more)


def _ladders(ward: Ward, at: datetime) -> Part:
    own = LadderVersion.objects.filter(ward=ward).values_list("key", flat=True).distinct().count()
    state = _("all as delivered: nobody has changed them")
    if own:
        words = ngettext("%(count)d ladder of the ward’s own", "%(count)d ladders of the ward’s own", own)
        state = words % {"count": own}
    empty = empty_rungs(ward, at)
    wrong = []
    if empty:
        words = ngettext(
            "%(count)d rung would call nobody at this moment.",
            "%(count)d rungs would call nobody at this moment.",
            empty,
        )
        wrong = [words % {"count": empty}]
    return Part(_("Ladders"), reverse("ladders", args=[ward.code]), state, wrong)


def empty_rungs(ward: Ward, at: datetime) -> int:
    """How many rungs of the ward's ladders name only posts, numbers and groups with nobody behind them now.

    One that names a patient's own nurse or surgeon is left out: it depends on the patient.
    """
    there = on_duty_by_post(ward.pk, at)
    numbers = set(contacts_of_ward(ward).values_list("purpose", flat=True))

    def is_empty(rung: Rung) -> bool:
        if any(whom not in POSTS and whom not in PHONES for whom in rung.whom):
            return False
        called = any(there[POSTS[whom]] for whom in rung.whom if whom in POSTS)
        called = called or any(PHONES[whom] in numbers for whom in rung.whom if whom in PHONES)
        return not (called or group_members(ward.pk, rung.groups))

    ladders = ladders_of(ward.pk)
    return sum(is_empty(rung) for key in Key for rung in ladders[key])


def _groups(ward: Ward) -> Part:
    groups = list(Group.objects.filter(ward=ward).order_by("name"))
    wrong = [
        _("Nobody in the group “%(name)s” can be called any more.") % {"name": group.name}
        for group in groups
        if not group_members(ward.pk, [str(group.public_id)])
    ]
    state = listed([f"“{group.name}”" for group in groups]) if groups else _("none")
    return Part(_("Groups"), reverse("groups", args=[ward.code]), state, wrong)


def _numbers(ward: Ward) -> Part:
    working = {way.contact.purpose for way in ways(contacts_of_ward(ward)) if way.works}
    wrong = [
        _("No working contact: %(whose)s.") % {"whose": each.label} for each in Contact.Purpose if each not in working
    ]
    if not ward.surgeon_phone:
        wrong.append(_("No number that always finds a surgeon."))
    dialled = [number for number in (ward.phone, ward.surgeon_phone) if number]
    state = _("dialled: %(numbers)s") % {"numbers": ", ".join(dialled)} if dialled else _("no number to dial")
    more = [(_("Numbers that people dial"), reverse("ward-numbers", args=[ward.code]))]
    return Part(_("The ward’s own contacts"), reverse("ward-contacts", args=[ward.code]), state, wrong, more)


def _limits(ward: Ward) -> Part:
    state = _("screens lock after %(minutes)d min; drains under %(ml)d ml a day on %(days)d days") % {
        "minutes": ward.locks_after,
        "ml": ward.drain_limit_ml,
        "days": ward.drain_days,
    }
    return Part(_("Limits"), reverse("ward-limits", args=[ward.code]), state)


def _displays(ward: Ward) -> Part:
    running = list(ward.displays.filter(ended_at=None).values_list("name", flat=True))
    names = _("without patients’ names") if ward.hides_names else _("with patients’ names")
    state = f"{listed([f'“{name}”' for name in running])}, {names}" if running else _("none")
    return Part(_("Displays on the wall"), reverse("displays", args=[ward.code]), state)


def _protocol(ward: Ward) -> Part:
    label, _settings = protocol_version_of(ward)
    state = _("the local default") if label == "default" else _("version %(label)s") % {"label": label}
    return Part(_("Protocol"), reverse("protocol"), state)
