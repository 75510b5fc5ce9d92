"""Codes of an authenticator app, by RFC 6238: six digits, a new one every half minute.

Pure functions; the algorithm is cryptography's.
"""

from __future__ import annotations

import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from hmac import compare_digest

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30  # seconds
DIGITS = 6
SECRET_BYTES = 20
ISSUER = "Spinewatch"
DRIFT = (0, -1, 1)  # half minutes that the phone's clock may be off by


def new_secret() -> str:
    """In base32, as apps take it by hand."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """The half minute whose code was typed, at `at` or next to it; None for a wrong code."""
    digits = "".join(typed.split())
    if len(digits) != DIGITS or not digits.isdecimal() or not digits.isascii():
        return None
    step = int(at.timestamp()) // STEP
    return next((step + off for off in DRIFT if compare_digest(code_at(secret, step + off), digits)), None)


def code_at(secret: str, step: int) -> str:
    return _totp(secret).generate(step * STEP).decode()


def address(secret: str, name: str) -> str:
    """What an app scans: the secret, and what it is for."""
    return _totp(secret).get_provisioning_uri(name, ISSUER)


def picture(secret: str, name: str) -> str:
    """The address as a QR code: an SVG element."""
    return segno.make(address(secret, name), error="m").svg_inline(scale=5, border=3, omitsize=True, light="#fff")


def in_groups(secret: str) -> str:
    """The secret in fours, to be typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), STEP)
