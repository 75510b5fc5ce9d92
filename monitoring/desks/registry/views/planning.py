"""How often should one look? Two schedules of checks, simulated beside each other: the page, and its picture."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED
from monitoring.desks.common.visit import visit_of
from monitoring.desks.registry.asking import wards_for
from monitoring.desks.registry.planning_drawing import picture_file
from monitoring.desks.registry.planning_forms import PlanningForm
from monitoring.desks.registry.planning_tables import by_hour, onset_lines, planning_tables, schedule_lines, told
from monitoring.desks.registry.planning_versions import in_force, versions_of
from monitoring.registry.pictures.render import MEDIA_TYPES
from monitoring.registry.planning import simulate
from wards.access import May, require_somewhere


def asked_of(request: SignedInRequest) -> PlanningForm:
    """The page's address as a form, for whoever may see the registry on some ward."""
    require_somewhere(request.user, May.VIEW_REGISTRY)
    wards = wards_for(visit_of(request))
    versions = versions_of(wards, request.GET.get("protocol", ""))
    return PlanningForm(request.GET.dict(), versions=versions, in_force=in_force(versions, wards[0]))


@require_safe
@login_required
@never_cache
def planning(request: SignedInRequest) -> HttpResponse:
    form = asked_of(request)
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "registry/planning.html", context, status=REFUSED)
    result = simulate(form.plan)
    context |= {
        "plan": result.plan,
        "told": told(result),
        "schedules": [("A", schedule_lines(result.plan.a)), ("B", schedule_lines(result.plan.b))],
        "tables": planning_tables(result),
        "hours": by_hour(result),
        "onsets": onset_lines(result.plan),
    }
    return render(request, "registry/planning.html", context)


@require_safe
@login_required
@never_cache
def picture(request: SignedInRequest, kind: str) -> HttpResponse:
    """The curves of a plan; nothing of a patient is in it. Raises Http404 for an address that asks for no plan."""
    form = asked_of(request)
    known = next((one for one in MEDIA_TYPES if one == kind), None)
    if known is None or not form.is_valid():
        raise Http404("No such picture.")
    return HttpResponse(picture_file(simulate(form.plan), known), content_type=MEDIA_TYPES[known])
