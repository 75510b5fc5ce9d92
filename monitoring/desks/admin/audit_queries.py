"""Reads of the audit log: a page of entries by keyset, and the rows that each one's transaction changed.

A filter is answered from one index: of the patient, the person, the actions or the wards, in this order. Within the
index range the rest is looked at row by row, newest first, and reading stops with the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.desks.admin.audit_filter import AuditFilter, Spot
from monitoring.desks.admin.audit_kinds import Kind
from monitoring.desks.admin.audit_reach import Reach
from monitoring.desks.admin.audit_words import actions_in, actions_of
from monitoring.desks.admin.branches import first_of

A_PAGE = 50
NEWEST = ("-at", "-id")
OLDEST = ("at", "id")
LONGEST = timedelta(hours=1)
"""No transaction takes longer."""

CHANGES_SHOWN = 20
"""Of one transaction; one more is read, to say that there are more."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries in the order asked for. `further`: the place from which the list goes on; None at its end."""

    entries: Sequence[AuditEntry]
    further: Spot | None


def page_of(asked: AuditFilter, reach: Reach, *, after: Spot | None = None, oldest: bool = False) -> Page:
    """Two queries. `after` is the place from which on, further down the list."""
    order = OLDEST if oldest else NEWEST
    rows = [branch.filter(beyond(after, oldest=oldest)) for branch in branches(asked, reach)]
    return read_page(first_of(rows, order, A_PAGE + 1), order, A_PAGE)


def read_page(ids: Sequence[int], order: Sequence[str], size: int) -> Page:
    """The entries of these ids, of which one may be more than the page holds."""
    entries = list(AuditEntry.objects.filter(pk__in=ids).select_related("patient").order_by(*order))
    shown = entries[:size]
    return Page(shown, Spot(shown[-1].at, shown[-1].pk) if len(entries) > size else None)


def beyond(place: Spot | None, *, oldest: bool = False) -> Q:
    """Further down the list than a place."""
    if place is None:
        return Q()
    if oldest:
        return Q(at__gte=place.at) & (Q(at__gt=place.at) | Q(pk__gt=place.pk))
    return Q(at__lte=place.at) & (Q(at__lt=place.at) | Q(pk__lt=place.pk))


def branches(asked: AuditFilter, reach: Reach) -> list[QuerySet[AuditEntry]]:
    """What is asked for, in parts that share no entry, each a range of one index."""
    rows = AuditEntry.objects.filter(*conditions(asked))
    near = within(asked, reach)
    if asked.request or asked.patient_id or asked.who_id or asked.kind == Kind.SYSTEM:
        return [rows.filter(near)]
    if asked.group is not None or asked.kind not in {None, Kind.WRITES}:
        rows = AuditEntry.objects.filter(near, *conditions(replace(asked, group=None, kind=None)))
        return [rows.filter(action=action) for action in actions_asked_for(asked) or ()]
    if asked.ward_id is not None or reach.is_whole:
        return [rows.filter(near)]
    return [*(rows.filter(ward=ward) for ward in reach.ward_ids), rows.filter(reach.no_ward)]


def all_of(asked: AuditFilter, reach: Reach) -> QuerySet[AuditEntry]:
    """Everything that is asked for, to be read to its end."""
    return AuditEntry.objects.filter(within(asked, reach), *conditions(asked))


def within(asked: AuditFilter, reach: Reach) -> Q:
    """The ward that is asked for, which is one within reach; else all that is."""
    return reach.entries if asked.ward_id is None else Q(ward=asked.ward_id)


def actions_asked_for(asked: AuditFilter) -> list[str] | None:
    """The actions that a kind and a group have in common; None: all actions."""
    of_kind = None if asked.kind is None or asked.kind == Kind.SYSTEM else actions_of(asked.kind)
    of_group = None if asked.group is None else actions_in(asked.group)
    if of_kind is None or of_group is None:
        return of_kind if of_group is None else of_group
    return [action for action in of_group if action in of_kind]


def conditions(asked: AuditFilter) -> Iterator[Q]:
    """All that is asked for but the ward."""
    if asked.patient_id is not None:
        yield Q(patient=asked.patient_id)
    if asked.who_id is not None:
        yield Q(actor=asked.who_id)
    if asked.kind == Kind.SYSTEM:
        yield Q(actor=None) & ~Q(action__in=actions_of(Kind.SIGN_INS))
    if asked.since is not None:
        yield Q(at__gte=asked.since)
    if asked.until is not None:
        yield Q(at__lt=asked.until)
    if asked.request:
        yield Q(request_id=asked.request)
    actions = actions_asked_for(asked)
    if actions is not None:
        yield Q(action__in=actions)


def changes_of(entries: Sequence[AuditEntry]) -> dict[int, list[RowChange]]:
    """By transaction the rows that were changed in it: the first `CHANGES_SHOWN`, and one more. One query."""
    written = {entry.xact: entry.at for entry in entries}
    cut = [in_transaction(xact, at).order_by("id")[: CHANGES_SHOWN + 1] for xact, at in written.items()]
    if not cut:
        return {}
    found: dict[int, list[RowChange]] = {}
    for change in cut[0] if len(cut) == 1 else cut[0].union(*cut[1:], all=True).order_by("id"):
        found.setdefault(change.xact, []).append(change)
    return found


def in_transaction(xact: int, at: datetime) -> QuerySet[RowChange]:
    """The rows changed in the transaction of this id of about that time: a restored database counts them anew."""
    return RowChange.objects.filter(xact=xact, at__gt=at - LONGEST, at__lt=at + LONGEST)


@dataclass(frozen=True, slots=True)
class PastPage:
    """Row changes made past the application, the newest first; `further` as of `Page`."""

    changes: Sequence[RowChange]
    further: Spot | None


def past_page(after: Spot | None) -> PastPage:
    """One query."""
    rows = list(past_the_application().filter(beyond(after)).order_by(*NEWEST)[: A_PAGE + 1])
    shown = rows[:A_PAGE]
    return PastPage(shown, Spot(shown[-1].at, shown[-1].pk) if len(rows) > A_PAGE else None)


def past_since(since: datetime, most: int) -> list[RowChange]:
    """The newest of them. One query."""
    return list(past_the_application().filter(at__gte=since).order_by(*NEWEST)[:most])


def past_the_application() -> QuerySet[RowChange]:
    """Row changes that belong to no request or work of the application's, and of which no audit entry tells."""
    near = {"at__gt": OuterRef("at") - LONGEST, "at__lt": OuterRef("at") + LONGEST}
    told = AuditEntry.objects.filter(xact=OuterRef("xact"), **near)
    return RowChange.objects.filter(~Exists(told), request_id="")
