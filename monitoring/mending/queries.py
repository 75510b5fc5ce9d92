"""Reads about mendings: whose they are, who may see them, what waits."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from monitoring.mending.models import Mending
from monitoring.mending.records import look_at
from wards.access import May, require, wards_where
from wards.models import Staff, Stay, Ward


def wards_concerned(mending: Mending) -> list[Ward]:
    """The wards on which one of the two patients has, or had, a stay."""
    stays = Stay.objects.filter(patient__in=[mending.source_id, mending.target_id])
    return list(Ward.objects.filter(pk__in=stays.values("ward")).order_by("code"))


def require_on_all_wards(staff: Staff, what: May, mending: Mending) -> None:
    """Raises Forbidden unless the person may do this on each ward that has one of the patients."""
    for ward in wards_concerned(mending):
        require(staff, what, ward)


def mendings_within_reach(staff: Staff) -> QuerySet[Mending]:
    """Those of which the person may see both records: every ward with a stay of either is one where they confirm."""
    concerned = Stay.objects.filter(Q(patient=OuterRef("source")) | Q(patient=OuterRef("target")))
    beyond = concerned.exclude(ward__in=wards_where(staff, May.CONFIRM_MENDING))
    people = ("source", "target", "proposed_by", "confirmed_by", "ended_by")
    return Mending.objects.filter(Exists(concerned), ~Exists(beyond)).select_related(*people)


def waiting(staff: Staff) -> QuerySet[Mending]:
    """What waits for a second person, the oldest first."""
    return mendings_within_reach(staff).filter(state=Mending.State.OPEN).order_by("proposed_at", "pk")


def to_look_at(staff: Staff) -> Coalesce:
    """How many of others' wait for the person, to be read beside something else of theirs on every page."""
    others = waiting(staff).exclude(proposed_by=staff).order_by()
    return Coalesce(Subquery(others.values(all=Value(1)).annotate(number=Count("pk")).values("number")), 0)


def over(staff: Staff) -> QuerySet[Mending]:
    """What was carried out, withdrawn or refused, the newest first."""
    ended = mendings_within_reach(staff).exclude(state=Mending.State.OPEN)
    return ended.order_by(F("proposed_at").desc(), "-pk")


def mending_or_404(staff: Staff, public_id: UUID) -> Mending:
    """With the stays, checks and episodes that it names. Whoever looks at it has opened both patients' records.

    Raises Http404 for one out of reach, as for one that does not exist.
    """
    found = mendings_within_reach(staff).filter(public_id=public_id)
    related = (
        "stay__ward",
        "strength_check__stay__ward",
        "strength_check__recorded_by",
        "to_stay__ward",
        "keeps__ward",
    )
    mending = found.select_related(*related).first()
    if mending is None:
        raise Http404("No such mending on your wards.")
    for patient in (mending.source, mending.target):
        look_at(patient, by=staff)
    return mending
