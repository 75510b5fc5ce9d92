"""The seal of what waits on a device: anybody may close it, only this server can open it.

ECDH on P-256 with a key that the device throws away, HKDF-SHA256, AES-256-GCM (as HPKE, RFC 9180, does in its base
mode; a browser's own WebCrypto can do these). A sealed text is base64url of: version 1 (one byte) · the device's public
key (65 bytes, uncompressed point) · nonce (12) · ciphertext with its tag. seal.js writes it.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

VERSION = b"\x01"
POINT, NONCE = 65, 12  # bytes
PURPOSE = b"spinewatch offline check 1"
LONGEST = 64 * 1024  # characters: a check is about two thousand


class Unreadable(ValueError):
    """It was sealed for another server, or is damaged."""


def public_key() -> str:
    """What devices seal to: the server's public point in base64url."""
    return encoded(point_of(private_key(settings.SECRET_KEY)))


def unseal(text: str) -> bytes:
    """What was sealed. SECRET_KEY_FALLBACKS open what was sealed before the key was changed. Raises Unreadable."""
    sealed = decoded(text)
    version, point = sealed[:1], sealed[1 : 1 + POINT]
    nonce, locked = sealed[1 + POINT :][:NONCE], sealed[1 + POINT + NONCE :]
    if version != VERSION:
        raise Unreadable("not of this version")
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        own = private_key(secret)
        try:
            theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            return AESGCM(shared_key(own, theirs)).decrypt(nonce, locked, VERSION)
        except (InvalidTag, ValueError):
            continue
    raise Unreadable("no key of this server opens it")


def shared_key(own: ec.EllipticCurvePrivateKey, device: ec.EllipticCurvePublicKey) -> bytes:
    """The key that both sides compute; bound to both points, so that none can be put in another's place."""
    info = PURPOSE + device.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) + point_of(own)
    return derived(own.exchange(ec.ECDH(), device), info)


@cache
def private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """The server's key, the same in every process: a scalar out of SECRET_KEY (48 bytes, so that none is likelier)."""
    scalar = int.from_bytes(derived(secret.encode(), b"spinewatch offline server key 1", length=48))
    return ec.derive_private_key(scalar % (GROUP_ORDER - 1) + 1, ec.SECP256R1())


GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SP 800-186)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derived(secret: bytes, info: bytes, length: int = 32) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(secret)


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Raises Unreadable for anything but base64url of a fitting length."""
    if len(text) > LONGEST:
        raise Unreadable("too long")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("not base64url") from None
