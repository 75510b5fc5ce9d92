"""Operations: recorded, corrected, taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.correcting import correct_page
from monitoring.desks.common.history import entry_words
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.retracting import retract_page
from monitoring.desks.common.saving import problems, saved, sent, status_of
from wards.access import May, current_stay_or_404, entry_or_404, may, require, stay_or_404
from wards.actions import correct_operation, record_operation, retract_operation
from wards.forms import CorrectOperationForm, OperationForm
from wards.models import Operation, Stay


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_OPERATION, stay)
    form = OperationForm(sent(request), ward=stay.ward)
    if request.method == "POST":
        operation = saved(form, lambda: record_operation(stay, by=request.user, facts=form.facts(), key=form.key))
        if operation is not None:
            messages.success(request, _("The operation is saved. Checks are due from its end on."))
            return _next_page(request, stay, operation)
    return form_page(request, stay, form)


def _next_page(request: SignedInRequest, stay: Stay, operation: Operation) -> HttpResponse:
    """The patient; of a re-operation, for whoever may say it, what it found."""
    if operation.kind == Operation.Kind.SECONDARY and may(request.user, May.RECORD_EXPLORATION, stay):
        messages.info(request, _("Now say what the re-operation was for and what it found."))
        return redirect("findings-new", operation.public_id)
    return redirect("stay", stay.public_id)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    operation = entry_or_404(request.user, Operation, public_id)
    stay = current_stay_or_404(request.user, operation.episode_id)
    require(request.user, May.RECORD_OPERATION, stay)
    form = CorrectOperationForm(sent(request), operation=operation, ward=stay.ward)

    def done(_corrected: Operation) -> HttpResponse:
        messages.success(request, _("The operation is corrected. The old entry stays visible, struck through."))
        return redirect("stay", stay.public_id)

    return correct_page(
        request,
        stay,
        operation,
        form,
        act=lambda: correct_operation(
            operation, by=request.user, facts=form.facts(), reason=form.cleaned_data["reason"], key=form.key
        ),
        form_page=lambda: form_page(request, stay, form, correcting=operation),
        done=done,
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    operation = entry_or_404(request.user, Operation, public_id)
    stay = current_stay_or_404(request.user, operation.episode_id)
    require(request.user, May.RECORD_OPERATION, stay)
    return retract_page(
        request,
        stay,
        operation,
        words=entry_words(operation),
        act=lambda reason: retract_operation(operation, by=request.user, reason=reason),
    )


def form_page(
    request: SignedInRequest, stay: Stay, form: OperationForm, correcting: Operation | None = None
) -> HttpResponse:
    context = {"stay": stay, "form": form, "correcting": correcting, "problems": problems(form)}
    return render(request, "nurse/operation_form.html", context, status=status_of(form))
