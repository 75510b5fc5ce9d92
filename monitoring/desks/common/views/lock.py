"""The locked screen and the way back, the PIN that opens it, and the touch of an open page."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.audit.actions import record
from monitoring.desks.common.certainty import is_confirmed
from monitoring.desks.common.lock import lock, locked_url, own_path, screen_of, touch, unlock
from monitoring.desks.common.lock_forms import PinForm, UnlockByPasswordForm, UnlockByPinForm
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import sent, status_of
from monitoring.desks.common.visit import visit_of
from monitoring.identity.models import SignedIn
from monitoring.identity.sessions import leave
from wards import pins
from wards.pins import Answer

LATE = 45  # seconds: an open page tells of a touch at most half a minute later (lock.js)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def locked(request: SignedInRequest) -> HttpResponse:
    """Whose screen it is, how many calls are open, and the way back. For a script the state alone."""
    way_back = own_path(request, request.POST.get("next") or request.GET.get("next", ""))
    if not screen_of(request.session, visit_of(request)).is_locked:
        return moved_on(request, way_back)
    if "state" in request.GET:
        return render(request, "common/_locked_state.html")
    by_password = not request.user.pin or "password" in request.GET
    form = UnlockByPasswordForm(sent(request)) if by_password else UnlockByPinForm(sent(request))
    if form.is_valid():
        found = opened(request, form, "password" if by_password else "pin")
        if found is Answer.RIGHT:
            return moved_on(request, way_back)
        if found is Answer.SPENT:
            return ended(request, way_back)
    context = {"form": form, "way_back": way_back, "by_password": by_password, "provider": settings.OIDC}
    return render(request, "common/locked.html", context, status=status_of(form))


def opened(request: SignedInRequest, form: forms.Form, field: str) -> Answer:
    """What the typed secret came to; a wrong one is an error beside it."""
    with transaction.atomic():
        found = pins.check_secret(request.user, form.cleaned_data[field], password=field == "password")
        if found is Answer.RIGHT:
            unlock(request.session)
    if found is Answer.WRONG:
        form.add_error(field, wrong(request, field))
    return found


def wrong(request: SignedInRequest, field: str) -> str:
    left = pins.failures_left(request.user)
    said = _("Wrong password.") if field == "password" else _("Wrong PIN.")
    tries = ngettext("%(left)s more try.", "%(left)s more tries.", left) % {"left": left}
    return f"{said} {tries}"


def ended(request: SignedInRequest, way_back: str) -> HttpResponse:
    """Too many wrong answers: the session is over, and only the password at sign-in begins another."""
    with transaction.atomic():
        record("session.ended", by=None, about=request.user, data={"why": "wrong answers"})
        leave(request, why=SignedIn.Why.WRONG_ANSWERS)
    messages.error(request, _("Too many wrong answers. Sign in with your password."))
    return moved_on(request, f"{resolve_url('sign-in')}?{urlencode({'next': way_back})}")


def moved_on(request: SignedInRequest, way: str) -> HttpResponse:
    """On to a page; a script goes there itself, once it has done what it keeps on the device."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"next": way})
    return redirect(way)


@require_POST
@login_required
@never_cache
def lock_now(request: SignedInRequest) -> HttpResponse:
    """By the button; or by a page that nobody touched, unless the person is at another tab and it did not know."""
    screen = screen_of(request.session, visit_of(request))
    if "idle" in request.POST and not screen.is_locked and screen.seconds_left > LATE:
        return JsonResponse({"left": screen.seconds_left})
    lock(request.session)
    return redirect(locked_url(own_path(request, request.POST.get("next", ""))))


@require_POST
@login_required
@never_cache
def touched(request: SignedInRequest) -> HttpResponse:
    """Somebody is at a page that stays open. On a locked screen the middleware has answered already."""
    touch(request.session)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def pin(request: SignedInRequest) -> HttpResponse:
    """Set one's own PIN. Wrong passwords count as wrong PINs do."""
    has_password = request.user.has_usable_password()
    if not has_password and not is_confirmed(request.session):
        return redirect(f"{resolve_url('confirm')}?{urlencode({'next': resolve_url('pin')})}")
    form = PinForm(sent(request), staff=request.user)
    if form.is_valid():
        typed = form.cleaned_data["password"] if has_password else None
        found = Answer.RIGHT if typed is None else pins.check_secret(request.user, typed, password=True)
        if found is Answer.SPENT:
            return ended(request, resolve_url("pin"))
        if found is Answer.RIGHT:
            pins.set_pin(by=request.user, pin=form.cleaned_data["pin"])
            messages.success(request, _("Your PIN is set. It opens this screen after it has locked."))
            return moved_on(request, resolve_url("home"))
        form.add_error("password", wrong(request, "password"))
    return render(request, "common/pin.html", {"form": form}, status=status_of(form))
