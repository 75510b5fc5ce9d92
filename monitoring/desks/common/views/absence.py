"""The patient leaves the ward for theatre or imaging, and comes back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.options import question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.due.clock import now
from wards import absences
from wards.absence_forms import AwayForm, BackForm
from wards.access import May, require, stay_or_404
from wards.models import Absence
from wards.rota_queries import absence_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def away(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who is away comes back, or (`?elsewhere`) goes on to another place; who is here leaves."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_ABSENCE, stay)
    present = absence_of(stay.pk)
    asked = request.POST.get("step", "") or ("back" if present and "elsewhere" not in request.GET else "leave")
    is_back = asked == "back"
    kind = BackForm if is_back else AwayForm
    form = kind(sent(request), ward=stay.ward, initial={"at_date": today(stay.ward)})

    def recorded() -> Absence:
        if is_back:
            return absences.come_back(stay, by=request.user, at=form.at)
        return absences.leave(stay, by=request.user, at=form.at, place=form.cleaned_data["place"])

    if request.method == "POST" and (absence := saved(form, recorded)) is not None:
        words = _("back on the ward") if is_back else absence.get_place_display()
        messages.success(request, _("Saved: %(what)s.") % {"what": words})
        return redirect("stay", stay.public_id)
    context = {
        "stay": stay,
        "now": now(),
        "absence": present,
        "is_back": is_back,
        "form": form,
        "moment": question(form["at"], form.when_label),
        "fold": form["at_fold"] if form.asks_which_hour else None,
        "problems": problems(form),
    }
    return render(request, "common/away.html", context, status=status_of(form))
