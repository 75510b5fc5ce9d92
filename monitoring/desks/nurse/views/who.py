"""Who would be called for this patient now, and at three in the morning?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.audit.openings import listed
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems
from monitoring.desks.nurse.rota_forms import WhoForm
from monitoring.desks.nurse.who import who
from monitoring.due.clock import now
from wards.access import May, require, ward_or_404


@require_safe
@login_required
@never_cache
def called(request: SignedInRequest, code: str) -> HttpResponse:
    """It only asks, so it is a GET. An htmx request gets the question and its answer alone."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_ROTA, ward)
    listed("who_is_called.opened", by=request.user, about=ward, ward_id=ward.pk)
    at = now()
    form = WhoForm(request.GET if "stay" in request.GET else None, ward=ward, now=at)
    context = {"ward": ward, "form": form, "now": at, "problems": problems(form)}
    if form.is_valid():
        said = form.cleaned_data
        instants = [at, said["at"]]
        context |= {"stay": said["stay"], "instants": instants, "rungs": who(said["stay"], said["key"], instants)}
    template = "nurse/_who.html" if request.htmx else "nurse/who.html"
    return render(request, template, context)
