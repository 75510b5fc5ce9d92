"""Both wards with all their furniture, made once for a file; what a test does to them is undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.security.scene import Scene, set_scene


class Undone(Exception):
    """What was done is rolled back."""


@pytest.fixture(scope="module")
def _whole_scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield set_scene()
                raise Undone
        except Undone:
            pass


@pytest.fixture
def scene(_whole_scene: Scene, db: None) -> Scene:
    """As it was made, whatever the tests before did: theirs was a transaction inside the one of the scene."""
    return _whole_scene
