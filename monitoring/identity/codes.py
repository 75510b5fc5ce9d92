"""Codes that people copy from paper: twelve letters and figures in fours. 60 bits, which nobody guesses."""

from __future__ import annotations

import secrets
from base64 import b32encode


def new_code() -> str:
    code = b32encode(secrets.token_bytes(10)).decode()[:12].lower()
    return "-".join((code[:4], code[4:8], code[8:]))


def bare(typed: str) -> str:
    """What of a typed code counts: neither capitals nor what stands between."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())
