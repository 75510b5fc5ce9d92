"""The Ed25519 key that signs the seals, and the public keys by which they are checked."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"spinewatch audit seal key 1"
SIGNED_AS = b"spinewatch audit seal 1\n"  # before what is signed, so that a signature serves for nothing else


class UnknownKey(LookupError):
    """No key of this name is known here: neither in force nor named in AUDIT_PUBLIC_KEYS."""


def signing_key() -> Ed25519PrivateKey:
    """AUDIT_SIGNING_KEY; without it a key out of SECRET_KEY, the same in every process."""
    seed = settings.AUDIT_SIGNING_KEY
    return Ed25519PrivateKey.from_private_bytes(_seed_of(settings.SECRET_KEY) if seed is None else seed)


@cache
def _seed_of(secret: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())


def public_key() -> bytes:
    """The public half of the key in force."""
    return signing_key().public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """The name of a key in a seal."""
    return hashlib.sha256(public).hexdigest()[:16]


def encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def sign(digest: bytes) -> tuple[str, str]:
    """The name of the key in force, and its signature of a seal's hash."""
    return key_id(public_key()), encoded(signing_key().sign(SIGNED_AS + digest))


def known_keys() -> dict[str, bytes]:
    """By name: the public key in force, those of before, and those out of SECRET_KEY and its fallbacks."""
    derived = [
        Ed25519PrivateKey.from_private_bytes(_seed_of(secret)).public_key().public_bytes_raw()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        if secret
    ]
    return {key_id(public): public for public in (public_key(), *settings.AUDIT_PUBLIC_KEYS, *derived)}


def is_signed(digest: bytes, *, key: str, signature: str, known: Mapping[str, bytes]) -> bool:
    """Whether that key signed it. Raises UnknownKey."""
    if key not in known:
        raise UnknownKey(key)
    try:
        Ed25519PublicKey.from_public_bytes(known[key]).verify(
            base64.b64decode(signature, validate=True), SIGNED_AS + digest
        )
    except (InvalidSignature, ValueError):
        return False
    return True
