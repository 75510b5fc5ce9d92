"""A ward's beds: added, renamed, taken out of use and put back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from wards.access import May, require, ward_or_404, wards_of
from wards.bed_actions import add_beds, close_bed, rename_bed, reopen_bed
from wards.models import Bed, Stay
from wards.staff_forms import ReasonForm
from wards.ward_forms import AddBedsForm, BedForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def beds(request: SignedInRequest, code: str) -> HttpResponse:
    """All of them, also those out of use; and more."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.MANAGE_WARD, ward)
    form = AddBedsForm(sent(request))

    def added() -> list[Bed]:
        return add_beds(ward, by=request.user, labels=form.cleaned_data["labels"])

    if request.method == "POST" and (new := saved(form, added)) is not None:
        words = ngettext("Added: bed %(beds)s.", "Added: beds %(beds)s.", len(new))
        messages.success(request, words % {"beds": ", ".join(map(str, new))})
        return redirect("beds", ward.code)
    lies = Stay.objects.filter(bed=OuterRef("pk"), discharged_at=None)
    rows = list(ward.beds.annotate(is_taken=Exists(lies)).select_related("closed_by").order_by("label"))
    context = {
        "ward": ward,
        "used": [bed for bed in rows if bed.closed_at is None],
        "closed": [bed for bed in rows if bed.closed_at is not None],
        "form": form,
        "problems": problems(form),
    }
    return render(request, "admin/ward_beds.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def rename(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What a bed is called."""
    bed = bed_or_404(request, public_id)
    form = BedForm(sent(request), initial={"label": bed.label})

    def renamed() -> Bed:
        said = form.cleaned_data
        return rename_bed(bed, by=request.user, label=said["label"], seen=said["seen"])

    if request.method == "POST" and (done := saved(form, renamed)) is not None:
        messages.success(request, _("Saved: bed %(bed)s.") % {"bed": done})
        return redirect("beds", bed.ward.code)
    if form.is_bound:
        bed.refresh_from_db(fields=["label"])
    context = {"ward": bed.ward, "bed": bed, "form": form, "problems": problems(form)}
    return render(request, "admin/ward_bed.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take an empty bed out of use."""
    bed = bed_or_404(request, public_id)
    form = ReasonForm(sent(request))

    def closed() -> Bed:
        return close_bed(bed, by=request.user, reason=form.cleaned_data["reason"])

    if request.method == "POST" and saved(form, closed) is not None:
        messages.success(request, _("Bed %(bed)s is out of use. Who lay in it stays on the record.") % {"bed": bed})
        return redirect("beds", bed.ward.code)
    taken = bed.stays.filter(discharged_at=None).exists()
    context = {"ward": bed.ward, "bed": bed, "is_taken": taken, "form": form, "problems": problems(form)}
    return render(request, "admin/ward_bed_close.html", context, status=status_of(form))


@require_POST
@login_required
def reopen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Put a bed back in use."""
    bed = reopen_bed(bed_or_404(request, public_id), by=request.user)
    messages.success(request, _("Bed %(bed)s is in use again.") % {"bed": bed})
    return redirect("beds", bed.ward.code)


def bed_or_404(request: SignedInRequest, public_id: UUID) -> Bed:
    """A bed of a ward of one's own. Raises Http404 for any other, Forbidden where one does not administer it."""
    near = Bed.objects.filter(ward__in=wards_of(request.user).order_by(), pk__gt=0).select_related("ward")
    bed = near.filter(public_id=public_id).first()
    if bed is None:
        raise Http404("No such bed on your wards.")
    require(request.user, May.MANAGE_WARD, bed.ward)
    return bed
