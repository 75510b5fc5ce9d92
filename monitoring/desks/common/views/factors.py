"""One's own second factors: seen, added, removed. Whoever changes something says first, again, who they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitoring.desks.common.certainty import confirm_now, is_confirmed
from monitoring.desks.common.lock import own_path
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import sent, status_of
from monitoring.desks.common.views.enrolling import added, enrolment
from monitoring.desks.common.views.lock import ended, wrong
from monitoring.desks.common.views.second_factor import GivenFactor
from monitoring.desks.common.visit import visit_of
from monitoring.identity import actions
from monitoring.identity.forms import CodeForm, ConfirmForm
from monitoring.identity.policy import has_factor, must_have_factor
from monitoring.identity.queries import factors_of, recovery_codes_left
from wards import pins
from wards.models import Ward
from wards.pins import Answer

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponse]


def confirmed(view: View[P]) -> View[P]:
    """The view for whoever has just said again who they are; anybody else is asked first."""

    @wraps(view)
    def answer(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_confirmed(request.session):
            return view(request, *args, **kwargs)
        way = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("factors")
        return redirect(f"{reverse('confirm')}?{urlencode({'next': way})}")

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def confirm(request: SignedInRequest) -> HttpResponse:
    """Say again who one is: by the password, or by the second factor. Good for ten minutes in this session."""
    way = own_path(request, request.POST.get("next") or request.GET.get("next", ""))
    if not request.user.has_usable_password() and not has_factor(request.user):
        return render(request, "common/confirm_elsewhere.html", {"provider": settings.OIDC, "way": way}, status=403)
    by_code = has_factor(request.user) and ("code" in request.GET or not request.user.has_usable_password())
    given = GivenFactor(request, request.user)
    form: CodeForm | ConfirmForm
    if by_code:
        form = given.form
        found = bool(given.take())
    else:
        form = ConfirmForm(sent(request))
        secret = password(request, form)
        if secret is Answer.SPENT:
            return ended(request, way)
        found, given.status = secret is Answer.RIGHT, status_of(form)
    if found:
        confirm_now(request.session)
        return redirect(way)
    others = {"has_factor": has_factor(request.user), "has_password": request.user.has_usable_password()}
    context = (given.context() if by_code else {}) | others | {"form": form, "way": way, "by_code": by_code}
    return render(request, "common/confirm.html", context, status=given.status)


def password(request: SignedInRequest, form: ConfirmForm) -> Answer | None:
    """What the typed password came to; a wrong one is an error beside it. None where nothing was typed."""
    if not form.is_valid():
        return None
    found = pins.check_secret(request.user, form.cleaned_data["password"], password=True)
    if found is Answer.WRONG:
        form.add_error("password", wrong(request, "password"))
    return found


@require_safe
@login_required
@never_cache
def factors(request: SignedInRequest) -> HttpResponse:
    """What one has, and how many recovery codes are left."""
    context = {
        "factors": factors_of(request.user),
        "codes_left": recovery_codes_left(request.user),
        "required": must_have_factor(request.user),
        "ward": next(iter(visit_of(request).wards), Ward()),
    }
    return render(request, "common/factors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@confirmed
def new(request: SignedInRequest) -> HttpResponse:
    """Add an app or a passkey; with the first of all come the recovery codes, shown this once."""
    forms, made = added(request, request.user)
    if made is not None and made.codes is not None:
        return render(request, "common/recovery_codes.html", {"codes": made.codes, "way": reverse("factors")})
    if made is not None:
        messages.success(request, _("Added. You are asked for it, or for another of yours, when you sign in."))
        return redirect("factors")
    context = enrolment(request, request.user, forms)
    return render(request, "common/new_factor.html", context, status=max(map(status_of, forms)))


@require_POST
@login_required
@confirmed
def remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take one away."""
    factor = request.user.factors.filter(public_id=public_id).first()
    if factor is None:
        raise Http404("No such factor of yours.")
    try:
        if actions.remove_factor(factor, by=request.user):
            messages.success(request, _("Removed. It signs nobody in any more."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("factors")


@require_POST
@login_required
@never_cache
@confirmed
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """A new set of recovery codes, shown this once."""
    try:
        with transaction.atomic():
            codes = actions.make_recovery_codes(by=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("factors")
    return render(request, "common/recovery_codes.html", {"codes": codes, "way": reverse("factors")})
