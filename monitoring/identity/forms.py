"""What is typed to say who one is. Nothing of it is ever shown again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from monitoring.identity import throttle
from monitoring.identity.models import Factor
from monitoring.identity.throttle import Attempt, TooSoon
from wards.models import Staff
from wards.staff_forms import NewPasswordForm

CODE = {"inputmode": "text", "autocomplete": "one-time-code", "maxlength": 20, "autocapitalize": "none"}
PASSWORD = {"autocomplete": "current-password"}
DEVICE_NAME = 40


class SignInForm(AuthenticationForm):
    """Name and password. The attempt is counted before the password is looked at; `wait` where it is not looked at."""

    error_messages = {
        "invalid_login": lazy("Name and password do not fit together. Mind capital letters, in both."),
        "inactive": lazy("This account has been closed. Ask the ward's administrator."),
    }
    attempt: Attempt | None = None
    wait: timedelta | None = None

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            tried = Staff.objects.filter(username=name).first()
            try:
                self.attempt = throttle.admit("password", name, tried)
            except TooSoon as refused:
                self.wait = refused.wait
                raise ValidationError(too_soon(refused.wait)) from None
        return super().clean()


class CodeForm(forms.Form):
    code = forms.CharField(
        label=lazy("Code"),
        max_length=20,
        help_text=lazy("Six digits from the app, or one of your recovery codes."),
        widget=forms.TextInput(attrs=CODE),
        error_messages={"required": lazy("Type the code.")},
    )

    def __init__(self, *args: Any, kinds: Collection[str]) -> None:
        """`kinds`: what somebody has beside their recovery codes."""
        super().__init__(*args)
        if Factor.Kind.TOTP not in kinds:
            self.fields["code"].label = _("Recovery code")
            self.fields["code"].help_text = _("Where the passkey is not at hand. Each signs you in once.")
        if Factor.Kind.PASSKEY not in kinds:
            self.fields["code"].widget.attrs["autofocus"] = True


class EnrolmentForm(forms.Form):
    code = forms.CharField(
        label=lazy("Code from your administrator"),
        max_length=20,
        widget=forms.TextInput(attrs=CODE | {"autocomplete": "off", "autofocus": True}),
        error_messages={"required": lazy("Type the code.")},
    )


class AppForm(forms.Form):
    """`kept` is the secret that was shown, closed so that nobody puts in another."""

    kept = forms.CharField(widget=forms.HiddenInput, max_length=1000)
    code = forms.CharField(
        label=lazy("Code that the app shows now"),
        max_length=20,
        widget=forms.TextInput(attrs=CODE | {"inputmode": "numeric"}),
        error_messages={"required": lazy("Type the code.")},
    )


class PasskeyForm(forms.Form):
    """`answer` is what the browser says, put there by passkey.js."""

    answer = forms.CharField(widget=forms.HiddenInput, max_length=20_000)


class NewPasskeyForm(PasskeyForm):
    name = forms.CharField(
        label=lazy("What you call it"),
        max_length=DEVICE_NAME,
        help_text=lazy("So that you can tell it from others: my phone, blue key."),
        error_messages={"required": lazy("Give it a name.")},
    )


class ConfirmForm(forms.Form):
    password = forms.CharField(
        label=lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs=PASSWORD | {"autofocus": True}),
        error_messages={"required": lazy("Type your password.")},
    )


class OwnPasswordForm(NewPasswordForm):
    """The new one is judged before the old one is, so that a poor choice costs no second typing at the server."""

    old = forms.CharField(
        label=lazy("Your password now"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs=PASSWORD | {"autofocus": True}),
        error_messages={"required": lazy("Type your password.")},
    )
    field_order = ["old", "password", "again"]

    def __init__(self, *args: Any, staff: Staff) -> None:
        super().__init__(*args)
        self.staff = staff

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.staff)
        return password


def too_soon(wait: timedelta) -> str:
    """Why an attempt was not looked at, and when the next is."""
    return _("Too many wrong answers. Try again %(when)s.") % {"when": in_words(wait)}


def in_words(wait: timedelta) -> str:
    """ "in 30 seconds", "in 4 minutes": rounded up."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    if seconds <= 90:
        return ngettext("in %(n)s second", "in %(n)s seconds", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
