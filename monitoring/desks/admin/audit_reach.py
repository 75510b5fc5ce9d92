"""Whose audit entries somebody may read: those of the wards that they administer, and those of the house.

An entry without a ward is the house's, a sign-in for instance; one about a patient is read by whoever administers a
ward on which that patient stays or stayed. Entries of other wards are out of reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from monitoring.mending.models import Mending
from wards.access import May, require_somewhere
from wards.models import Membership, Patient, Staff, Stay, Ward


@dataclass(frozen=True)
class Reach:
    """`wards` are those somebody may read the log of, by their codes; `house`: all there are."""

    staff: Staff
    wards: Sequence[Ward]
    house: Sequence[Ward]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is out of reach."""
        return len(self.wards) == len(self.house)

    @cached_property
    def ward_ids(self) -> list[int]:
        return [ward.pk for ward in self.wards]

    @property
    def no_ward(self) -> Q:
        """Entries without a ward, but for those about another ward's patient."""
        near = Stay.objects.filter(patient=OuterRef("patient"), ward__in=self.ward_ids)
        return Q(ward=None) if self.is_whole else Q(ward=None) & (Q(patient=None) | Q(Exists(near)))

    @property
    def entries(self) -> Q:
        """All entries within reach."""
        return Q() if self.is_whole else Q(ward__in=self.ward_ids) | self.no_ward

    @property
    def patients(self) -> QuerySet[Patient]:
        """Whoever stays, or stayed, on these wards; and a record whose stays there went to another one by mending."""
        here = Stay.objects.filter(ward__in=self.ward_ids)
        mended = Mending.objects.filter(state=Mending.State.DONE, source=OuterRef("pk"))
        gone = mended.filter(Exists(here.filter(patient=OuterRef("target"))))
        return Patient.objects.filter(Exists(here.filter(patient=OuterRef("pk"))) | Exists(gone))

    @property
    def people(self) -> QuerySet[Staff]:
        """Whoever has a role on these wards; where all are within reach, everybody."""
        real = Staff.objects.filter(pk__gt=0)
        if self.is_whole:
            return real
        return real.filter(Exists(Membership.objects.filter(staff=OuterRef("pk"), ward__in=self.ward_ids)))

    def patient_or_404(self, public_id: UUID) -> Patient:
        """Raises Http404 for a patient who never lay on one of these wards, as for an unknown one."""
        patient = self.patients.filter(public_id=public_id).first()
        if patient is None:
            raise Http404("No such patient on your wards.")
        return patient


def reach_of(request: SignedInRequest, right: May = May.VIEW_AUDIT) -> Reach:
    """Of the person who asks. Raises Forbidden where they may not do this on any ward. One query."""
    require_somewhere(request.user, right)
    mine = visit_of(request).rights[right]
    house = list(Ward.objects.filter(pk__gt=0))
    return Reach(request.user, [ward for ward in house if ward.pk in mine], house)
