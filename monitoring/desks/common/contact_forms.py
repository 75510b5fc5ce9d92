"""Parsing of the ways to reach somebody. The rules, and what an address looks like, are in `escalation.contacts`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.escalation.channels import offered
from monitoring.escalation.models import Contact


class ContactForm(forms.Form):
    """A channel that this installation offers, and an address of its kind."""

    channel = forms.ChoiceField(
        label=_("By what?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a channel."), "invalid_choice": _("Choose one of these channels.")},
    )
    address = forms.CharField(
        label=_("Address or number"), max_length=254, error_messages={"required": _("Give the address or number.")}
    )
    is_backup = forms.BooleanField(label=_("Only as a backup"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = offered()
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(channel.name, channel.label) for channel in channels]
        hints = [f"{channel.label}: {', '.join(channel.addresses or ()) or channel.hint}" for channel in channels]
        self.fields["address"].help_text = " · ".join(hints)


class WardContactForm(ContactForm):
    """The ward's own: whose number it is besides."""

    purpose = forms.ChoiceField(
        label=_("Whose number?"),
        choices=Contact.Purpose.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Say whose number this is.")),
    )

    field_order = ["purpose", "channel", "address", "is_backup"]
