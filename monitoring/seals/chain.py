"""What a seal says, as one line of JSON: what its hash is over, and what leaves the house."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from monitoring.seals.keys import encoded, known_keys
from monitoring.seals.models import Seal

START = "0" * 64  # the hash before the first


def header(seal: Seal) -> dict[str, Any]:
    """All that the hash covers. The leaves stand in it by their SHA-256, so that a line can be checked without them."""
    return {
        "number": seal.number,
        "at": seal.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": str(seal.kind),
        "log": str(seal.log),
        "format": seal.format,
        "ids_from": seal.ids_from,
        "from": [seal.from_xact, seal.from_id],
        "upto": [seal.upto_xact, seal.upto_id],
        "count": seal.count,
        "leaves": hashlib.sha256(bytes(seal.leaves)).hexdigest(),
        "note": seal.note,
        "previous": seal.previous,
        "key": seal.key,
    }


def digest_of(header: dict[str, Any]) -> bytes:
    """SHA-256 of the header as JSON: names in order, no spaces, ASCII."""
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).digest()


def line_of(seal: Seal) -> str:
    """The seal for somebody outside. It says nothing about anybody: numbers, times and digests."""
    public = known_keys().get(seal.key)
    told = {"seal": header(seal), "hash": seal.hash, "signature": seal.signature}
    return json.dumps(told | ({} if public is None else {"public_key": encoded(public)}), sort_keys=True)
