"""Opening a locked screen, and setting the PIN that does it. What was typed is never shown again."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wards.models import Staff
from wards.pins import LONGEST, require_good

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST}
PASSWORD = {"autocomplete": "current-password"}


class UnlockByPinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        widget=forms.PasswordInput(attrs=DIGITS | {"autofocus": True}),
        error_messages={"required": _("Type your PIN.")},
    )


class UnlockByPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs=PASSWORD | {"autofocus": True}),
        error_messages={"required": _("Type your password.")},
    )


class PinForm(forms.Form):
    """The PIN is judged before the password is, so that a poor choice costs no second typing of it at the server."""

    pin = forms.CharField(
        label=_("New PIN"),
        help_text=_("4 to 8 digits."),
        widget=forms.PasswordInput(attrs=DIGITS | {"autofocus": True}),
        error_messages={"required": _("Choose a PIN.")},
    )
    again = forms.CharField(
        label=_("The same PIN again"),
        widget=forms.PasswordInput(attrs=DIGITS),
        error_messages={"required": _("Type the PIN a second time.")},
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        help_text=_("Once, so that nobody else sets a PIN on a screen you left open."),
        widget=forms.PasswordInput(attrs=PASSWORD),
        error_messages={"required": _("Type your password.")},
    )

    def __init__(self, *args: object, staff: Staff) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.staff = staff
        if not staff.has_usable_password():
            del self.fields["password"]  # the view has asked by other means

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        try:
            require_good(pin, self.staff)
        except ValidationError as poor:
            raise ValidationError(poor.messages) from None
        return pin

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "pin" in self.cleaned_data and again != self.cleaned_data["pin"]:
            raise ValidationError(gettext("The two PINs differ."))
        return again
