"""The first page: straight to the desk of one's role, or the choice of a ward."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from monitoring.desks.common.queries import ward_summaries
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from wards.access import ADMINISTRATORS, May, wards_of
from wards.models import Role


@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """A surgeon's inbox; the audit log, or the registry, of whoever works with nothing else; a nurse's one board; else
    the wards."""
    roles = visit_of(request).roles
    if Role.SURGEON in roles:
        return redirect("inbox")
    if roles == ADMINISTRATORS:
        return redirect("audit")
    if roles == {Role.REGISTRY_LEAD}:
        return redirect("registry")
    codes = list(wards_of(request.user).values_list("code", flat=True)[:2])
    return redirect("board", codes[0]) if len(codes) == 1 else redirect("wards")


@login_required
def wards(request: SignedInRequest) -> HttpResponse:
    seen = wards_of(request.user).filter(pk__in=visit_of(request).rights[May.VIEW_BOARD])
    return render(request, "common/wards.html", {"wards": ward_summaries(seen)})
