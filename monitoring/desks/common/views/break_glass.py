"""Opening the record of a patient out of reach: both identifiers, then why, then who one is; and ending it.

Nothing of the patient is shown before. What is typed is sent in the form, and stands in no address.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.breakglass import actions
from monitoring.breakglass.forms import BreakGlassForm, ElsewhereForm
from monitoring.breakglass.models import BreakGlass
from monitoring.breakglass.queries import open_by, own_or_404
from monitoring.breakglass.search import elsewhere, exactly
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.views.lock import ended, wrong
from monitoring.desks.common.visit import visit_of
from wards import pins
from wards.access import May, require_somewhere
from wards.models import Stay
from wards.pins import Answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def break_glass(request: SignedInRequest) -> HttpResponse:
    """The identifiers first; with a reason, the opening itself."""
    require_somewhere(request.user, May.BREAK_GLASS)
    if "reason" in request.POST:
        return opened(request)
    form = ElsewhereForm(sent(request))
    if not form.is_valid():
        return page(request, form)
    number, born = form.who
    stay = actions.search_elsewhere(by=request.user, record_number=number, born=born)
    if stay is None:
        return page(request, form, nobody=True)
    known = {"record_number": number, "date_of_birth": born}
    return page(request, BreakGlassForm(initial=known, by_password=not request.user.pin))


def opened(request: SignedInRequest) -> HttpResponse:
    """Twice is once: the same form again goes to the same record."""
    form = BreakGlassForm(request.POST, by_password=not request.user.pin)
    if not form.is_valid():
        return page(request, form)
    number, born = form.who
    present = open_by(request.user).filter(patient__in=exactly(record_number=number, born=born))
    if (already := present.select_related("stay").first()) is not None:
        return redirect("stay", already.stay.public_id)
    stay = elsewhere(request.user, record_number=number, born=born)
    if stay is None:
        return page(request, ElsewhereForm(request.POST), nobody=True)
    found = pins.check_secret(request.user, form.cleaned_data[form.secret], password=form.secret == "password")
    if found is Answer.SPENT:
        return ended(request, resolve_url("patients"))
    if found is Answer.WRONG:
        form.add_error(form.secret, wrong(request, form.secret))
        return page(request, form)
    if saved(form, lambda: broken(request, form, stay)) is None:
        return page(request, form)
    messages.success(request, _("The record is open to you for an hour. Whoever leads the ward has been told."))
    return redirect("stay", stay.public_id)


def broken(request: SignedInRequest, form: BreakGlassForm, stay: Stay) -> BreakGlass:
    return actions.break_glass(stay, by=request.user, reason=form.cleaned_data["reason"])


def page(request: SignedInRequest, form: ElsewhereForm, *, nobody: bool = False) -> HttpResponse:
    """`nobody`: there is no such patient on another ward."""
    context = {
        "now": visit_of(request).at,
        "form": form,
        "exists": isinstance(form, BreakGlassForm),
        "secret": form[form.secret] if isinstance(form, BreakGlassForm) else None,
        "nobody": nobody,
        "problems": problems(form),
    }
    return render(request, "common/break_glass.html", context, status=status_of(form))


@require_POST
@login_required
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Before the hour is over."""
    actions.end(own_or_404(request.user, public_id), by=request.user)
    messages.success(request, _("That record is closed to you again."))
    return redirect("home")
