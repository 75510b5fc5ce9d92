"""One patient's whole story, and one user's day: entries in the order of time, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q

from monitoring.audit.models import AuditEntry
from monitoring.desks.admin.audit_filter import AuditFilter, Spot
from monitoring.desks.admin.audit_kinds import KIND_OF, Kind
from monitoring.desks.admin.audit_queries import OLDEST, Page, beyond, page_of, read_page
from monitoring.desks.admin.audit_reach import Reach
from monitoring.desks.admin.audit_words import actions_of, group_of
from monitoring.desks.admin.branches import first_of
from wards.models import Patient, Staff, Stay

A_DAYS_PAGE = 200
READERS = 40


@dataclass(frozen=True, slots=True)
class Reader:
    """What one person (None: the software) had to do with a patient: how often, from when until when."""

    staff_id: int | None
    opened: int
    others: int
    first: datetime
    last: datetime


def story_of(patient: Patient, reach: Reach, after: Spot | None) -> Page:
    """From the first entry on. Two queries."""
    return page_of(AuditFilter(patient_id=patient.pk), reach, after=after, oldest=True)


def readers_of(patient: Patient, reach: Reach) -> list[Reader]:
    """Everybody in the patient's entries, whoever came last first. One query."""
    opened = Q(action__in=actions_of(Kind.OPENINGS))
    entries = AuditEntry.objects.filter(reach.entries, patient=patient).values("actor").order_by()
    counted = entries.annotate(
        opened=Count("pk", filter=opened), others=Count("pk", filter=~opened), first=Min("at"), last=Max("at")
    )
    return [
        Reader(row["actor"], row["opened"], row["others"], row["first"], row["last"])
        for row in counted.order_by("-last")[:READERS]
    ]


def stays_of(patient: Patient, reach: Reach) -> list[Stay]:
    """The patient's stays on these wards, the first one first. One query."""
    stays = Stay.objects.filter(patient=patient, ward__in=reach.ward_ids)
    return list(stays.select_related("ward", "bed").order_by("admitted_at"))


@dataclass(frozen=True, slots=True)
class Day:
    """A day on a ward's clock, from its first instant until just before the next day's."""

    date: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.date, time.min, tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.date + timedelta(days=1), time.min, tzinfo=self.zone)


def day_of(person: Staff, day: Day, reach: Reach, after: Spot | None) -> Page:
    """What somebody did that day, and what was done to their account. Two queries."""
    that_day = AuditEntry.objects.filter(reach.entries, beyond(after, oldest=True), at__gte=day.begins, at__lt=day.ends)
    about = Q(subject_type=Staff._meta.label_lower, subject_id=str(person.pk))
    others = that_day.filter(about).filter(Q(actor=None) | ~Q(actor=person))
    ids = first_of([that_day.filter(actor=person), others], OLDEST, A_DAYS_PAGE + 1)
    return read_page(ids, OLDEST, A_DAYS_PAGE)


@dataclass(frozen=True)
class DaySum:
    """What somebody's day comes to; `rows` are their entries counted by action, patient, address and device."""

    rows: Sequence[Mapping[str, Any]]

    @property
    def entries(self) -> int:
        return sum(row["n"] for row in self.rows)

    @property
    def first(self) -> datetime | None:
        return min((row["first"] for row in self.rows), default=None)

    @property
    def last(self) -> datetime | None:
        return max((row["last"] for row in self.rows), default=None)

    @cached_property
    def kinds(self) -> list[tuple[str, int]]:
        """How many entries of each kind, in the order of `Kind`."""
        counted: Counter[Kind] = Counter()
        for row in self.rows:
            if (group := group_of(row["action"])) is not None:
                counted[KIND_OF[group]] += row["n"]
        return [(str(kind.label), counted[kind]) for kind in Kind if counted[kind]]

    @property
    def patients(self) -> int:
        return len({row["patient"] for row in self.rows} - {None})

    @property
    def places(self) -> list[tuple[str, str, int]]:
        """From which addresses and devices, and how often; the most frequent first."""
        counted: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            counted[row["address"] or "", row["device"]] += row["n"]
        return [(address, device, n) for (address, device), n in counted.most_common() if address or device]


def sum_of(person: Staff, day: Day, reach: Reach) -> DaySum:
    """One query."""
    own = AuditEntry.objects.filter(reach.entries, actor=person, at__gte=day.begins, at__lt=day.ends)
    by = own.values("action", "patient", "address", "device").order_by()
    return DaySum(list(by.annotate(n=Count("pk"), first=Min("at"), last=Max("at"))))
