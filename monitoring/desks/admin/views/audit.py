"""The audit log: who did what, about whom, when, from where and why; and what was changed past the application."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monitoring.audit.openings import listed
from monitoring.breakglass.queries import unreviewed
from monitoring.desks.admin.audit_filter import AuditFilter, spot
from monitoring.desks.admin.audit_forms import AuditFilterForm, RecordNumberForm
from monitoring.desks.admin.audit_known import known_to, people_of
from monitoring.desks.admin.audit_lines import lines
from monitoring.desks.admin.audit_looking_up import patient_of
from monitoring.desks.admin.audit_queries import changes_of, page_of, past_page, past_since
from monitoring.desks.admin.audit_reach import Reach, reach_of
from monitoring.desks.admin.change_words import changed
from monitoring.desks.admin.openings import openings
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED, saved
from monitoring.desks.common.visit import visit_of

LOUD_FOR: Final = timedelta(days=30)
LOUD_LINES: Final = 5


@require_safe
@login_required
@never_cache
def audit(request: SignedInRequest) -> HttpResponse:
    """The newest entries of what is asked for, fifty a page. `?after=` goes on from a place further down."""
    reach = reach_of(request)
    people = people_of(reach)
    form = AuditFilterForm(request.GET, reach=reach, people=people)
    context: dict[str, Any] = {"form": form, "find": RecordNumberForm(), "ward": reach.wards[0], "whose": whose(reach)}
    if not form.is_valid():
        return render(request, "admin/audit.html", context, status=REFUSED)
    asked, after = form.asked, spot(request.GET.get("after", ""))
    page = page_of(asked, reach, after=after)
    known = known_to(reach, page.entries, form.clock, people)
    listed("audit.read", by=request.user, about=request.user, ward_id=asked.ward_id, filters=asked.names)
    context |= {
        "asked": asked,
        "patient": form.whom,
        "clock": form.clock,
        "lines": lines(page.entries, changes_of(page.entries), known, form.clock),
        "newest": asked.address if after else None,
        "older": asked.address_from(page.further) if page.further else None,
    }
    if not asked.typed and after is None:
        since = visit_of(request).at - LOUD_FOR
        past = past_since(since, LOUD_LINES + 1)
        context |= {
            "past": [changed(change, known, whole=reach.is_whole) for change in past[:LOUD_LINES]],
            "past_more": len(past) > LOUD_LINES,
            "to_review": openings(unreviewed(reach.wards), request.user),
        }
    return render(request, "admin/audit.html", context)


@require_safe
@login_required
@never_cache
def past(request: SignedInRequest) -> HttpResponse:
    """Every row change that no audit entry tells of. What stood in the rows is for who may read all wards' entries."""
    reach = reach_of(request)
    clock = reach.wards[0]
    page = past_page(spot(request.GET.get("after", "")))
    known = known_to(reach, [], clock, people_of(reach))
    listed("audit.read", by=request.user, about=request.user, filters=["past"])
    context = {
        "clock": clock,
        "ward": clock,
        "is_whole": reach.is_whole,
        "past": [changed(change, known, whole=reach.is_whole) for change in page.changes],
        "older": AuditFilter().address_from(page.further) if page.further else None,
    }
    return render(request, "admin/audit_past.html", context)


@require_POST
@login_required
@never_cache
def find(request: SignedInRequest) -> HttpResponse:
    """A record number leads to its patient's whole story, by an address that does not tell it."""
    reach = reach_of(request)
    form = RecordNumberForm(request.POST)
    patient = saved(form, lambda: patient_of(form.cleaned_data["record_number"], reach))
    if patient is not None:
        return redirect(reverse("audit-patient", args=[patient.public_id]))
    filters = AuditFilterForm({}, reach=reach, people=people_of(reach))
    filters.is_valid()
    context = {"form": filters, "find": form, "ward": reach.wards[0], "whose": whose(reach)}
    return render(request, "admin/audit.html", context, status=REFUSED)


def whose(reach: Reach) -> str:
    """Whose entries these are."""
    return _("every ward") if reach.is_whole else ", ".join(str(ward) for ward in reach.wards)
