"""A second person signs: by their own PIN where they have one, else by their password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.views.lock import wrong
from wards import pins
from wards.models import Staff
from wards.pins import Answer


class SignedForm(forms.Form):
    """What is signed, and the secret that shows that it is still the same person."""

    secret = forms.CharField(strip=False)

    def __init__(self, data: Any, *, staff: Staff, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        secret, by_pin = self.fields["secret"], bool(staff.pin)
        secret.label = _("Your PIN") if by_pin else _("Your password")
        secret.error_messages["required"] = _("Type your PIN.") if by_pin else _("Type your password.")
        attrs = {"inputmode": "numeric", "autocomplete": "off"} if by_pin else {"autocomplete": "current-password"}
        secret.widget = forms.PasswordInput(attrs=attrs)


def signature(request: SignedInRequest, form: SignedForm) -> Answer:
    """What the secret of a valid form came to. A wrong one is an error beside it; too many end the session."""
    by = "pin" if request.user.pin else "password"
    found = pins.check_secret(request.user, form.cleaned_data["secret"], password=by == "password")
    if found is Answer.WRONG:
        form.add_error("secret", wrong(request, by))
    return found
