"""What every signed-in page knows: the database's time, whether alerting is alive, where one may go."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from monitoring.desks.common.calls import unread_calls
from monitoring.desks.common.visit import visit_of
from monitoring.watchdog.queries import look
from monitoring.watchdog.verdict import Look, judge_work
from wards import access
from wards.models import Role, Staff, Ward

MANY_WARDS = 3  # more than these are chosen from a list


UNCHECKED = 15  # seconds without a tick, which comes every 2 s, until the page says that nobody watches (as live.js)


class Link(NamedTuple):
    label: str
    url: str
    current: bool


class Alive(NamedTuple):
    """The line of monitor health as the page is first shown; live.js says the same words from then on."""

    ok: bool
    words: str
    seconds: int | None
    phone: str
    zone: str


def nonce(request: HttpRequest) -> dict[str, str]:
    """Context processor: what the tags of this answer's scripts bear, so that the browser runs them and no others."""
    return {"csp_nonce": str(getattr(request, "csp_nonce", ""))}


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Pages for nobody in particular (sign-in) get nothing, a refreshed fragment the time alone."""
    staff = getattr(request, "user", None)
    if not isinstance(staff, Staff) or not staff.is_active:
        return {}
    if request.headers.get("HX-Request"):
        return {"now": visit_of(request).at}
    visit = visit_of(request)
    found = look()
    return {
        "now": found.at,
        "alive": alive(found, visit.wards),
        "calls": unread_calls(staff),
        "glass": visit.opened,
        "glass_to_review": visit.to_review,
        "to_mend": visit.to_mend,
        "zone_ward": next(iter(visit.wards), None),
        "nav": navigation(visit.roles, visit.wards, request.path),
        "finds_patients": not visit.roles.isdisjoint(access.RULES[access.May.SEARCH_PATIENTS]),
        "sees_responses": not visit.roles.isdisjoint(access.RULES[access.May.VIEW_RESPONSES]),
    }


def alive(found: Look, wards: list[Ward]) -> Alive:
    """Whether alerting works, in words. The time is told in the zone of the person's first ward."""
    silence = found.silence("tick")
    seconds = None if silence is None else round(silence)
    phone = next((ward.phone for ward in wards if ward.phone), "")
    zone = wards[0].time_zone if wards else "UTC"
    fault = _fault(found, seconds)
    words = _("%(fault)s. PHONE THE SURGEON for every concern.") % {"fault": fault} if fault else _("Alerting checked")
    return Alive(not fault, words, seconds, phone, zone)


def _fault(found: Look, seconds: int | None) -> str:
    """What keeps alerts from coming, in capitals; empty where they do come."""
    if seconds is None:
        return _("ALERTING DOES NOT ANSWER")
    return _("ALERTING HAS STOPPED") if seconds > UNCHECKED else judge_work(found).line


def navigation(roles: Set[Role], wards: list[Ward], path: str) -> list[Link]:
    """The desks that fit the person's roles, in the order of use."""
    places = [] if roles.isdisjoint(access.RULES[access.May.VIEW_INBOX]) else [(_("Inbox"), reverse("inbox"))]
    if roles.isdisjoint(access.RULES[access.May.VIEW_BOARD]):
        pass
    elif len(wards) == 1:
        places.append((_("Board"), reverse("board", args=[wards[0].code])))
    elif len(wards) <= MANY_WARDS and roles != access.ADMINISTRATORS:
        places += [(_("Board %(ward)s") % {"ward": ward.code}, reverse("board", args=[ward.code])) for ward in wards]
    else:
        places.append((_("Wards"), reverse("wards")))
    if not roles.isdisjoint(access.RULES[access.May.VIEW_ALERTS]):
        places.append((_("Alerts"), reverse("alerts")))
    if not roles.isdisjoint(access.RULES[access.May.SEARCH_PATIENTS]):
        places.append((_("Find"), reverse("patients")))
    if not roles.isdisjoint(access.RULES[access.May.VIEW_ROTA]):
        code = wards[0].code if len(wards) == 1 else None
        places.append((_("Rota"), reverse("rota-ward", args=[code]) if code else reverse("rota")))
    if not roles.isdisjoint(access.RULES[access.May.VIEW_AUDIT]):
        places.append((_("Audit"), reverse("audit")))
    if not roles.isdisjoint(access.RULES[access.May.VIEW_REGISTRY]):
        places.append((_("Registry"), reverse("registry")))
    return [Link(label, url, path == url) for label, url in places]
