"""What a page tells the device that it is shown on: whose it is, and the key to what lies on it."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from monitoring.offline.seal import encoded
from wards.models import Staff

KEY_SALT, PERSON_SALT = "spinewatch.offline.kit", "spinewatch.offline.person"


def kit_key(staff: Staff, session_key: str | None) -> str:
    """The key, 32 bytes in base64url, under which this session's device keeps kits. Another session has another."""
    return encoded(salted_hmac(KEY_SALT, f"{staff.pk} {session_key}", algorithm="sha256").digest())


def person_token(staff: Staff) -> str:
    """What a device knows a person by, to forget the one's kit when another signs in; it says nothing of them."""
    return encoded(salted_hmac(PERSON_SALT, str(staff.pk), algorithm="sha256").digest()[:12])
