"""What is kept of secrets: an authenticator's in a form that only this installation opens, recovery codes as digests.

Both hang on SECRET_KEY. Keys of before (SECRET_KEY_FALLBACKS) still open and still match.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEYS = "spinewatch.identity.secrets"
CODES = "spinewatch.identity.recovery"


class CannotOpen(Exception):
    """It was closed under a key that is no longer among the settings."""


def closed(secret: str) -> str:
    return _fernet().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """Raises CannotOpen."""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def digest(text: str) -> str:
    """What a text is kept as, and found by, under the key of now."""
    return digests(text)[0]


def digests(text: str) -> list[str]:
    """The same under each key that counts, the one of now first."""
    return [hmac.digest(_derived(key, CODES), text.encode(), sha256).hex() for key in _keys()]


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key, KEYS))) for key in _keys()])


def _derived(key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
