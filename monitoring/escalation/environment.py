"""What the environment says about sending, checked when the settings are loaded. Imports no other module of ours.

Every function raises ImproperlyConfigured, and none quotes a value: they hold secrets.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

NAME = re.compile(r"[a-z][a-z0-9_-]{0,23}")
TAKEN = frozenset({"in_app", "email", "webhook", "probe"})
LONGEST_SEND_SECONDS = 30
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class MailServer(NamedTuple):
    """How to reach the mail server; no host where there is none."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False


def mail_server(url: str) -> MailServer:
    """EMAIL_URL: `smtp://user:password@host:port`; with STARTTLS `smtp+tls://`, with TLS from the start `smtps://`."""
    parts = urlsplit(url)
    if not url:
        return MailServer("", 25)
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must be smtp://, smtp+tls:// or smtps:// and a host.")
    return MailServer(
        host=parts.hostname,
        port=parts.port or MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )


def send_seconds(text: str) -> float:
    """SEND_SECONDS: more than 0, and 30 at most, so that a worker's own time limit never comes first."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_SEND_SECONDS:
        raise ImproperlyConfigured(f"SEND_SECONDS must be more than 0, and {LONGEST_SEND_SECONDS} at most.")
    return seconds


def services(text: str) -> dict[str, str]:
    """APPRISE_SERVICES: for each service an apprise URL with `{to}` where the address goes, never in its host."""
    found = _object("APPRISE_SERVICES", text)
    for name, url in found.items():
        if name in TAKEN:
            raise ImproperlyConfigured(f"APPRISE_SERVICES: {name!r} is the name of another channel.")
        if not isinstance(url, str) or url.count("{to}") != 1 or "{to}" in urlsplit(url).netloc:
            raise ImproperlyConfigured(f"APPRISE_SERVICES: {name!r} needs a URL with {{to}} once, after the host.")
    return found


def webhooks(text: str) -> dict[str, dict[str, str]]:
    """WEBHOOKS: for each name a `url` and a `secret`, in base64, with or without `whsec_` before it."""
    found = _object("WEBHOOKS", text)
    for name, target in found.items():
        if not isinstance(target, dict) or set(target) != {"url", "secret"}:
            raise ImproperlyConfigured(f"WEBHOOKS: {name!r} needs a url and a secret.")
        if not isinstance(target["url"], str) or urlsplit(target["url"]).scheme not in {"http", "https"}:
            raise ImproperlyConfigured(f"WEBHOOKS: the url of {name!r} must begin with https://.")
        if not _is_secret(target["secret"]):
            raise ImproperlyConfigured(f"WEBHOOKS: the secret of {name!r} is not base64, or shorter than 24 bytes.")
    return found


def _object(variable: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except json.JSONDecodeError:
        raise ImproperlyConfigured(f"{variable} is not JSON.") from None
    if not isinstance(found, dict) or not all(NAME.fullmatch(name) for name in found):
        raise ImproperlyConfigured(f"{variable} must be a JSON object; its names are of a-z, 0-9, _ and -.")
    return found


def _is_secret(secret: Any) -> bool:
    if not isinstance(secret, str):
        return False
    try:
        return len(base64.b64decode(secret.removeprefix("whsec_") + "==", validate=False)) >= 24
    except binascii.Error:
        return False
