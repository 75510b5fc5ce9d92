"""How the audit log is sorted for reading: kinds of entries, and within a kind the groups of actions."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    """What sort of thing somebody did. `SYSTEM` cuts across: whatever the software did by itself."""

    WRITES = "writes", lazy("Entries and changes")
    OPENINGS = "openings", lazy("Records opened and searched")
    SIGN_INS = "sign-ins", lazy("Signing in and out")
    EXPORTS = "exports", lazy("Exports and prints")
    SETTINGS = "settings", lazy("Settings, staff and rota")
    SYSTEM = "system", lazy("Done by the software itself")


class Group(TextChoices):
    """Actions on one sort of thing."""

    STAYS = "stays", lazy("Patients and stays")
    CHECKS = "checks", lazy("Strength checks")
    TREATMENT = "treatment", lazy("Treatment and references")
    ALERTS = "alerts", pgettext_lazy("audit", "Alerts")
    PATHWAY = "pathway", lazy("Operations, imaging, drains")
    MENDING = "mending", pgettext_lazy("audit", "Records put right")
    REGISTRY = "registry", pgettext_lazy("audit", "Registry")
    RECORDS = "records", pgettext_lazy("audit", "Records opened")
    SEARCHES = "searches", pgettext_lazy("audit", "Searches")
    BREAK_GLASS = "break-glass", pgettext_lazy("audit", "Break-glass")
    AUDIT = "audit", lazy("The audit log read")
    SESSIONS = "sessions", lazy("Sessions")
    IDENTITY = "identity", lazy("PINs and second factors")
    EXPORTS = "exports", pgettext_lazy("audit", "Exports")
    PRINTS = "prints", pgettext_lazy("audit", "Prints")
    ROTA = "rota", lazy("Rota and allocation")
    CALLING = "calling", lazy("Ladders, groups, contacts")
    WARDS = "wards", lazy("Wards, beds and displays")
    STAFF = "staff", lazy("Staff and roles")
    PROTOCOL = "protocol", pgettext_lazy("audit", "Protocol")
    SEALS = "seals", lazy("Seals of the audit log")
    HOUSE = "house", lazy("This installation")


GROUPS: dict[Kind, tuple[Group, ...]] = {
    Kind.WRITES: (
        Group.STAYS,
        Group.CHECKS,
        Group.TREATMENT,
        Group.ALERTS,
        Group.PATHWAY,
        Group.MENDING,
        Group.REGISTRY,
    ),
    Kind.OPENINGS: (Group.RECORDS, Group.SEARCHES, Group.BREAK_GLASS, Group.AUDIT),
    Kind.SIGN_INS: (Group.SESSIONS, Group.IDENTITY),
    Kind.EXPORTS: (Group.EXPORTS, Group.PRINTS),
    Kind.SETTINGS: (
        Group.ROTA,
        Group.CALLING,
        Group.WARDS,
        Group.STAFF,
        Group.PROTOCOL,
        Group.SEALS,
        Group.HOUSE,
    ),
}
"""The groups of each kind; `Kind.SYSTEM` has none of its own."""

KIND_OF: dict[Group, Kind] = {group: kind for kind, groups in GROUPS.items() for group in groups}
