"""Signing in and out, each with its line in the audit log. What was typed is never written down."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from monitoring.audit.actions import record
from wards.models import Staff


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Name and password do not fit together. Mind capital letters, in both.",
        "inactive": "This account has been closed. Ask the ward's administrator.",
    }


class SignIn(views.LoginView):
    template_name = "common/sign_in.html"
    authentication_form = SignInForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            record("sign_in.succeeded", by=form.get_user(), about=form.get_user())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """A name that nobody has is not kept: people type passwords into the wrong field."""
        tried = Staff.objects.filter(username=form.data.get("username", "")).first()
        with transaction.atomic():
            record("sign_in.failed", by=None, about=tried or Staff())
        return super().form_invalid(form)


@method_decorator(never_cache, name="dispatch")
class SignOut(views.LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            if isinstance(request.user, Staff):
                record("sign_out.succeeded", by=request.user, about=request.user)
            return super().post(request, *args, **kwargs)
