"""The first page: straight to the desk of one's role, or the choice of a ward."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from monitoring.desks.common.queries import ward_summaries
from monitoring.desks.common.requests import SignedInRequest
from wards.access import wards_of
from wards.models import Membership, Role


@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """A surgeon's inbox; the board of a nurse's one ward; else the wards."""
    if Membership.objects.filter(staff=request.user, role=Role.SURGEON).exists():
        return redirect("inbox")
    codes = list(wards_of(request.user).values_list("code", flat=True)[:2])
    return redirect("board", codes[0]) if len(codes) == 1 else redirect("wards")


@login_required
def wards(request: SignedInRequest) -> HttpResponse:
    return render(request, "common/wards.html", {"wards": ward_summaries(wards_of(request.user))})
