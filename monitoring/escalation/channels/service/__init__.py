"""SMS, pager, chat and push, by apprise: one channel for each service that APPRISE_SERVICES names.

The secrets stay in the environment. A person gives only the address, which takes the place of `{to}`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import apprise
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from monitoring.escalation.channels import http
from monitoring.escalation.channels.contract import Message, NotSent, Receipt

# A number or a name: nothing with which a URL, its host or its parameters could be changed.
ADDRESS = re.compile(r"\+?[A-Za-z0-9][A-Za-z0-9._-]{1,63}", re.ASCII)
PHONE = re.compile(r"\+?[0-9 ()/-]+", re.ASCII)
PHONE_LOOKS = str.maketrans("", "", " ()/-")
STATUS = re.compile(r"\berror=(\d{3})\b")
ASSET = apprise.AppriseAsset(
    app_id="Spinewatch", app_desc="Spinewatch", http_redirects=False, async_mode=False, service_timeout=0
)


class Service:
    outside = True
    offered = True
    addresses: tuple[str, ...] | None = None

    def __init__(self, name: str) -> None:
        self.name = name
        self.label = name.upper() if len(name) <= 3 else name.replace("_", " ").capitalize()

    @property
    def hint(self) -> str:
        return _("a number or a name: +4930123456, ward-7b")

    def validate(self, address: str) -> str:
        address = address.strip()
        if PHONE.fullmatch(address):
            address = address.translate(PHONE_LOOKS)
        if not ADDRESS.fullmatch(address):
            raise ValidationError(_("An address is a phone number or a name of letters, digits, dots and hyphens."))
        return address

    def send(self, message: Message, address: str) -> Receipt:
        """Raises NotSent. Apprise says yes or no; the provider's HTTP status is read from its log, where it is."""
        if not ADDRESS.fullmatch(address):
            raise NotSent(gettext_noop("the address is not valid"), permanent=True)
        provider = apprise.Apprise(asset=ASSET)
        if not provider.add(settings.APPRISE_SERVICES[self.name].replace("{to}", quote(address, safe=""))):
            raise NotSent(gettext_noop("this service is not set up correctly"), permanent=True)
        kind = apprise.NotifyType.FAILURE if message.urgent else apprise.NotifyType.INFO
        text = f"{message.body}\n{message.link}\n({message.short_id})"
        result = provider.notify(title=message.title, body=text, notify_type=kind)
        if not result:
            found = [STATUS.search(entry.message) for entry in result.logs()]
            for status in filter(None, found):
                http.check(int(status[1]))
            raise NotSent(gettext_noop("the service did not take it"), permanent=False)
        return Receipt()
