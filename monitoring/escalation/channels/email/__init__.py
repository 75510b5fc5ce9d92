"""E-mail by SMTP. The server is the one that EMAIL_URL names."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from monitoring.escalation.channels.contract import Message, NotSent, Receipt

NAME = "email"
SILENCE_SECONDS = 8.0  # of the server, at any one point; the whole attempt has a limit of its own
FOR_GOOD = range(500, 600)
# What was refused: for good, and for now.
ADDRESS = (
    gettext_noop("the mail server refused the address"),
    gettext_noop("the mail server does not take the address now"),
)
MESSAGE = (
    gettext_noop("the mail server refused the message"),
    gettext_noop("the mail server does not take the message now"),
)
REFUSED_US = gettext_noop("the mail server refused us")
NO_CONNECTION = gettext_noop("no connection to the mail server")


class Email:
    name = NAME
    hint = "name@hospital.example"
    outside = True
    addresses: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        return _("E-mail")

    @property
    def offered(self) -> bool:
        return bool(settings.EMAIL_HOST)

    def validate(self, address: str) -> str:
        address = address.strip()
        validate_email(address)
        if not address.isascii():
            raise ValidationError(_("This e-mail address has letters that many mail servers do not take."))
        return address

    def send(self, message: Message, address: str) -> Receipt:
        """Raises NotSent: for good where the server refuses this address or this message, else for now."""
        if not self.offered:
            raise NotSent(gettext_noop("no mail server is configured"), permanent=True)
        try:
            with closing(_server()) as server:
                _hand_over(server, letter(message, address), address)
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, _text),) = refused.recipients.values()
            raise _refused(ADDRESS, code) from None
        except smtplib.SMTPDataError as refused:
            raise _refused(MESSAGE, refused.smtp_code) from None
        except smtplib.SMTPServerDisconnected:
            raise NotSent(gettext_noop("the mail server hung up; it may have been sent"), permanent=False) from None
        except smtplib.SMTPResponseException as refused:
            # Greeting, sign-in, sender: none of this contact's fault, so it is not called broken.
            raise NotSent(f"{REFUSED_US} (SMTP {refused.smtp_code})", permanent=False) from None
        except TimeoutError:
            raise NotSent(gettext_noop("no answer from the mail server"), permanent=False) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"{NO_CONNECTION} ({type(error).__name__})", permanent=False) from None
        return Receipt()


def letter(message: Message, address: str) -> EmailMessage:
    """The message as an e-mail. The Message-ID is the delivery's: a client that gets it twice can show it once."""
    mail = EmailMessage()
    mail["Subject"] = message.title
    mail["From"] = settings.DEFAULT_FROM_EMAIL
    mail["To"] = address
    mail["Date"] = format_datetime(datetime.fromisoformat(message.at))
    mail["Message-ID"] = f"<{message.id}@{_our_name()}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.urgent:
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
    mail.set_content(f"{message.body}\n\n{message.link}\n\n{message.footer} ({message.short_id})\n")
    return mail


def _our_name() -> str:
    """The host under which people open Spinewatch; given to smtplib, it saves a look-up that may hang."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def _server() -> smtplib.SMTP:
    """A connection on which one can send. Where it is encrypted, the server's certificate must be good."""
    host, port, trusted = settings.EMAIL_HOST, settings.EMAIL_PORT, ssl.create_default_context()
    server: smtplib.SMTP
    if settings.EMAIL_USE_SSL:
        server = smtplib.SMTP_SSL(host, port, _our_name(), context=trusted, timeout=SILENCE_SECONDS)
    else:
        server = smtplib.SMTP(host, port, _our_name(), timeout=SILENCE_SECONDS)
    if settings.EMAIL_USE_TLS:
        server.starttls(context=trusted)
    if settings.EMAIL_HOST_USER:
        server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    return server


def _hand_over(server: smtplib.SMTP, mail: EmailMessage, address: str) -> None:
    """Send, and say goodbye without waiting for the answer: once the message is taken, nothing may make it fail."""
    server.send_message(mail, to_addrs=[address])
    with suppress(OSError, smtplib.SMTPException):
        server.putcmd("quit")


def _refused(what: tuple[str, str], code: int) -> NotSent:
    permanent = code in FOR_GOOD
    return NotSent(f"{what[0] if permanent else what[1]} (SMTP {code})", permanent=permanent)
