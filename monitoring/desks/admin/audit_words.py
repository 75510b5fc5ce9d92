"""What each action of the audit log is called, in words that follow whoever did it: "recorded a strength check".

A test holds that every action that the code can record has words here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.alerts.models import AlertEvent
from monitoring.desks.admin.audit_kinds import GROUPS, Group, Kind
from monitoring.desks.admin.audit_words_settings import SETTINGS_WORDS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SIGNED: dict[str, tuple[Group, StrPromise]] = {
    "check": (Group.CHECKS, lazy("a strength check")),
    "attempt": (Group.CHECKS, lazy("that a check could not be done")),
    "treatment": (Group.TREATMENT, lazy("treatment")),
    "acceptance": (Group.TREATMENT, lazy("an accepted reference")),
    "operation": (Group.PATHWAY, lazy("an operation")),
    "imaging": (Group.PATHWAY, lazy("imaging")),
    "theatreplan": (Group.PATHWAY, lazy("a theatre plan")),
    "exploration": (Group.PATHWAY, lazy("the findings of a re-operation")),
    "drainentry": (Group.PATHWAY, lazy("a line about a drain")),
}
"""What is signed (`wards.models.ClinicalEntry`), by the model's name."""

VERBS: dict[str, StrPromise] = {
    "recorded": lazy("recorded %(what)s"),
    "corrected": lazy("corrected %(what)s"),
    "retracted": lazy("retracted %(what)s"),
}

Kinds = AlertEvent.Kind
ALERT_WORDS: dict[Kinds, StrPromise] = {
    Kinds.OPENED: lazy("opened an alert"),
    Kinds.ROSE: lazy("raised an alert"),
    Kinds.FELL: lazy("noted on an alert that it is better"),
    Kinds.SUPERSEDED: lazy("marked on an alert what a correction has removed"),
    Kinds.ACKNOWLEDGED: lazy("acknowledged an alert"),
    Kinds.ACCEPTED: lazy("accepted an alert as surgeon"),
    Kinds.MILESTONE: lazy("noted on an alert what was done"),
    Kinds.REPORTED: lazy("noted who was told of an alert by phone"),
    Kinds.DECIDED: lazy("decided about an alert"),
    Kinds.HAND_OVER_OFFERED: lazy("offered an alert to a colleague"),
    Kinds.HAND_OVER_DECLINED: lazy("declined to take an alert over"),
    Kinds.HANDED_OVER: lazy("took an alert over"),
    Kinds.PAUSED: lazy("paused surgical paging"),
    Kinds.PAUSE_CONFIRMED: lazy("confirmed the pause of surgical paging"),
    Kinds.RESUMED: lazy("resumed surgical paging"),
    Kinds.CALLED: lazy("called people to an alert"),
    Kinds.NOBODY: lazy("found nobody to call to an alert"),
    Kinds.RETARGETED: lazy("called to an alert whoever is there now"),
    Kinds.LAPSED: lazy("noted that a limit passed on an alert"),
    Kinds.CLOSED: lazy("closed an alert"),
    Kinds.REOPENED: lazy("re-opened an alert"),
    Kinds.MENDED: lazy("noted on an alert that records were put right"),
}

