"""Proposing that two records be mended: which two, then both beside each other and what is still to be said."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.admin.mending_forms import DETAILS, Details, RecordsForm
from monitoring.desks.admin.mending_words import TITLES
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED, problems, saved, sent
from monitoring.mending.models import Mending
from wards.access import May, require_somewhere


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def merge(request: SignedInRequest) -> HttpResponse:
    return _page(request, Mending.Kind.MERGE)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def stay(request: SignedInRequest) -> HttpResponse:
    return _page(request, Mending.Kind.STAY)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def check(request: SignedInRequest) -> HttpResponse:
    return _page(request, Mending.Kind.CHECK)


def _page(request: SignedInRequest, kind: Mending.Kind) -> HttpResponse:
    """Record numbers are sent, never in an address. What was answered counts for the two records it was asked about."""
    require_somewhere(request.user, May.MEND_RECORDS)
    records = RecordsForm(sent(request), staff=request.user)
    details = _details(request, records, kind)
    if details is not None and details.is_bound:
        mending = saved(details, lambda: _proposed(request, records, details)) if records.is_valid() else None
        if mending is not None:
            messages.success(request, _("Proposed. Nothing is changed yet: a second person must look at it."))
            return redirect("mending-case", mending.public_id)
    context = {
        "kind": kind,
        "title": TITLES[kind],
        "form": records,
        "details": details,
        "problems": problems(records) + ([] if details is None else problems(details)),
        "refusals": [] if details is None else details.non_field_errors(),
    }
    return render(request, "admin/mending_form.html", context, status=REFUSED if request.method == "POST" else 200)


def _details(request: SignedInRequest, records: RecordsForm, kind: Mending.Kind) -> Details | None:
    """What is asked about the two records; unbound where it was not asked about these two before."""
    records.is_valid()
    if records.records is None:
        return None
    asked = request.POST.get("shown") == records.pair
    details = DETAILS[kind](request.POST if asked else None, records.records)
    if details.cannot_be:
        records.add_error("source_number" if kind == Mending.Kind.CHECK else None, details.cannot_be)
        return None
    return details


def _proposed(request: SignedInRequest, records: RecordsForm, details: Details) -> Mending:
    return details.propose(by=request.user, reason=records.cleaned_data["reason"])
