"""What waits on a device can be opened by the server, and by nobody else."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from monitoring.offline import seal
from tests.offline.device import sealed_for


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the present key", []


def test_the_server_opens_what_was_sealed_to_it() -> None:
    assert seal.unseal(sealed_for(seal.public_key(), "grüße 李".encode())) == "grüße 李".encode()


def test_the_public_key_is_the_same_in_every_process_and_another_for_another_secret(settings: Settings) -> None:
    first = seal.public_key()
    seal.private_key.cache_clear()
    assert seal.public_key() == first
    settings.SECRET_KEY = "another key"
    assert seal.public_key() != first


def test_the_same_check_is_never_sealed_to_the_same_text() -> None:
    assert sealed_for(seal.public_key(), b"x") != sealed_for(seal.public_key(), b"x")


def test_what_was_sealed_before_the_secret_was_changed_is_opened_by_the_old_one(settings: Settings) -> None:
    sealed = sealed_for(seal.public_key(), b"a check")
    settings.SECRET_KEY = "the next key"
    with pytest.raises(seal.Unreadable):
        seal.unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = ["the present key"]
    assert seal.unseal(sealed) == b"a check"


@pytest.mark.parametrize("place", [0, 1, 30, 66, 78, -1])
def test_one_changed_byte_anywhere_makes_it_unreadable(place: int) -> None:
    sealed = bytearray(seal.decoded(sealed_for(seal.public_key(), b"a check")))
    sealed[place] ^= 1
    with pytest.raises(seal.Unreadable):
        seal.unseal(seal.encoded(bytes(sealed)))


@pytest.mark.parametrize("text", ["", "A", "AQ", "not base64!", "ä", "A" * 70_000, "AQ" * 40])
def test_what_was_never_sealed_is_unreadable(text: str) -> None:
    with pytest.raises(seal.Unreadable):
        seal.unseal(text)