CLINICAL_WORDS: dict[Group, dict[str, StrPromise]] = {
    Group.STAYS: {
        "patient.registered": lazy("registered the patient"),
        "stay.admitted": lazy("admitted the patient"),
        "stay.moved": lazy("moved the patient"),
        "stay.discharged": lazy("discharged the patient"),
        "absence.begun": lazy("noted that the patient left the ward"),
        "absence.ended": lazy("noted that the patient came back"),
    },
    Group.CHECKS: {
        "check.sent_later": lazy("sent a strength check that was made without a network"),
        "held.received": lazy("sent a check from a device that could not be filed at once"),
        "held.filed": lazy("filed a check that was held"),
        "held.dropped": lazy("decided not to file a held check"),
    },
    Group.MENDING: {
        "mending.proposed": lazy("proposed to put mixed-up records right"),
        "mending.carried_out": lazy("put mixed-up records right, as a second person"),
        "mending.withdrawn": lazy("withdrew a proposal to put records right"),
        "mending.refused": lazy("refused to change records as proposed"),
        "check.moved": lazy("moved a strength check here from another record"),
    },
    Group.REGISTRY: {
        "registry.imported": lazy("brought past operations into the registry"),
        "registry.taken_back": lazy("took an import of past operations back"),
    },
    Group.RECORDS: {
        "record.opened": lazy("opened the patient’s record"),
        "board.opened": lazy("opened the board"),
        "display.opened": lazy("showed the board on the wall"),
        "alerts.opened": lazy("opened the list of alerts"),
        "inbox.opened": lazy("opened the inbox"),
        "allocation.opened": lazy("opened the allocation"),
        "who_is_called.opened": lazy("asked who would be called"),
        "held.opened": lazy("opened the list of held checks"),
        "rota.opened": lazy("opened the rota"),
        "mending.opened": lazy("opened the list of records to be put right"),
        "kit.taken": lazy("took the ward’s patients onto a device, to work without a network"),
    },
    Group.SEARCHES: {
        "patients.searched": lazy("searched for a patient"),
        "mending.nobody_found": lazy("looked up a record number to put records right, and found nobody"),
    },
    Group.BREAK_GLASS: {
        "glass.broken": lazy("OPENED a record from outside the ward"),
        "glass.ended": lazy("closed a record opened from outside the ward"),
        "glass.reviewed": lazy("reviewed an opening from outside the ward"),
        "break_glass.read": lazy("read which records were opened from outside the ward"),
    },
    Group.PRINTS: {
        "sheet.printed": lazy("opened the hand-over sheet, for printing"),
        "downtime_pack.written": lazy("wrote the downtime pack, to print when nothing answers"),
    },
    Group.AUDIT: {
        "audit.read": lazy("read the audit log"),
        "audit.patient_read": lazy("read a patient’s whole story in the audit log"),
        "audit.staff_read": lazy("read somebody’s day in the audit log"),
        "audit.patient_found": lazy("looked up a record number in the audit log"),
        "audit.patient_not_found": lazy("looked up a record number in the audit log, and found nobody"),
        "responses.read": lazy("read the response times"),
        "registry.read": lazy("looked at the registry"),
    },
    Group.EXPORTS: {
        "audit.exported": lazy("exported the audit log"),
        "registry.exported": lazy("took numbers of the registry out of the hospital"),
    },
    Group.SESSIONS: {
        "sign_in.succeeded": lazy("signed in"),
        "sign_in.failed": lazy("failed to sign in"),
        "sign_out.succeeded": lazy("signed out"),
        "sign_in.refused": lazy("was refused by the hospital’s sign-in"),
        "sign_in.locked_out": lazy("was kept from signing in after too many wrong answers"),
        "session.ended": lazy("ended a session"),
        "account.linked": lazy("linked an account to the hospital’s sign-in"),
    },
    Group.IDENTITY: {
        "second_factor.refused": lazy("gave a wrong second factor"),
        "enrolment_code.made": lazy("made a code for a second factor"),
        "enrolment_code.used": lazy("used a code for a second factor"),
        "factor.added": lazy("added a second factor"),
        "factor.removed": lazy("removed a second factor"),
        "factors.reset": lazy("removed all second factors"),
        "recovery_codes.made": lazy("made new recovery codes"),
        "recovery_code.used": lazy("signed in with a recovery code"),
        "password.link_made": lazy("made a link for a new password"),
        "password.set": lazy("set a password"),
        "identity.confirmed": lazy("confirmed who they are"),
        "identity.refused": lazy("refused an answer to who somebody is"),
        "pin.set": lazy("set a PIN"),
    },
}


@cache
def _all() -> Mapping[str, tuple[Group, StrPromise]]:
    """Group and words of every action but those that are signed, by its code."""
    told = {Group.ALERTS: {f"alert.{kind}": words for kind, words in ALERT_WORDS.items()}}
    return {
        code: (group, words)
        for table in (CLINICAL_WORDS, SETTINGS_WORDS, told)
        for group, by_code in table.items()
        for code, words in by_code.items()
    }


def action_words(action: str) -> str:
    """What was done, after the name of whoever did it. An action that nobody gave words says its code."""
    subject, _dot, verb = action.partition(".")
    if subject in SIGNED and verb in VERBS:
        return str(VERBS[verb]) % {"what": SIGNED[subject][1]}
    if action in _all():
        return str(_all()[action][1])
    return _("did “%(action)s”") % {"action": action}


def has_words(action: str) -> bool:
    """Whether somebody gave this action words."""
    subject, _dot, verb = action.partition(".")
    return (subject in SIGNED and verb in VERBS) or action in _all()


def actions_in(group: Group) -> list[str]:
    """The codes of a group's actions."""
    signed = [f"{subject}.{verb}" for subject, (of, _words) in SIGNED.items() if of == group for verb in VERBS]
    return [*signed, *(code for code, (of, _words) in _all().items() if of == group)]


def actions_of(kind: Kind) -> list[str]:
    """The codes of a kind's actions; none for what the software does, which is told by who did it."""
    return [action for group in GROUPS.get(kind, ()) for action in actions_in(group)]


def group_of(action: str) -> Group | None:
    """The group that an action is in; None for one without words."""
    subject, _dot, verb = action.partition(".")
    if subject in SIGNED and verb in VERBS:
        return SIGNED[subject][0]
    return _all()[action][0] if action in _all() else None
