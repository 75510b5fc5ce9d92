"""Signing in by name and password, and out. What was typed is never written down."""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from monitoring.audit.actions import record
from monitoring.desks.common import lock
from monitoring.desks.common.certainty import begin_confirmed
from monitoring.identity import pending, sessions, throttle
from monitoring.identity.enrolment import needs_code
from monitoring.identity.forms import SignInForm
from monitoring.identity.models import SignedIn
from monitoring.identity.policy import has_factor, must_have_factor
from wards import pins
from wards.models import Staff

TOO_MANY = 429


class SignIn(views.LoginView):
    template_name = "common/sign_in.html"
    authentication_form = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"provider": settings.OIDC}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        assert isinstance(form, SignInForm)
        staff = form.get_user()
        assert form.attempt is not None
        assert isinstance(staff, Staff)
        throttle.forgive(form.attempt)
        return go_on(self.request, staff, how=SignedIn.How.PASSWORD, way=self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """A name that nobody has is not kept: people type passwords into the wrong field."""
        assert isinstance(form, SignInForm)
        if form.wait is not None:
            response = super().form_invalid(form)
            response.status_code = TOO_MANY
            response["Retry-After"] = str(math.ceil(form.wait.total_seconds()))
            return response
        tried = Staff.objects.filter(username=form.cleaned_data.get("username", "")).first()
        with transaction.atomic():
            record("sign_in.failed", by=None, about=tried or Staff())
            note_lock_outs(form.attempt, tried)
        return super().form_invalid(form)


def note_lock_outs(attempt: throttle.Attempt | None, tried: Staff | None) -> None:
    """Which tries are used up by a wrong answer, for how long; in the transaction that notes the answer."""
    for out in attempt.lock_outs if attempt else ():
        data = {"bucket": out.bucket, "failures": out.failures, "seconds": round(out.wait.total_seconds())}
        record("sign_in.locked_out", by=None, about=tried or Staff(), data=data)


def go_on(request: HttpRequest, staff: Staff, *, how: SignedIn.How, way: str) -> HttpResponse:
    """The first half is right: signed in, or asked for the second factor, or for setting one up."""
    elsewhere = how is SignedIn.How.PROVIDER and settings.OIDC is not None and settings.OIDC.asks_second_factor
    asked = not elsewhere and has_factor(staff)
    if asked or (not elsewhere and must_have_factor(staff)):
        pending.hold(request, staff, how=how, way=way, may_enrol=not needs_code(staff))
        return redirect("sign-in-second" if asked else "sign-in-enrol")
    finish(request, staff, how=how)
    return redirect(way)


@transaction.atomic
def finish(request: HttpRequest, staff: Staff, *, how: SignedIn.How, second: str = "") -> None:
    """Everything is right: somebody's session begins, on a screen that is open."""
    pending.drop(request)
    sessions.begin(request, staff, how=how, second=second)
    lock.begin(request.session)
    pins.forgive(staff)
    if not staff.has_usable_password():
        begin_confirmed(request.session)
    if not staff.pin:
        offer_pin(request)


def offer_pin(request: HttpRequest) -> None:
    """On the first page, until the person has one."""
    why = gettext("This screen locks when nobody touches it. A PIN opens it again, quicker than your password.")
    messages.info(request, format_html('{} <a href="{}">{}</a>', why, reverse("pin"), gettext("Set a PIN")))


@method_decorator(never_cache, name="dispatch")
class SignOut(views.LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            if isinstance(request.user, Staff):
                record("sign_out.succeeded", by=request.user, about=request.user)
                sessions.leave(request)
            return super().post(request, *args, **kwargs)
