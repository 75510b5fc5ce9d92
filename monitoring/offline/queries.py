"""Reads of what is held."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from monitoring.offline.models import Held
from wards.access import opened, wards_of
from wards.models import Staff, Ward


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many checks of a ward are held, and how many of them looked grave on the device."""

    held: int
    grave: int


def waiting_on(ward: Ward) -> Waiting:
    """One query."""
    counted = Held.objects.filter(stay__ward=ward, ended_at=None).aggregate(
        held=Count("pk"), grave=Count("pk", filter=Q(was_grave=True))
    )
    return Waiting(counted["held"], counted["grave"])


def held_on(ward: Ward) -> QuerySet[Held]:
    """The ward's held checks that nobody has filed or dropped: the grave ones first, then the oldest."""
    held = Held.objects.filter(stay__ward=ward, ended_at=None).order_by("-was_grave", "received_at", "pk")
    return held.select_related("stay__patient", "stay__ward", "stay__bed", "examined_by", "sent_by")


def held_or_404(staff: Staff, public_id: UUID) -> Held:
    """A held check, ended ones too. Raises Http404 for another ward's, as for an unknown one."""
    near = Held.objects.filter(stay__ward__in=wards_of(staff).order_by(), public_id=public_id)
    held = near.select_related(
        "stay__patient",
        "stay__ward",
        "stay__bed",
        "stay__watch",
        "stay__responsible_surgeon",
        "examined_by",
        "sent_by",
        "ended_by",
        "check_filed",
    ).first()
    if held is None:
        raise Http404("No such check on your wards.")
    opened(staff, held.stay)
    return held
