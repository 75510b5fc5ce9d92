"""Entries of the audit log as people read them: who did what, about whom, when, from where, why. No queries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from monitoring.audit.context import BY_THE_CLOCK
from monitoring.audit.models import AuditEntry, RowChange
from monitoring.desks.admin.agents import agent_words
from monitoring.desks.admin.audit_kinds import Kind
from monitoring.desks.admin.audit_queries import CHANGES_SHOWN
from monitoring.desks.admin.audit_words import action_words, actions_of
from monitoring.desks.admin.change_words import EMPTY, Changed, Known, changed, instant_words
from monitoring.desks.common.stored_words import WORDS
from wards.models import Role, Staff, Ward
from wards.times import zone_of

ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*[+Z]")
SHORT = 8  # characters of a name made by a machine: enough to tell two apart


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `clock` is the ward on whose clock its time is told; `told_above`: its rows stand with another entry.

    `about` is the member of staff that something was done to, where that is not whoever did it.
    """

    entry: AuditEntry
    who: Staff | None
    about: Staff | None
    ward: Ward | None
    clock: Ward
    changes: Sequence[Changed]
    more_changes: bool
    told_above: bool

    @property
    def who_words(self) -> str:
        """Whoever did it. Who failed to sign in may be anybody."""
        if self.who is not None:
            return str(self.who)
        return _("Somebody") if self.entry.action in actions_of(Kind.SIGN_INS) else _("The software")

    @property
    def role_words(self) -> str:
        role = self.entry.acting_role
        return str(Role(role).label) if role in Role else role

    @property
    def what(self) -> str:
        return action_words(self.entry.action)

    @property
    def swept(self) -> str:
        """The sweep that found it past due, of what no request asked for; empty of all else."""
        cause = self.entry.cause
        return cause.removeprefix(BY_THE_CLOCK) if cause.startswith(BY_THE_CLOCK) else ""

    @property
    def day(self) -> date:
        """The ward's date at that time."""
        return self.entry.at.astimezone(zone_of(self.clock)).date()

    @property
    def time(self) -> str:
        """To the second, on the ward's clock."""
        return f"{self.entry.at.astimezone(zone_of(self.clock)):%H:%M:%S}"

    @property
    def device(self) -> str:
        return self.entry.device[:SHORT]

    @property
    def session(self) -> str:
        return self.entry.session[:SHORT]

    @property
    def agent(self) -> str:
        return agent_words(self.entry.agent)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What else was written down: names and values as they are kept."""
        zone = zone_of(self.clock)
        kept = [(name, value) for name, value in self.entry.data.items() if value not in EMPTY]
        return [(name.replace("_", " "), _plain(value, zone)) for name, value in kept]


def lines(
    entries: Iterable[AuditEntry], changes: Mapping[int, Sequence[RowChange]], known: Known, clock: Ward
) -> list[Line]:
    """In the order given. The rows of a transaction stand with the first of its entries."""
    return list(_lines(entries, changes, known, clock))


def _lines(
    entries: Iterable[AuditEntry], changes: Mapping[int, Sequence[RowChange]], known: Known, clock: Ward
) -> Iterator[Line]:
    told: set[int] = set()
    for entry in entries:
        rows = changes.get(entry.xact, ())
        above = bool(rows) and entry.xact in told
        told.add(entry.xact)
        ward = None if entry.ward_id is None else known.wards.get(entry.ward_id)
        yield Line(
            entry=entry,
            who=None if entry.actor_id is None else known.people.get(entry.actor_id),
            about=_about(entry, known),
            ward=ward,
            clock=ward or clock,
            changes=[] if above else [changed(row, known) for row in rows[:CHANGES_SHOWN]],
            more_changes=not above and len(rows) > CHANGES_SHOWN,
            told_above=above,
        )


def _about(entry: AuditEntry, known: Known) -> Staff | None:
    subject = staff_subject(entry)
    return None if subject is None or subject == entry.actor_id else known.people.get(subject)


def staff_subject(entry: AuditEntry) -> int | None:
    """The id of the member of staff that an entry is about."""
    is_staff = entry.subject_type == Staff._meta.label_lower and entry.subject_id.isdecimal()
    return int(entry.subject_id) if is_staff else None


def _plain(value: object, zone: ZoneInfo) -> str:
    """What was kept beside an entry: codes in words, a time on the ward's clock, a list as one, all else as it is."""
    if isinstance(value, str) and value in WORDS:
        return str(WORDS[value])
    if isinstance(value, str):
        at = parse_datetime(value) if ISO_INSTANT.match(value) else None
        return value if at is None else instant_words(at, zone)
    if isinstance(value, list):
        return ", ".join(_plain(one, zone) for one in value)
    return json.dumps(value, ensure_ascii=False)
