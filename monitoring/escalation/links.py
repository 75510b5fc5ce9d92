"""The link in a message: signed, for one delivery, good for a week. It shows nothing to who has not signed in."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from monitoring.due.clock import now
from monitoring.escalation.models import Delivery

GOOD_FOR = timedelta(days=7)


def token_for(delivery: Delivery) -> str:
    """A token that names the delivery and cannot be made up; the same at every attempt."""
    return _signer().sign(str(delivery.pk))


def link_for(delivery: Delivery) -> str:
    """The whole address, as it stands in the message."""
    return settings.BASE_URL + reverse("message", args=[token_for(delivery)])


def delivery_of(token: str) -> Delivery | None:
    """The delivery that the token was made for, with its alert, person and contact; None for any other text, and for
    a message older than a week.

    The token proves that somebody has the message, not who they are: the page asks them to sign in.
    """
    try:
        delivery_id = int(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    found = Delivery.objects.select_related("alert__stay__ward", "person", "contact")
    return found.filter(pk=delivery_id, created_at__gt=now() - GOOD_FOR).first()


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="spinewatch.message")
