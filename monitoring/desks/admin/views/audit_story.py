"""Out of the audit log: one patient's whole story, and one user's day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.audit.context import acting_now
from monitoring.audit.openings import Opening, listed, note
from monitoring.desks.admin.audit_filter import AuditFilter, spot
from monitoring.desks.admin.audit_known import known_to, people_of
from monitoring.desks.admin.audit_lines import lines
from monitoring.desks.admin.audit_queries import changes_of
from monitoring.desks.admin.audit_reach import reach_of
from monitoring.desks.admin.audit_stories import Day, day_of, readers_of, stays_of, story_of, sum_of
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from wards.models import Patient
from wards.times import zone_of


@require_safe
@login_required
@never_cache
def patient(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """All entries about one patient from the first on, and who appears in them. `?after=` goes on further down."""
    reach = reach_of(request)
    shown = reach.patient_or_404(public_id)
    after = spot(request.GET.get("after", ""))
    stays, page = stays_of(shown, reach), story_of(shown, reach, after)
    clock = stays[-1].ward if stays else reach.wards[0]
    known = known_to(reach, page.entries, clock, people_of(reach))
    by = request.user
    note(
        Opening(
            "audit.patient_read",
            by.pk,
            Patient._meta.label_lower,
            str(shown.pk),
            patient_id=shown.pk,
            acting=lambda: acting_now(by.pk),
        )
    )
    context = {
        "patient": shown,
        "stays": stays,
        "merged": shown.merged.order_by("record_number"),
        "clock": clock,
        "readers": [(known.people.get(one.staff_id or 0), one) for one in readers_of(shown, reach)],
        "lines": lines(page.entries, changes_of(page.entries), known, clock),
        "from_the_start": after is None,
        "further": AuditFilter().address_from(page.further) if page.further else None,
    }
    return render(request, "admin/audit_patient.html", context)


@require_safe
@login_required
@never_cache
def staff(request: SignedInRequest, public_id: UUID, day: str) -> HttpResponse:
    """What one user did on one day of the ward's calendar. `?after=` goes on further down."""
    reach = reach_of(request)
    people = people_of(reach)
    person = next((one for one in people if one.public_id == public_id), None)
    if person is None:
        raise Http404("Nobody of this name on your wards.")
    clock = reach.wards[0]
    asked = Day(date_or_404(day), zone_of(clock))
    page = day_of(person, asked, reach, spot(request.GET.get("after", "")))
    listed("audit.staff_read", by=request.user, about=person, day=asked.date.isoformat())
    context = {
        "person": person,
        "clock": clock,
        "day": asked.date,
        "before": (asked.date - timedelta(days=1)).isoformat(),
        "after": (asked.date + timedelta(days=1)).isoformat() if asked.ends <= visit_of(request).at else None,
        "sum": sum_of(person, asked, reach),
        "lines": lines(page.entries, changes_of(page.entries), known_to(reach, page.entries, clock, people), clock),
        "further": AuditFilter().address_from(page.further) if page.further else None,
    }
    return render(request, "admin/audit_staff.html", context)


def date_or_404(said: str) -> date:
    """The day of an address. Raises Http404 for one that is none, or lies at the end of all calendars."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Http404("No such day.") from None
    if not 1970 <= day.year <= 9000:
        raise Http404("No such day.")
    return day
