"""The rights, and which role on a ward has which: the table that `access` goes by."""

from __future__ import annotations

from enum import StrEnum, auto

from wards.models import Post, Role


class May(StrEnum):
    """What somebody may do on a ward."""

    VIEW_BOARD = auto()
    VIEW_STAY = auto()
    VIEW_ALERTS = auto()
    VIEW_INBOX = auto()
    ADMIT = auto()
    MOVE = auto()
    DISCHARGE = auto()
    RECORD_OPERATION = auto()
    RECORD_CHECK = auto()
    RECORD_TREATMENT = auto()
    ACCEPT_REFERENCE = auto()
    ACKNOWLEDGE_ALERT = auto()
    CLOSE_ALERT_BELOW_CRITICAL = auto()
    CLOSE_CRITICAL_ALERT = auto()
    ADOPT_PROTOCOL = auto()
    ACCEPT_ALERT = auto()
    DECIDE_ALERT = auto()
    CONFIRM_PAUSE = auto()
    RECORD_MILESTONE = auto()
    RECORD_ABSENCE = auto()
    RECORD_IMAGING = auto()
    REPORT_IMAGING = auto()
    PLAN_THEATRE = auto()
    RECORD_EXPLORATION = auto()
    RECORD_DRAIN = auto()
    VIEW_ROTA = auto()
    EDIT_ROTA = auto()
    ALLOCATE = auto()
    EDIT_LADDER = auto()
    EDIT_WARD_CONTACTS = auto()
    EDIT_WARD_LIMITS = auto()
    MANAGE_DISPLAYS = auto()
    VIEW_AUDIT = auto()
    EXPORT_AUDIT = auto()
    REVIEW_BREAK_GLASS = auto()
    VIEW_RESPONSES = auto()
    VIEW_PROTOCOL = auto()
    MANAGE_STAFF = auto()
    MANAGE_WARD = auto()
    SEARCH_PATIENTS = auto()
    BREAK_GLASS = auto()
    MEND_RECORDS = auto()
    CONFIRM_MENDING = auto()
    VIEW_REGISTRY = auto()
    IMPORT_REGISTRY = auto()
    EXPORT_REGISTRY = auto()


WARD_TEAM = frozenset(Role) - {Role.REGISTRY_LEAD}  # whose work is with numbers: they see no patient
CLINICAL = frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.SURGEON})
SURGEONS = frozenset({Role.SURGEON})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
NURSES = frozenset({Role.NURSE, Role.CHARGE_NURSE})
WARD_LEADS = frozenset({Role.CHARGE_NURSE, Role.ADMINISTRATOR})
REGISTRARS = frozenset({Role.ADMINISTRATOR, Role.REGISTRY_LEAD})

RULES: dict[May, frozenset[Role]] = {
    May.VIEW_BOARD: WARD_TEAM,
    May.VIEW_STAY: WARD_TEAM,
    May.VIEW_ALERTS: CLINICAL,
    May.VIEW_INBOX: SURGEONS,
    May.ADMIT: CLINICAL,
    May.MOVE: CLINICAL,
    May.DISCHARGE: CLINICAL,
    May.RECORD_OPERATION: CLINICAL,
    May.RECORD_CHECK: CLINICAL,
    May.RECORD_TREATMENT: CLINICAL,
    May.ACCEPT_REFERENCE: SURGEONS,
    May.ACKNOWLEDGE_ALERT: CLINICAL,
    May.CLOSE_ALERT_BELOW_CRITICAL: CLINICAL,
    May.CLOSE_CRITICAL_ALERT: SURGEONS,
    May.ADOPT_PROTOCOL: ADMINISTRATORS,
    May.ACCEPT_ALERT: SURGEONS,
    May.DECIDE_ALERT: SURGEONS,
    May.CONFIRM_PAUSE: CLINICAL,
    May.RECORD_MILESTONE: CLINICAL,
    May.RECORD_ABSENCE: CLINICAL,
    May.RECORD_IMAGING: CLINICAL,
    May.REPORT_IMAGING: SURGEONS,
    May.PLAN_THEATRE: CLINICAL,
    May.RECORD_EXPLORATION: SURGEONS,
    May.RECORD_DRAIN: CLINICAL,
    May.VIEW_ROTA: WARD_TEAM,
    May.EDIT_ROTA: WARD_LEADS | SURGEONS,
    May.ALLOCATE: NURSES,
    May.EDIT_LADDER: WARD_LEADS,
    May.EDIT_WARD_CONTACTS: WARD_LEADS,
    May.EDIT_WARD_LIMITS: WARD_LEADS,
    May.MANAGE_DISPLAYS: WARD_LEADS,
    May.VIEW_AUDIT: ADMINISTRATORS,
    May.EXPORT_AUDIT: ADMINISTRATORS,
    May.REVIEW_BREAK_GLASS: WARD_LEADS,
    May.VIEW_RESPONSES: WARD_LEADS | SURGEONS,
    May.VIEW_PROTOCOL: WARD_TEAM,
    May.MANAGE_STAFF: ADMINISTRATORS,
    May.MANAGE_WARD: ADMINISTRATORS,
    May.SEARCH_PATIENTS: WARD_TEAM,
    May.BREAK_GLASS: CLINICAL,
    May.MEND_RECORDS: ADMINISTRATORS,
    May.CONFIRM_MENDING: WARD_LEADS | SURGEONS,
    May.VIEW_REGISTRY: REGISTRARS | SURGEONS,
    May.IMPORT_REGISTRY: REGISTRARS,
    May.EXPORT_REGISTRY: REGISTRARS,
}

POSTS: dict[Post, frozenset[Role]] = {
    Post.NURSE: NURSES,
    Post.CHARGE_NURSE: NURSES,  # at night one of the nurses is in charge
    Post.SURGEON_ON_CALL: SURGEONS,
    Post.SECOND_ON_CALL: SURGEONS,
}
"""The roles on a ward that somebody needs one of to hold a post there."""

LOOKING = frozenset({May.VIEW_STAY, May.VIEW_ALERTS})
ANSWERING = LOOKING | {May.VIEW_INBOX, May.ACCEPT_ALERT, May.CONFIRM_PAUSE}
"""A surgeon may have an alert from anywhere. A nurse who acknowledges one says that somebody is at the bed, and quiets
the ward's nurses: that is for them, and for whoever stands there (break-glass)."""

ON_A_STAY = ANSWERING | {
    May.ACKNOWLEDGE_ALERT,
    May.MOVE,
    May.DISCHARGE,
    May.RECORD_OPERATION,
    May.RECORD_CHECK,
    May.RECORD_TREATMENT,
    May.ACCEPT_REFERENCE,
    May.CLOSE_ALERT_BELOW_CRITICAL,
    May.CLOSE_CRITICAL_ALERT,
    May.DECIDE_ALERT,
    May.RECORD_MILESTONE,
    May.RECORD_ABSENCE,
    May.RECORD_IMAGING,
    May.REPORT_IMAGING,
    May.PLAN_THEATRE,
    May.RECORD_EXPLORATION,
    May.RECORD_DRAIN,
}
"""What can be done about one patient. All else is a ward's, and no reason (`reasons`) lends it."""
