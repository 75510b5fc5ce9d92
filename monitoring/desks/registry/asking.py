"""What every page of the registry begins with: whose numbers somebody may see, and which were asked for."""

from __future__ import annotations

from monitoring.audit.openings import listed
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import Visit, visit_of
from monitoring.desks.registry.study_form import StudyForm
from monitoring.registry.cohort import Asked
from wards.access import May, require_somewhere
from wards.models import Ward
from wards.times import zone_of


def wards_for(visit: Visit, right: May = May.VIEW_REGISTRY) -> list[Ward]:
    """The wards of which the person may see the numbers."""
    return [ward for ward in visit.wards if ward.pk in visit.rights[right]]


def form_of(request: SignedInRequest, right: May = May.VIEW_REGISTRY) -> StudyForm:
    """The address, read. Raises Forbidden without the right."""
    require_somewhere(request.user, right)
    visit = visit_of(request)
    wards = wards_for(visit, right)
    return StudyForm(request.GET, wards=wards, today=visit.at.astimezone(zone_of(wards[0])).date())


def looked_at(request: SignedInRequest, asked: Asked) -> None:
    """That somebody sees these numbers is an entry of the audit log: one for a page, whatever is drawn on it."""
    listed("registry.read", by=request.user, about=request.user, ward_id=asked.ward.pk if asked.ward else None)
