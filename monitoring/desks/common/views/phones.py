"""The numbers that people dial: one's own, and a ward's."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.phone_forms import PhoneForm, WardPhonesForm
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from wards.access import May, require, ward_or_404
from wards.phones import set_phone, set_ward_phones


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def my_phone(request: SignedInRequest) -> HttpResponse:
    """The number by which colleagues phone the person."""
    form = PhoneForm(sent(request), initial={"phone": request.user.phone})

    def kept() -> bool:
        set_phone(by=request.user, **form.cleaned_data)
        return True

    if request.method == "POST" and saved(form, kept):
        messages.success(request, _("Saved. Colleagues see this number where they must reach you."))
        return redirect("channels")
    return render(request, "common/my_phone.html", {"form": form, "problems": problems(form)}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ward_numbers(request: SignedInRequest, code: str) -> HttpResponse:
    """The ward's own phone, and the number that always finds a surgeon."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.EDIT_WARD_CONTACTS, ward)
    form = WardPhonesForm(sent(request), initial={"phone": ward.phone, "surgeon_phone": ward.surgeon_phone})

    def kept() -> bool:
        set_ward_phones(ward, by=request.user, **form.cleaned_data)
        return True

    if request.method == "POST" and saved(form, kept):
        messages.success(request, _("Saved. These numbers are shown from now on."))
        return redirect("ward-contacts", ward.code)
    context = {"ward": ward, "form": form, "problems": problems(form)}
    return render(request, "common/ward_numbers.html", context, status=status_of(form))
