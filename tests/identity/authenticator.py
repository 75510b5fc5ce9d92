"""A passkey in software: answers what a page asks as a browser with a security key does."""

from __future__ import annotations

import json
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "https://testserver"
PRESENT = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Authenticator:
    """One key pair. `signatures` is its count; `origin` is the site that the browser is on; `flags`, what it made sure
    of: that somebody is there, and who.
    """

    def __init__(self, origin: str = ORIGIN) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = token_bytes(32)
        self.signatures = 0
        self.origin = origin
        self.flags = PRESENT
        self.owner = b""

    def create(self, options: str) -> str:
        asked = json.loads(options)
        self.owner = websafe_decode(asked["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        flags = PRESENT | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(self._site(asked["rp"]["id"]), flags, self.signatures, credential)
        made = AttestationObject.create("none", data, {})
        said = self._said("webauthn.create", asked)
        return self._answer({"clientDataJSON": said, "attestationObject": made})

    def get(self, options: str) -> str:
        asked = json.loads(options)
        self.signatures += 1
        data = AuthenticatorData.create(self._site(asked["rpId"]), self.flags, self.signatures)
        said = self._said("webauthn.get", asked)
        signature = self.key.sign(data + said.hash, ec.ECDSA(SHA256()))
        answer = {"clientDataJSON": said, "authenticatorData": data, "signature": signature}
        return self._answer(answer if "allowCredentials" in asked else answer | {"userHandle": self.owner})

    def _site(self, rp_id: str) -> bytes:
        return sha256(rp_id.encode()).digest()

    def _said(self, what: str, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(what, websafe_decode(asked["challenge"]), self.origin)

    def _answer(self, response: dict[str, bytes]) -> str:
        name = websafe_encode(self.id)
        told = {part: websafe_encode(value) for part, value in response.items()}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": told, "clientExtensionResults": {}}
        )
