"""A tablet that was without a network, as the server sees it: it seals as seal.js does, and sends later."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from monitoring.due import clock
from monitoring.offline import passes, seal
from monitoring.offline.actions import Answer, take_in
from tests.checks.examples import posted
from wards.models import Staff, Stay


def sealed_for(server: str, content: bytes) -> str:
    """Seal to the server's public key (base64url), with a key that is thrown away."""
    device = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), seal.decoded(server))
    point = device.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = seal.derived(device.exchange(ec.ECDH(), theirs), seal.PURPOSE + point + seal.decoded(server))
    nonce = os.urandom(12)
    return seal.encoded(seal.VERSION + point + nonce + AESGCM(key).encrypt(nonce, content, seal.VERSION))


@dataclass
class Device:
    """Its clock may be `wrong_by` some time against the server's; the kit came `kit_age` ago."""

    holder: Staff
    stay: Stay
    wrong_by: timedelta = timedelta(0)
    kit_age: timedelta = timedelta(hours=2)
    signed: str = ""
    key: UUID = field(default_factory=uuid4)

    def clock(self, at: datetime) -> int:
        """What it shows at an instant, in milliseconds."""
        return round((at + self.wrong_by).timestamp() * 1000)

    def seal(self, *, ago: timedelta = timedelta(minutes=40), grave: bool = False, **said: str) -> str:
        """A whole check made so long ago, all 5 but for what is said; sealed."""
        now = clock.now()
        kit_at = now - self.kit_age
        values: dict[str, Any] = {name: value for name, value in posted(**said).items() if name != "idempotency_key"}
        content = {
            "key": str(self.key),
            "stay": str(self.stay.public_id),
            "pass": self.signed or passes.issue(self.holder, [self.stay.ward], at=kit_at),
            "values": values,
            "made_at": self.clock(now - ago),
            "kit_at": self.clock(kit_at),
            "offset": round(-self.wrong_by.total_seconds() * 1000),
            "grave": grave,
        }
        return sealed_for(seal.public_key(), json.dumps(content).encode())

    def send(self, sealed: str, *, by: Staff | None = None, changed_by: timedelta = timedelta(0)) -> Answer:
        """Send it now; the clock may have been changed since."""
        sent_at = clock.now() + self.wrong_by + changed_by
        return take_in(sealed, by=by or self.holder, sent_at=sent_at)
