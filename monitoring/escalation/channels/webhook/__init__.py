"""A webhook of the hospital's own, by the Standard Webhooks scheme: signed, with an id and a time stamp.

A receiver that checks both can refuse what is not ours, what is old, and what it has already had.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from standardwebhooks import Webhook as Signer

from monitoring.escalation.channels import http
from monitoring.escalation.channels.contract import Message, NotSent, Receipt

NAME = "webhook"
NO_CONNECTION = gettext_noop("no connection to the webhook")
SILENCE_SECONDS = (4.0, 8.0)  # while connecting, while waiting for the answer


class Webhook:
    name = NAME
    outside = True

    @property
    def label(self) -> str:
        return _("Webhook")

    @property
    def hint(self) -> str:
        return _("one of those that are set up here")

    @property
    def offered(self) -> bool:
        return bool(settings.WEBHOOKS)

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(settings.WEBHOOKS)

    def validate(self, address: str) -> str:
        if address not in settings.WEBHOOKS:
            raise ValidationError(_("There is no webhook of this name."))
        return address

    def send(self, message: Message, address: str) -> Receipt:
        """Raises NotSent. The body of the answer is not read: nobody can keep us by sending it slowly."""
        target = settings.WEBHOOKS.get(address)
        if target is None:
            raise NotSent(gettext_noop("this webhook is no longer set up"), permanent=True)
        payload = _payload(message)
        try:
            with requests.post(
                target["url"],
                data=payload.encode(),
                headers=_signed(message, payload, target["secret"]),
                timeout=SILENCE_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                http.check(answer.status_code, answer.headers.get("Retry-After"))
        except requests.Timeout:
            raise NotSent(gettext_noop("no answer from the webhook"), permanent=False) from None
        except requests.RequestException as error:
            raise NotSent(f"{NO_CONNECTION} ({type(error).__name__})", permanent=False) from None
        return Receipt()


def _payload(message: Message) -> str:
    """The message as Standard Webhooks has it: type, time, data."""
    data = {"title": message.title, "body": message.body, "link": message.link, "urgent": message.urgent}
    return json.dumps({"type": "message", "timestamp": message.at, "data": data | {"id": str(message.id)}})


def _signed(message: Message, payload: str, secret: str) -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "content-type": "application/json",
        "user-agent": "Spinewatch",
        "webhook-id": str(message.id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(secret).sign(str(message.id), at, payload),
    }
