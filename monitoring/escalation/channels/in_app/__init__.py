"""In the app itself: the message is its row, and whoever opens the app sees it. Everybody has it; it never fails."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitoring.escalation.channels.contract import Message, Receipt

NAME = "in_app"


class InApp:
    name = NAME
    hint = ""
    outside = False
    offered = False  # nobody needs to choose it
    addresses: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        return _("In Spinewatch")

    def validate(self, address: str) -> str:  # noqa: ARG002 (the contract's)
        raise ValidationError(_("Everybody is told in Spinewatch anyway."))

    def send(self, message: Message, address: str) -> Receipt:  # noqa: ARG002 (the contract's)
        return Receipt()
