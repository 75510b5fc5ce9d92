import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from monitoring.demo.actions import load

VECTORS = Path(__file__).parent.parent / "protocol" / "vectors.jsonl"


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, loaded once for all tests of a file; each still takes back what it wrote itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: None, db: None) -> None:
    """The demo, loaded."""


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, Any]]:
    """What the protocol's vectors expect, by id."""
    cases = [json.loads(line)["expected"] for line in VECTORS.read_text().splitlines()]
    return {case["id"]: case for case in cases}
