"""Why something is not for somebody, in words: which roles may do what. They name no person, patient or place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from wards.models import Role
from wards.rights import ADMINISTRATORS, CLINICAL, NURSES, REGISTRARS, RULES, SURGEONS, WARD_LEADS, WARD_TEAM, May

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

WHO: dict[frozenset[Role], StrPromise] = {
    WARD_TEAM: lazy("somebody who works on a ward"),
    CLINICAL: lazy("a nurse or a surgeon"),
    NURSES: lazy("a nurse"),
    SURGEONS: lazy("a surgeon"),
    ADMINISTRATORS: lazy("an administrator"),
    WARD_LEADS: lazy("a charge nurse or an administrator"),
    WARD_LEADS | SURGEONS: lazy("a charge nurse, a surgeon or an administrator"),
    REGISTRARS: lazy("the registry’s lead or an administrator"),
    REGISTRARS | SURGEONS: lazy("a surgeon, the registry’s lead or an administrator"),
}
WHAT: dict[May, StrPromise] = {
    May.VIEW_BOARD: lazy("see the board"),
    May.VIEW_STAY: lazy("see a patient’s page"),
    May.VIEW_ALERTS: lazy("see alerts"),
    May.VIEW_INBOX: lazy("see the surgeons’ inbox"),
    May.ADMIT: lazy("admit a patient"),
    May.MOVE: lazy("move a patient"),
    May.DISCHARGE: lazy("discharge a patient"),
    May.RECORD_OPERATION: lazy("record an operation"),
    May.RECORD_CHECK: lazy("record a strength check"),
    May.RECORD_TREATMENT: lazy("record a treatment"),
    May.ACCEPT_REFERENCE: lazy("accept a reference"),
    May.ACKNOWLEDGE_ALERT: lazy("acknowledge an alert"),
    May.CLOSE_ALERT_BELOW_CRITICAL: lazy("close an alert"),
    May.CLOSE_CRITICAL_ALERT: lazy("close a critical alert"),
    May.ADOPT_PROTOCOL: lazy("bring a protocol in force"),
    May.ACCEPT_ALERT: lazy("accept an alert"),
    May.DECIDE_ALERT: lazy("decide what follows an alert"),
    May.CONFIRM_PAUSE: lazy("confirm that calls may pause"),
    May.RECORD_MILESTONE: lazy("record a step of an alert"),
    May.RECORD_ABSENCE: lazy("record that a patient is away"),
    May.RECORD_IMAGING: lazy("request imaging"),
    May.REPORT_IMAGING: lazy("report imaging"),
    May.PLAN_THEATRE: lazy("plan an operation"),
    May.RECORD_EXPLORATION: lazy("record what an operation found"),
    May.RECORD_DRAIN: lazy("record a drain"),
    May.VIEW_ROTA: lazy("see the rota"),
    May.EDIT_ROTA: lazy("change the rota"),
    May.ALLOCATE: lazy("allocate patients"),
    May.EDIT_LADDER: lazy("change who is called"),
    May.EDIT_WARD_CONTACTS: lazy("change how the ward is reached"),
    May.EDIT_WARD_LIMITS: lazy("change the ward’s limits"),
    May.MANAGE_DISPLAYS: lazy("set up a display"),
    May.VIEW_AUDIT: lazy("read the audit log"),
    May.EXPORT_AUDIT: lazy("export the audit log"),
    May.REVIEW_BREAK_GLASS: lazy("review records opened by break-glass"),
    May.VIEW_RESPONSES: lazy("see response times"),
    May.VIEW_PROTOCOL: lazy("see the protocol"),
    May.MANAGE_STAFF: lazy("look after people and their roles"),
    May.MANAGE_WARD: lazy("set up the ward"),
    May.SEARCH_PATIENTS: lazy("search for patients"),
    May.BREAK_GLASS: lazy("open a record by break-glass"),
    May.MEND_RECORDS: lazy("ask for a record to be mended"),
    May.CONFIRM_MENDING: lazy("confirm the mending of a record"),
    May.VIEW_REGISTRY: lazy("see the registry"),
    May.IMPORT_REGISTRY: lazy("bring past operations into the registry"),
    May.EXPORT_REGISTRY: lazy("export the registry"),
}


def refused_there(what: May) -> str:
    """Who may do this on a ward, or about a patient there."""
    return _("Only %(who)s of this ward may %(what)s.") % _named(what)


def refused_anywhere(what: May) -> str:
    """Who may do what is done on no ward."""
    return _("Only %(who)s may %(what)s.") % _named(what)


def _named(what: May) -> dict[str, str]:
    return {"who": str(WHO[RULES[what]]), "what": str(WHAT[what])}
