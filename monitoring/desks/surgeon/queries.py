"""Reads of the surgeon's desk: the alerts of the inbox, each with its evidence beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from monitoring.alerts.models import Alert, HandOver
from monitoring.alerts.queries import gravest_first, inbox, with_patients
from monitoring.desks.common.case import Case, cases
from monitoring.desks.common.visit import Visit
from monitoring.desks.surgeon.inbox_filter import IN_TURN, Counts, InboxFilter, Which, Whose
from monitoring.escalation.models import Delivery
from wards.access import May
from wards.models import Staff

A_PAGE: Final = 25  # of closed ones; what is open is shown whole

WHICH: Final = {Which.OPEN: Q(closed_at__isnull=True), Which.CLOSED: Q(closed_at__isnull=False)}


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the inbox shows. `older`: where the closed ones before these are."""

    cases: Sequence[Case]
    counts: Counts
    older: InboxFilter | None


def inbox_of(visit: Visit, asked: InboxFilter) -> Inbox:
    """Four statements, however many alerts there are and however long their histories."""
    reachable = inbox(visit.staff, visit.rights[May.VIEW_INBOX])
    shown = reachable.filter(whose_is(asked.whose, visit.staff), WHICH[asked.which])
    older = None
    if asked.which is Which.CLOSED:
        found = list(with_patients(_latest(shown, reachable, asked.after))[: A_PAGE + 1])
        older = InboxFilter(asked.whose, asked.which, found[A_PAGE - 1].public_id) if len(found) > A_PAGE else None
    else:
        found = list(with_patients(gravest_first(shown)))
    return Inbox(cases(found[:A_PAGE] if older else found, visit), counts_of(reachable, visit.staff), older)


def whose_is(whose: Whose, staff: Staff) -> Q:
    """Mine is what I have, what I am offered, what I was called for, and what is my own patient's."""
    if whose is Whose.WARDS:
        return Q()
    offered = HandOver.objects.filter(
        alert=OuterRef("pk"), offered_to=staff, accepted_at__isnull=True, declined_at__isnull=True
    )
    called = Delivery.objects.filter(alert=OuterRef("pk"), person=staff, purpose=Delivery.Purpose.CALL)
    own = Q(accepted_by=staff) | Q(stay__responsible_surgeon=staff)
    return own | Q(Exists(offered)) | Q(Exists(called))


def counts_of(reachable: QuerySet[Alert], staff: Staff) -> Counts:
    """How many there are behind each of the four filters, in one statement."""
    names = {f"{whose}_{which}": (whose, which) for whose, which in IN_TURN}
    counted = reachable.aggregate(
        **{name: Count("pk", filter=whose_is(whose, staff) & WHICH[which]) for name, (whose, which) in names.items()}
    )
    return {names[name]: number for name, number in counted.items()}


def _latest(closed: QuerySet[Alert], reachable: QuerySet[Alert], after: UUID | None) -> QuerySet[Alert]:
    """The last closed first; of those before one that is named, if it is within reach."""
    latest = closed.order_by("-closed_at", "-pk")
    if after is None:
        return latest
    named = reachable.filter(public_id=after, closed_at__isnull=False)
    at, pk = named.values("closed_at")[:1], named.values("pk")[:1]
    return latest.filter(Q(closed_at__lt=at) | Q(closed_at=at, pk__lt=pk))
