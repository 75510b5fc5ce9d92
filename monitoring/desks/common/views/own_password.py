"""Changing one's own password: the old one is asked for, and guessed at no more often than at signing in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import saved, sent, status_of
from monitoring.desks.common.views.lock import ended, wrong
from monitoring.desks.common.views.sign_in import TOO_MANY, note_lock_outs
from monitoring.identity import throttle
from monitoring.identity.forms import OwnPasswordForm, too_soon
from monitoring.identity.passwords import change_password
from monitoring.identity.throttle import TooSoon
from wards import pins
from wards.pins import Answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def own_password(request: SignedInRequest) -> HttpResponse:
    """The old one, the new one twice. All one's other sessions end; this one goes on."""
    if not request.user.has_usable_password():
        return render(request, "common/own_password.html", {"provider": settings.OIDC})
    form = OwnPasswordForm(sent(request), staff=request.user)
    status = 0
    if form.is_valid():
        found = shown(request, form)
        if found is Answer.SPENT:
            return ended(request, resolve_url("own-password"))
        if found is Answer.RIGHT:
            others = saved(form, lambda: change_password(request, by=request.user, password=new_of(form)))
            if others is not None:
                messages.success(request, said(others))
                return redirect("sessions")
        status = TOO_MANY if found is None else 0
    return render(request, "common/own_password.html", {"form": form}, status=status or status_of(form))


def new_of(form: OwnPasswordForm) -> str:
    password: str = form.cleaned_data["password"]
    return password


def shown(request: SignedInRequest, form: OwnPasswordForm) -> Answer | None:
    """What the old password came to; None where it was not looked at. What is wrong is an error beside it."""
    try:
        attempt = throttle.admit("password", request.user.username, request.user)
    except TooSoon as refused:
        form.add_error("old", too_soon(refused.wait))
        return None
    found = pins.check_secret(request.user, form.cleaned_data["old"], password=True)
    if found is Answer.RIGHT:
        throttle.forgive(attempt)
        return found
    with transaction.atomic():
        note_lock_outs(attempt, request.user)
    if found is Answer.WRONG:
        form.add_error("old", wrong(request, "password"))
    return found


def said(others: int) -> str:
    done = _("Your password is changed.")
    if not others:
        return done
    words = ngettext(
        "You were signed out on %(n)s other screen.", "You were signed out on %(n)s other screens.", others
    )
    return f"{done} {words % {'n': others}}"
