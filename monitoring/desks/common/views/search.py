"""Finding a patient within one's reach. What is typed is sent in the form, and stands in no address."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.breakglass import actions
from monitoring.breakglass.forms import SearchForm
from monitoring.breakglass.search import MOST
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, sent, status_of
from monitoring.desks.common.visit import visit_of
from wards.access import May, require_somewhere


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def patients(request: SignedInRequest) -> HttpResponse:
    """By record number or name, perhaps with the date of birth: present and past stays, twenty at most."""
    require_somewhere(request.user, May.SEARCH_PATIENTS)
    visit = visit_of(request)
    form = SearchForm(sent(request))
    context = {
        "now": visit.at,
        "form": form,
        "found": actions.search(form.asked, by=request.user) if form.is_valid() else None,
        "most": MOST,
        "problems": problems(form),
        "may_look_elsewhere": bool(visit.rights[May.BREAK_GLASS]),
    }
    return render(request, "common/patients.html", context, status=status_of(form))
