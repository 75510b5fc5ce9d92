"""The vectors of the protocol's authors: every field of every answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitoring.protocol import Settings
from monitoring.protocol.replay import replay

VECTORS = [json.loads(line) for line in Path(__file__).with_name("vectors.jsonl").read_text().splitlines()]


def test_there_are_256_vectors() -> None:
    assert len(VECTORS) == 256


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{number}: {v['why']}" for number, v in enumerate(VECTORS, 1)])
def test_a_vector_is_answered_in_every_field(vector: dict[str, Any]) -> None:
    [answer] = replay(json.dumps(vector["timeline"]).encode(), Settings())
    assert json.loads(answer.line) == vector["expected"]
    assert answer.valid
