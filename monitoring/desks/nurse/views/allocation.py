"""Which nurse has which patient in a shift."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.audit.openings import listed
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.nurse.allocation_form import AllocationForm
from monitoring.due.clock import now
from wards.access import May, may, require, ward_or_404
from wards.models import Stay
from wards.shift import Shift, allocate_shift, allocations_of, shifts


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def allocation(request: SignedInRequest, code: str) -> HttpResponse:
    """`?from=` names the shift by its start; without one it is the shift that runs."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_ROTA, ward)
    listed("allocation.opened", by=request.user, about=ward, ward_id=ward.pk)
    at = now()
    known = shifts(ward, at)
    shift = chosen(known, request.GET.get("from", ""))
    present = Stay.objects.filter(ward=ward, discharged_at=None).select_related("patient", "bed")
    stays = list(present.order_by("bed__label"))
    form = AllocationForm(sent(request), ward=ward, stays=stays, shift=shift, now_with=allocations_of(stays, shift.at))
    if request.method == "POST":
        require(request.user, May.ALLOCATE, ward)
        done = saved(form, lambda: save(request, form, shift))
        if done is not None:
            words = ngettext("Saved. %(count)d patient changed.", "Saved. %(count)d patients changed.", done)
            messages.success(request, words % {"count": done})
            return redirect(request.get_full_path())
    context = {
        "ward": ward,
        "shifts": known,
        "shift": shift,
        "form": form,
        "problems": problems(form),
        "unnamed": sum(not field.value() for _, field, _ in form.rows()),
        "may_allocate": may(request.user, May.ALLOCATE, ward),
        "may_edit_rota": may(request.user, May.EDIT_ROTA, ward),
    }
    return render(request, "nurse/allocation.html", context, status=status_of(form))


def save(request: SignedInRequest, form: AllocationForm, shift: Shift) -> int:
    """How many patients were given another nurse."""
    nurses = form.changed()
    ward = form.ward
    allocate_shift(ward, by=request.user, shift=shift, nurses=nurses)
    return len(nurses)


def chosen(known: list[Shift], wanted: str) -> Shift:
    """The shift that starts then; the one that runs where there is none (any more)."""
    try:
        at = parse_datetime(wanted)
    except ValueError:
        at = None
    return next((shift for shift in known if shift.at == at), known[0])
