"""Signing in and out, each with its line in the audit log. What was typed is never written down."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from monitoring.audit.actions import record
from monitoring.desks.common.lock import begin
from wards.models import Staff
from wards.pins import forgive


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("Name and password do not fit together. Mind capital letters, in both."),
        "inactive": _("This account has been closed. Ask the ward's administrator."),
    }


class SignIn(views.LoginView):
    template_name = "common/sign_in.html"
    authentication_form = SignInForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        staff = form.get_user()
        with transaction.atomic():
            response = super().form_valid(form)
            begin(self.request.session)
            forgive(staff)
            record("sign_in.succeeded", by=staff, about=staff)
        if not staff.pin:
            offer_pin(self.request)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """A name that nobody has is not kept: people type passwords into the wrong field."""
        tried = Staff.objects.filter(username=form.data.get("username", "")).first()
        with transaction.atomic():
            record("sign_in.failed", by=None, about=tried or Staff())
        return super().form_invalid(form)


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
            return super().post(request, *args, **kwargs)
