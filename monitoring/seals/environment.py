"""What the environment says about sealing, checked when the settings are loaded. Imports no other module of ours.

Every function raises ImproperlyConfigured, and none quotes a value: some are secrets.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
SHORTEST_SECRET = 24
EVERYTHING: Literal["all"] = "all"


def signing_seed(text: str) -> bytes | None:
    """AUDIT_SIGNING_KEY: the seed of an Ed25519 key, 32 bytes in base64. None: there is none, SECRET_KEY serves."""
    return None if not text else _bytes_of("AUDIT_SIGNING_KEY", text, "the 32 bytes of an Ed25519 seed")


def public_keys(words: Sequence[str]) -> tuple[bytes, ...]:
    """AUDIT_PUBLIC_KEYS: the public keys of before, as `manage.py seal_key` prints them."""
    return tuple(_bytes_of("AUDIT_PUBLIC_KEYS", word, "public keys of Ed25519") for word in words)


def webhook(url: str, secret: str) -> str:
    """AUDIT_SEAL_WEBHOOK, and its secret: base64 of at least 24 bytes, with or without `whsec_` before it."""
    if not url:
        return ""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ImproperlyConfigured("AUDIT_SEAL_WEBHOOK must begin with https://.")
    try:
        known = base64.b64decode(secret.removeprefix("whsec_") + "==", validate=False)
    except binascii.Error:
        known = b""
    if len(known) < SHORTEST_SECRET:
        raise ImproperlyConfigured("AUDIT_SEAL_WEBHOOK_SECRET is missing, not base64, or shorter than 24 bytes.")
    return url


def retention_days(text: str) -> int:
    """AUDIT_RETENTION_DAYS: whole days; 0 is for ever."""
    if not text.isascii() or not text.isdigit():
        raise ImproperlyConfigured("AUDIT_RETENTION_DAYS must be a number of days; 0 keeps everything.")
    return int(text)


def legal_hold(words: Sequence[str]) -> frozenset[str] | Literal["all"]:
    """AUDIT_LEGAL_HOLD: `all`, or the record numbers of patients about whom nothing may be removed."""
    if list(words) == [EVERYTHING]:
        return EVERYTHING
    if EVERYTHING in words:
        raise ImproperlyConfigured("AUDIT_LEGAL_HOLD must be 'all', or record numbers separated by commas, not both.")
    return frozenset(words)


def _bytes_of(name: str, text: str, what: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must be {what}, in base64.")
    return found
