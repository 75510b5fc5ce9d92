"""The ways on which the newest seal leaves the house: a file, an e-mail, a webhook. Each is one function that sends or
raises."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from standardwebhooks import Webhook as Signer

from monitoring.seals.models import SealDispatch

SILENCE_SECONDS = (4.0, 8.0)  # while connecting, while waiting for an answer
FILE_MODE = 0o600

Channel = SealDispatch.Channel


@dataclass(frozen=True, slots=True)
class Way:
    """`to` is where it goes, empty where it is not set up; `every` the least time between two."""

    to: Callable[[], str]
    send: Callable[[int, str], None]
    every: timedelta


def append_to_file(_number: int, line: str) -> None:
    """One more line, on the disk when this returns. Raises OSError."""
    handle = os.open(settings.AUDIT_SEAL_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def mail(number: int, line: str) -> None:
    """Raises OSError, smtplib's errors among them."""
    letter = EmailMessage(
        subject=f"Spinewatch audit seal {number}",
        body=f"{line}\n\nKeep this: manage.py verify_audit --against holds the audit log against it.\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[settings.AUDIT_SEAL_EMAIL],
        headers={"Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=SILENCE_SECONDS[1]),
    )
    letter.send()


def post(number: int, line: str) -> None:
    """By the Standard Webhooks scheme, as alerts go. Raises requests.RequestException, an OSError too."""
    name, at = f"seal-{number}", datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "user-agent": "Spinewatch",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(settings.AUDIT_SEAL_WEBHOOK_SECRET).sign(name, at, line),
    }
    with requests.post(
        settings.AUDIT_SEAL_WEBHOOK,
        data=line.encode(),
        headers=headers,
        timeout=SILENCE_SECONDS,
        allow_redirects=False,
        stream=True,
    ) as answer:
        if not 200 <= answer.status_code < 300:
            raise requests.HTTPError(f"HTTP {answer.status_code}")


WAYS = {
    Channel.FILE: Way(lambda: str(settings.AUDIT_SEAL_FILE or ""), append_to_file, timedelta(minutes=1)),
    Channel.EMAIL: Way(lambda: settings.AUDIT_SEAL_EMAIL, mail, timedelta(hours=1)),
    Channel.WEBHOOK: Way(lambda: urlsplit(settings.AUDIT_SEAL_WEBHOOK).hostname or "", post, timedelta(minutes=1)),
}
